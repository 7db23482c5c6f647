// SPDX-License-Identifier: Apache-2.0
/** What each side made of labelled events, and how often it rang where nothing was to be found. */
import {
  EVENT_COUNTS,
  NUISANCE_VERDICTS,
  type EventVerdict,
  type NuisanceVerdict,
  type WhatIfEvent,
  type WhatIfEvents,
  type WhatIfNuisance,
} from '../../api/whatif-types';
import { t, word } from '../../i18n';
import { formatCount } from '../../lib/number';
import { sortEvents } from '../../lib/whatif';
import { momentOf } from '../../state/clock';
import { delayText } from './Result';

/** A verdict has a sign beside its colour. */
const SIGNS: Record<EventVerdict, string> = {
  missed: '✕',
  later: '▼',
  unfound: '–',
  gained: '＋',
  earlier: '▲',
  same: '✓',
};
/** Rows of a table; the sums are of all. */
const ROWS = 100;

export function Events({ of }: { of: WhatIfEvents }) {
  const words = t().whatIf;
  const list = sortEvents(of.list);
  return (
    <section class="panel whatif-events">
      <h2>{words.events(of.count)}</h2>
      <dl class="flood-figures">
        {EVENT_COUNTS.map((name) => (
          <div key={name} data-count={name} class={name === 'missed' && of.missed > 0 ? 'bad' : ''}>
            <dt>{words.counts[name]}</dt>
            <dd class="live">{formatCount(of[name])}</dd>
          </div>
        ))}
      </dl>
      <div class="table-scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{words.event}</th>
              <th scope="col">{words.verdict}</th>
              <th scope="col">{words.began}</th>
              <th scope="col" class="number">{words.delayBefore}</th>
              <th scope="col" class="number">{words.delayAfter}</th>
              <th scope="col">{words.foundBy}</th>
            </tr>
          </thead>
          <tbody>
            {list.slice(0, ROWS).map((one) => (
              <EventRow key={`${one.from} ${one.name} ${one.asset}`} one={one} />
            ))}
          </tbody>
        </table>
      </div>
      {list.length > ROWS && <p class="hint">{words.moreEvents(list.length - ROWS)}</p>}
      {of.outside > 0 && <p class="hint">{words.outside(of.outside)}</p>}
    </section>
  );
}

function EventRow({ one }: { one: WhatIfEvent }) {
  const words = t().whatIf;
  const by = [one.before.condition, one.after.condition];
  return (
    <tr data-event={one.name} data-verdict={one.verdict}>
      <th scope="row">
        {one.name}
        <span class="message muted">
          {[one.asset, words.eventSource[one.source]].filter(Boolean).join(' · ')}
        </span>
      </th>
      <td class="event-verdict">
        <span aria-hidden="true">{SIGNS[one.verdict]}</span> {words.eventVerdict[one.verdict]}
        {one.after.stood && <span class="message muted">{words.stood}</span>}
      </td>
      <td class="nowrap">{momentOf(one.from)}</td>
      <td class="number live">{delayText(one.before.delay_s)}</td>
      <td class="number live">{delayText(one.after.delay_s)}</td>
      <td class="found-by">
        {by[0] === by[1] ? (by[0] ?? '–') : by.map((it) => it ?? '–').join(' → ')}
      </td>
    </tr>
  );
}

const NUISANCE_SIGNS: Record<NuisanceVerdict, string> = {
  new: '✕',
  stays: '–',
  spared: '✓',
  quiet: '·',
};

/** Stretches that people called false or known work: an alarm in one is one too many. */
export function Nuisance({ of }: { of: WhatIfNuisance }) {
  const words = t().whatIf;
  const rank = (one: { verdict: NuisanceVerdict }) => NUISANCE_VERDICTS.indexOf(one.verdict);
  const list = [...of.list].sort((a, b) => rank(a) - rank(b));
  return (
    <section class="panel whatif-events">
      <h2>{words.nuisance(of.count)}</h2>
      <dl class="flood-figures">
        {NUISANCE_VERDICTS.map((name) => (
          <div key={name} class={name === 'new' && of.new > 0 ? 'bad' : ''}>
            <dt>{words.nuisanceVerdict[name]}</dt>
            <dd class="live">{formatCount(of[name])}</dd>
          </div>
        ))}
      </dl>
      <div class="table-scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{words.event}</th>
              <th scope="col">{words.verdict}</th>
              <th scope="col">{words.began}</th>
              <th scope="col">{words.answer}</th>
            </tr>
          </thead>
          <tbody>
            {list.slice(0, ROWS).map((one) => (
              <tr key={`${one.from} ${one.name}`} data-nuisance={one.verdict}>
                <th scope="row">{one.name}</th>
                <td class="event-verdict">
                  <span aria-hidden="true">{NUISANCE_SIGNS[one.verdict]}</span>{' '}
                  {words.nuisanceVerdict[one.verdict]}
                </td>
                <td class="nowrap">{momentOf(one.from)}</td>
                <td>{word(t().advice.verdict, one.answer)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {list.length > ROWS && <p class="hint">{words.moreEvents(list.length - ROWS)}</p>}
    </section>
  );
}
