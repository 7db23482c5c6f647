// SPDX-License-Identifier: Apache-2.0
/** One what-if: on its way, or what came of it. */
import { signal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { api, ApiError } from '../../api/client';
import type { WhatIf } from '../../api/whatif-types';
import { t, word } from '../../i18n';
import { formatPercent } from '../../lib/number';
import { routeTo } from '../../lib/route';
import { durationOf, momentOf } from '../../state/clock';
import { explain, tellFailure } from '../../state/notices';
import { poll } from '../../state/poll';
import { propose } from '../../state/proposal';
import { go } from '../../state/route';
import { Keep } from './Keep';
import { Result } from './Result';
import { FaultText } from './TextForm';

const WATCH_MS = 1_000;

/** What was ordered here last: when its text has faults, the text is shown again with them. */
export const watched = signal<number | null>(null);

const isOn = (one: WhatIf): boolean => one.state === 'queued' || one.state === 'running';

export function Run({ id }: { id: number }) {
  const words = t().whatIf;
  const [one, setOne] = useState<WhatIf | null>(null);
  const [problem, setProblem] = useState('');
  const over = one !== null && !isOn(one);
  const heading = useRef<HTMLHeadingElement>(null);
  // The button that led here is gone.
  useEffect(() => heading.current?.focus(), []);
  useEffect(() => {
    if (over) return;
    return poll(async () => {
      try {
        setOne(await api.whatIf(id));
        setProblem('');
      } catch (error) {
        setProblem(error instanceof ApiError && error.status === 404 ? words.unknown : explain(error));
        throw error;
      }
    }, WATCH_MS);
  }, [id, over]);
  useEffect(() => {
    if (watched.value === id && one?.faults) mend(one);
    if (over) watched.value = null;
  }, [one]);
  return (
    <>
      <section class="panel run">
        <header>
          <h1 ref={heading} tabIndex={-1}>
            {words.title}
          </h1>
          <a href="#/whatif">{words.back}</a>
        </header>
        {problem !== '' && <p class="failure">{problem}</p>}
        {!one && problem === '' && <p class="hint">{t().loading}</p>}
        {one && <About one={one} />}
        {one && isOn(one) && <Progress one={one} onEnd={setOne} />}
        {one && over && <Ended one={one} />}
      </section>
      {one?.answer && <Result answer={one.answer} />}
      {one?.answer && one.answer.changes.length > 0 && <Keep one={one} onKept={setOne} />}
    </>
  );
}

/** Show the text with its faults in place of this page. */
function mend(one: WhatIf): void {
  const list = one.faults?.faults ?? [];
  if (one.proposed) propose(one.proposed, list, one.faults?.left_out);
  go(routeTo('whatif', null, list.length > 0 ? { faults: String(list.length) } : {}), true);
}

function About({ one }: { one: WhatIf }) {
  const words = t().whatIf;
  return (
    <p class="hint">
      {words.askedBy(one.by, momentOf(one.created))} {pastText(one)}
      {one.comment !== '' && <strong class="asked-why"> {one.comment}</strong>}
    </p>
  );
}

/** The stretch in the words in which it was ordered. */
export function pastText({ from, to }: Pick<WhatIf, 'from' | 'to'>): string {
  const words = t().whatIf;
  if (from === null) return words.allStored;
  const days = /^-(\d+)d$/.exec(from);
  if (days && to === null) return words.lastDays(Number(days[1]));
  const moment = (text: string | null) => (text === null ? '…' : momentOf(text) || text);
  return `${moment(from)} … ${moment(to)}`;
}

function Progress({ one, onEnd }: { one: WhatIf; onEnd: (one: WhatIf) => void }) {
  const words = t().whatIf;
  const cancel = () => api.cancelWhatIf(one.id).then(onEnd, tellFailure);
  const state = one.state === 'queued' ? words.state.queued : word(words.phase, one.phase);
  return (
    <div class="progress">
      <label>
        <span aria-live="polite">{state}</span>
        <progress max={1} value={one.progress} />
      </label>
      <span class="live">{formatPercent(Math.round(one.progress * 100) / 100)}</span>
      <span class="hint live">
        {one.seconds_left !== null && words.left(durationOf(one.seconds_left * 1000))}
      </span>
      <button type="button" onClick={() => void cancel()}>
        {t().dialog.cancel}
      </button>
    </div>
  );
}

function Ended({ one }: { one: WhatIf }) {
  const words = t().whatIf;
  const took = Date.parse(one.ended ?? '') - Date.parse(one.started ?? '');
  return (
    <>
      {one.state === 'done' ? (
        <p class="hint">{!Number.isNaN(took) && words.took(durationOf(took))}</p>
      ) : (
        <p class="failure">
          <strong>{words.state[one.state]}</strong> {one.message}
        </p>
      )}
      {one.faults && (
        <ol class="faults">
          {one.faults.faults.map((fault) => (
            <li key={`${fault.line}:${fault.column} ${fault.path}`}>
              {words.line(fault.line)}: <FaultText fault={fault} />
            </li>
          ))}
        </ol>
      )}
      {one.proposed && (
        <div class="buttons">
          <button type="button" onClick={() => mend(one)}>
            {one.faults ? words.mend : words.goOn}
          </button>
          <button type="button" onClick={() => download(one)}>
            {words.download}
          </button>
        </div>
      )}
    </>
  );
}

/** The file that was tried, to be brought into force. */
function download({ id, proposed }: WhatIf): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([proposed ?? ''], { type: 'application/yaml' }));
  link.download = `site-${id}.yaml`;
  link.click();
  URL.revokeObjectURL(link.href);
}
