// SPDX-License-Identifier: Apache-2.0
/** Over which past, held against which events, and the button that runs it. */
import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import { t } from '../../i18n';
import { routeTo } from '../../lib/route';
import { pastOf } from '../../lib/whatif';
import { Days } from '../../parts/Days';
import { tellFailure } from '../../state/notices';
import { comment, events, found, label, past, proposed, whole } from '../../state/proposal';
import { go } from '../../state/route';
import { watched } from './Run';

const PRESET_DAYS = [1, 7, 30, 90] as const;

export function Order({ changed }: { changed: boolean }) {
  const words = t().whatIf;
  const [busy, setBusy] = useState(false);
  async function run(): Promise<void> {
    setBusy(true);
    try {
      const { id } = await api.askWhatIf({
        proposed: proposed.value,
        ...pastOf(past.value),
        ...(label.value.trim() !== '' && { label: label.value.trim() }),
        ...(events.value.trim() !== '' && { events: events.value }),
        ...(whole.value && { whole: true }),
        ...(comment.value.trim() !== '' && { comment: comment.value.trim() }),
      });
      found.value = null;
      watched.value = id;
      go(routeTo('whatif', String(id)));
    } catch (error) {
      tellFailure(error);
    }
    setBusy(false);
  }
  return (
    <section class="panel order">
      <h2>{words.over}</h2>
      <Range />
      <Labelled />
      <label class="check">
        <input
          type="checkbox"
          checked={whole.value}
          onChange={() => {
            whole.value = !whole.value;
          }}
        />
        <span>
          {words.whole}
          <span class="hint">{words.wholeHint}</span>
        </span>
      </label>
      <label>
        {words.comment}
        <input
          maxLength={200}
          value={comment.value}
          onInput={(event) => {
            comment.value = event.currentTarget.value;
          }}
        />
      </label>
      <button
        type="button"
        class="primary"
        disabled={!changed || busy}
        onClick={() => void run()}
      >
        {words.run}
      </button>
      {!changed && <p class="hint">{words.nothingToRun}</p>}
    </section>
  );
}

function Range() {
  const words = t().whatIf;
  const { value } = past;
  const span = value.kind === 'span' ? value.span : null;
  return (
    <>
      <div class="segments" role="group" aria-label={words.over}>
        {PRESET_DAYS.map((days) => (
          <button
            key={days}
            type="button"
            aria-pressed={value.kind === 'days' && value.days === days}
            onClick={() => {
              past.value = { kind: 'days', days };
            }}
          >
            {t().kpi.days(days)}
          </button>
        ))}
        <button
          type="button"
          aria-pressed={value.kind === 'all'}
          onClick={() => {
            past.value = { kind: 'all' };
          }}
        >
          {words.allStored}
        </button>
      </div>
      <Days
        key={`${span?.from} ${span?.to}`}
        span={span}
        action={words.theseDays}
        onSpan={(next) => {
          past.value = { kind: 'span', span: next };
        }}
      />
    </>
  );
}

function Labelled() {
  const words = t().whatIf;
  const asked = label.value !== '';
  return (
    <fieldset class="labelled">
      <legend>{words.labelled}</legend>
      <label class="check">
        <input
          type="checkbox"
          checked={asked}
          onChange={() => {
            label.value = asked ? '' : '**';
          }}
        />
        <span>{words.answers}</span>
      </label>
      <details>
        <summary>{events.value.trim() === '' ? words.file : words.fileGiven}</summary>
        <p class="hint">{words.fileHint}</p>
        <input
          type="file"
          accept=".csv,text/csv"
          aria-label={words.file}
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            void file?.text().then((text) => {
              events.value = text;
            });
          }}
        />
        <textarea
          class="code"
          rows={4}
          aria-label={words.fileText}
          placeholder={'from,to,name,asset\n2026-11-01T08:00:00Z,2026-11-01T09:00:00Z,leak,T-101'}
          spellcheck={false}
          value={events.value}
          onInput={(event) => {
            events.value = event.currentTarget.value;
          }}
        />
      </details>
    </fieldset>
  );
}
