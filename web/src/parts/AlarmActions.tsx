// SPDX-License-Identifier: Apache-2.0
/** What a person may do with an alarm: buttons, and the questions some of them ask first. */
import { useState } from 'preact/hooks';
import { signal } from '@preact/signals';
import type { ActionBody, Alarm, AlarmAction } from '../api/types';
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

/** Minutes. A shelf lasts for as long as the rules grant, or (0) until the condition ends. */
const SHELVES = [5, 15, 30, 60, 120, 240, 480, 720];
const OUTAGES = [60, 240, 480, 1440, 4320, 10080, 43200];
const ONE_SHOT = 0;

function choicesFor(alarm: Alarm, action: AlarmAction): number[] {
  if (action === 'out-of-service') return OUTAGES;
  return [...SHELVES.filter((choice) => choice * 60 <= alarm.shelve_max), ONE_SHOT];
}

/** The open question; once on the page. */
export function ActionDialog() {
  const open = asking.value;
  return open && <Question key={`${open.alarm.id} ${open.action}`} {...open} />;
}

function labelFor(action: AlarmAction): string {
  if (action === 'out-of-service') return t().dialog.reason;
  return action === 'shelve' ? t().dialog.commentOptional : t().dialog.commentRequired;
}

function Question({ alarm, action }: { alarm: Alarm; action: AlarmAction }) {
  const [comment, setComment] = useState('');
  const choices = choicesFor(alarm, action);
  const [minutes, setMinutes] = useState(choices[Math.min(2, choices.length - 1)] ?? ONE_SHOT);
  const required = action !== 'shelve';
  const lasts = action === 'shelve' || action === 'out-of-service';
  const close = () => (asking.value = null);

  async function submit(): Promise<void> {
    const body: ActionBody = {};
    const words = action === 'out-of-service' ? 'reason' : 'comment';
    if (comment.trim() !== '') body[words] = comment.trim();
    if (lasts && minutes === ONE_SHOT) body.one_shot = true;
    else if (lasts) body.duration = `${minutes}min`;
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
      {lasts && (
        <label>
          {t().dialog.duration}
          <select
            value={String(minutes)}
            onChange={(event) => setMinutes(Number(event.currentTarget.value))}
          >
            {choices.map((choice) => (
              <option key={choice} value={String(choice)}>
                {choice === ONE_SHOT ? t().dialog.oneShot : durationOf(choice * 60_000)}
              </option>
            ))}
          </select>
        </label>
      )}
      <label>
        {labelFor(action)}
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
