// SPDX-License-Identifier: Apache-2.0
/** What the proposal would have done, the most telling first. */
import type { WhatIfAnswer, WhatIfFloods } from '../../api/whatif-types';
import { t, word } from '../../i18n';
import { formatCount, formatNumber } from '../../lib/number';
import { changeText } from '../../lib/whatif';
import { dateTimeOf, durationOf } from '../../state/clock';
import { Conditions } from './Conditions';
import { DaysPlot } from './DaysPlot';
import { Events, Nuisance } from './Events';
import { Floods, Positions, Priorities } from './Sums';

/** Sentences of changes that are shown at once. */
const CHANGES_SHOWN = 12;

export function Result({ answer }: { answer: WhatIfAnswer }) {
  if (answer.changes.length === 0)
    return <p class="panel hint">{t().whatIf.changesNothing}</p>;
  return (
    <>
      <Headline answer={answer} />
      <div class="result">
        <section class="panel">
          <h2>{t().whatIf.daily(answer.bar_days)}</h2>
          {answer.daily ? (
            <DaysPlot daily={answer.daily} alarms={answer.alarms} />
          ) : (
            <p class="hint">{t().whatIf.tooMany}</p>
          )}
        </section>
        <Tried answer={answer} />
      </div>
      <section class="panel">
        <h2>{t().whatIf.conditions}</h2>
        <Conditions list={answer.conditions} />
      </section>
      {answer.events && <Events of={answer.events} />}
      {answer.nuisance && <Nuisance of={answer.nuisance} />}
      <div class="sums">
        {answer.floods && <Floods list={answer.floods} />}
        <Priorities list={answer.priorities} />
        <Positions list={answer.positions} />
      </div>
    </>
  );
}

interface FigureProps {
  name: string;
  before: string;
  after: string;
  note: string;
  /** Needs eyes. */
  bad?: boolean;
}

function Figure({ name, before, after, note, bad = false }: FigureProps) {
  const words = t().whatIf;
  return (
    <div class={`figure ${bad ? 'abnormal' : ''}`}>
      <dt>{name}</dt>
      <dd class="figure-number">
        <span class="was">
          <span class="unseen">{words.before} </span>
          {before}
        </span>{' '}
        <span aria-hidden="true">→</span>{' '}
        <span>
          <span class="unseen">{words.after} </span>
          {after}
        </span>
      </dd>
      <dd class="figure-note">{note}</dd>
    </div>
  );
}

const short = (value: number | null): string =>
  formatNumber(value === null ? null : Number(value.toPrecision(3)));

function Headline({ answer }: { answer: WhatIfAnswer }) {
  const words = t().whatIf;
  const { alarms, events, floods } = answer;
  const found = (side: number, gone: number) => `${formatCount(side)} / ${formatCount(side + gone)}`;
  return (
    <dl class="figures whatif-figures">
      <Figure
        name={words.perDay}
        before={short(alarms.before_per_day)}
        after={short(alarms.after_per_day)}
        note={words.inAll(
          formatCount(alarms.before),
          formatCount(alarms.after),
          changeText(alarms.before, alarms.after),
        )}
        bad={alarms.after > alarms.before}
      />
      {floods && <FloodFigure floods={floods} />}
      {events && (
        <>
          <Figure
            name={words.found}
            before={found(events.kept + events.missed, events.gained + events.unfound)}
            after={found(events.kept + events.gained, events.missed + events.unfound)}
            note={words.foundNote(events.missed, events.gained, events.earlier, events.later)}
            bad={events.missed > 0}
          />
          <Figure
            name={words.worstDelay}
            before={delayText(events.worst_delay_s.before)}
            after={delayText(events.worst_delay_s.after)}
            note={words.worstNote}
            bad={(events.worst_delay_s.after ?? 0) > (events.worst_delay_s.before ?? 0)}
          />
        </>
      )}
    </dl>
  );
}

function FloodFigure({ floods }: { floods: readonly WhatIfFloods[] }) {
  const words = t().whatIf;
  const sum = (side: 'before' | 'after', of: 'count' | 'seconds') =>
    floods.reduce((all, one) => all + one[side][of], 0);
  const time = (side: 'before' | 'after') => durationOf(sum(side, 'seconds') * 1000);
  return (
    <Figure
      name={words.floods}
      before={formatCount(sum('before', 'count'))}
      after={formatCount(sum('after', 'count'))}
      note={words.inFlood(time('before'), time('after'))}
      bad={sum('after', 'count') > sum('before', 'count')}
    />
  );
}

export const delayText = (seconds: number | null): string =>
  seconds === null ? '–' : durationOf(seconds * 1000);

/** What was compared, over which samples, and what the figures do not say. */
function Tried({ answer }: { answer: WhatIfAnswer }) {
  const words = t().whatIf;
  const at = (text: string | null) => (text === null ? '–' : dateTimeOf(Date.parse(text)));
  const rest = answer.changes.length - CHANGES_SHOWN;
  return (
    <section class="panel tried">
      <h2>{words.tried}</h2>
      <ul>
        {answer.changes.slice(0, CHANGES_SHOWN).map((one) => (
          <li key={one.text}>{one.text}</li>
        ))}
      </ul>
      {rest > 0 && <p class="hint">{words.moreChanges(rest)}</p>}
      <p class="hint">
        {words.looked(formatCount(answer.samples), short(answer.days), at(answer.from), at(answer.to))}
        {!answer.whole && ` ${words.leftOut}`}
      </p>
      {answer.notes.length > 0 && (
        <details>
          <summary>{words.notesTitle}</summary>
          <ul class="notes">
            {answer.notes.map((one) => (
              <li key={one}>{word(words.notes, one)}</li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
