// SPDX-License-Identifier: Apache-2.0
/** The figures of one operator position. */
import { KPI_STANDING, type KpiFigure, type KpiFrequent, type PositionKpi } from '../../api/alarm-types';
import { t, word } from '../../i18n';
import { PRIORITIES } from '../../lib/alarms';
import { figureText, targetText } from '../../lib/kpi';
import { formatCount, formatNumber, formatPercent } from '../../lib/number';
import { routeTo } from '../../lib/route';
import { Bar } from '../../parts/Bar';
import { PrioritySign } from '../../parts/PrioritySign';
import { durationOf, momentOf } from '../../state/clock';
import { titled } from '../../state/plant';
import { Distributions } from './Distributions';

export function PositionFigures({ of, wanted }: { of: PositionKpi; wanted: number }) {
  const words = t().kpi;
  return (
    <section class="panel position-figures" data-position={of.position}>
      <h2>{titled(of.position, of.title)}</h2>
      {of.begin === null || of.end === null ? (
        <p class="hint">{words.nothing}</p>
      ) : (
        <p class="hint">
          {words.observed(formatNumber(Number(of.days.toPrecision(2))), momentOf(of.begin), momentOf(of.end))}{' '}
          {!of.enough && <strong>{words.notEnough(wanted)}</strong>}
        </p>
      )}
      <div class="figure-columns">
        <Targets figures={of.figures} />
        <Distributions of={of} />
        <div class="kpi-more">
          <Floods of={of} />
          <Now of={of} />
          {of.top.length > 0 && <Top list={of.top} />}
        </div>
      </div>
    </section>
  );
}

/** A verdict has a sign beside its colour. */
const SIGNS: Record<string, string> = { acceptable: '✓', manageable: '△', over: '✕', unknown: '–' };

function Targets({ figures }: { figures: readonly KpiFigure[] }) {
  const words = t().kpi;
  return (
    <div class="table-scroll">
      <table class="targets">
        <thead>
          <tr>
            <th scope="col">{words.figure}</th>
            <th scope="col" class="number">
              {words.value}
            </th>
            <th scope="col">{words.verdictTitle}</th>
            <th scope="col" class="number">
              {words.acceptable}
            </th>
            <th scope="col" class="number">
              {words.manageable}
            </th>
          </tr>
        </thead>
        <tbody>
          {figures.map((one) => (
            <tr key={one.name} data-figure={one.name} class={one.verdict}>
              <th scope="row">{word(words.names, one.name)}</th>
              <td class="number live">{figureText(one.value, one.share)}</td>
              <td class={`verdict-cell ${one.verdict}`}>
                <span aria-hidden="true">{SIGNS[one.verdict] ?? ''}</span>{' '}
                {word(words.verdict, one.verdict)}
              </td>
              <td class="number">{targetText(one, one.acceptable)}</td>
              <td class="number">{targetText(one, one.manageable)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Floods({ of: { floods, chattering, fleeting } }: { of: PositionKpi }) {
  const words = t().kpi;
  const time = (seconds: number) => durationOf(seconds * 1000);
  return (
    <section>
      <h3>{words.floods}</h3>
      <p>
        {floods.count === 0
          ? words.noFloods
          : words.floodTimes(
              floods.count,
              time(floods.seconds),
              time(floods.longest_s),
              formatCount(floods.peak),
            )}{' '}
        {floods.now && <strong>{words.floodNow}</strong>}
      </p>
      <p>{words.chattering(chattering.alarms, chattering.times)}</p>
      <p>{words.fleeting(fleeting.alarms, fleeting.times)}</p>
    </section>
  );
}

function Now({ of }: { of: PositionKpi }) {
  const words = t().kpi;
  return (
    <section>
      <h3>{words.standing}</h3>
      <dl class="flood-figures">
        {KPI_STANDING.map((name) => (
          <div key={name}>
            <dt>{words.standingOf[name]}</dt>
            <dd class="live">{formatCount(of.now[name])}</dd>
          </div>
        ))}
      </dl>
      <h3>{words.priorities}</h3>
      <ul class="by-priority">
        {PRIORITIES.map((priority) => (
          <li key={priority}>
            <PrioritySign priority={priority} size={18} silent /> {t().priority[priority]}{' '}
            <strong class="live">{formatCount(of.priorities[priority])}</strong>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Top({ list }: { list: readonly KpiFrequent[] }) {
  const words = t().kpi;
  return (
    <section>
      <h3>{words.top}</h3>
      <div class="table-scroll">
        <table class="top-alarms">
          <thead>
            <tr>
              <th scope="col">{words.alarm}</th>
              <th scope="col" class="number">
                {words.times}
              </th>
              <th scope="col" class="number">
                {words.share}
              </th>
              <th />
            </tr>
          </thead>
          <tbody>
            {list.map((one) => (
              <tr key={one.key}>
                <th scope="row">
                  <a href={routeTo('alarms', String(one.id))}>{one.key}</a>
                </th>
                <td class="number live">{formatCount(one.count)}</td>
                <td class="number live">{formatPercent(Number(one.share.toFixed(3)))}</td>
                <td class="bar-cell">
                  <Bar share={one.share} axis={[0, 1]} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
