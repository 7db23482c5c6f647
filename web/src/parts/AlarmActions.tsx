// SPDX-License-Identifier: Apache-2.0
/** What a person may do with an alarm: buttons, and the questions some of them ask first. */
import { useState } from 'preact/hooks';
import { signal } from '@preact/signals';
import type { Alarm, AlarmAction } from '../api/types';
import { t } from '../i18n';
import { actionsFor, roleFor, subjectOf } from '../lib/alarms';
import { durationOf } from '../state/clock';
import { act } from '../state/alarms';
import { may } from '../state/session';
import { Dialog } from './Dialog';

/** The question that is open, whoever asked for it: a button or a key. */
const asking = signal<{ alarm: Alarm; action: AlarmAction } | null>(null);

const ASKS: readonly AlarmAction[] = ['comment', 'shelve', 'out-of-service'];

/** Begin an action if role and state allow it; answers whether it did. */
export function begin(alarm: Alarm, action: AlarmAction): boolean {
  if (!may(roleFor(action)) || !actionsFor(alarm).includes(action)) return false;
  if (ASKS.includes(action)) asking.value = { alarm, action };
  else void act(alarm, action);
  return true;
}

export function AlarmActions({ alarm }: { alarm: Alarm }) {
  return (
    <div class="buttons actions">
      {actionsFor(alarm).map((action) => {
        const needed = roleFor(action);
        const allowed = may(needed);
        return (
          <button
            key={action}
            type="button"
            class={action === 'acknowledge' ? 'primary' : ''}
            disabled={!allowed}
            title={allowed ? '' : t().dialog.needsRole(t().roles[needed])}
            onClick={() => begin(alarm, action)}
          >
            {t().actions[action]}
          </button>
        );
      })}
    </div>
  );
}

/** Minutes; davy grants 12 hours at most. */
const SHELVES = [5, 15, 30, 60, 120, 240, 480, 720];

/** The open question; once on the page. */
export function ActionDialog() {
  const open = asking.value;
  return open && <Question key={`${open.alarm.id} ${open.action}`} {...open} />;
}

function Question({ alarm, action }: { alarm: Alarm; action: AlarmAction }) {
  const [comment, setComment] = useState('');
  const [minutes, setMinutes] = useState(30);
  const required = action !== 'shelve';
  const close = () => (asking.value = null);

  async function submit(): Promise<void> {
    const body: { comment?: string; duration?: string } = {};
    if (comment.trim() !== '') body.comment = comment.trim();
    if (action === 'shelve') body.duration = `${minutes}min`;
    if (await act(alarm, action, body)) close();
  }

  return (
    <Dialog
      title={`${t().actions[action]}: ${subjectOf(alarm)}`}
      action={t().actions[action]}
      onCancel={close}
      onSubmit={submit}
    >
      {action === 'shelve' && <p class="hint">{t().dialog.shelveHint}</p>}
      {action === 'out-of-service' && <p class="hint">{t().dialog.outOfServiceHint}</p>}
      {action === 'shelve' && (
        <label>
          {t().dialog.duration}
          <select
            value={String(minutes)}
            onChange={(event) => setMinutes(Number(event.currentTarget.value))}
          >
            {SHELVES.map((choice) => (
              <option key={choice} value={String(choice)}>
                {durationOf(choice * 60_000)}
              </option>
            ))}
          </select>
        </label>
      )}
      <label>
        {required ? t().dialog.commentRequired : t().dialog.commentOptional}
        <textarea
          rows={3}
          maxLength={1000}
          required={required}
          value={comment}
          onInput={(event) => setComment(event.currentTarget.value)}
        />
      </label>
    </Dialog>
  );
}
