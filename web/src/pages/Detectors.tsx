// SPDX-License-Identifier: Apache-2.0
/** All detectors, and one whole: what it says now, why, and what it said before. */
import { useState } from 'preact/hooks';
import { api, ApiError } from '../api/client';
import type { Detector } from '../api/types';
import { t, word } from '../i18n';
import { formatCount, formatNumber } from '../lib/number';
import { routeTo } from '../lib/route';
import { parseTime } from '../lib/time';
import { Contributions } from '../parts/Contributions';
import { PrioritySign } from '../parts/PrioritySign';
import { ScoreBar } from '../parts/ScoreBar';
import { ScoreHistory } from '../parts/ScoreHistory';
import { dateTimeOf, momentOf } from '../state/clock';
import { contributions, detectors } from '../state/plant';
import { usePoll } from '../state/poll';
import { route } from '../state/route';

export function Detectors() {
  const name = route.value.rest;
  return name === null ? <DetectorTable /> : <DetectorPage key={name} name={name} />;
}

/** Per day as the coarsest "n/period" that is at least 1: 0.1428 is 1/week. */
export function rateText(perDay: number | null): string {
  if (perDay === null || !(perDay > 0)) return '–';
  const units = t().detectors.rate;
  const periods: [string, number][] = [
    [units.hour, 1 / 24],
    [units.day, 1],
    [units.week, 7],
    [units.month, 30],
  ];
  const last = periods[periods.length - 1] ?? [units.month, 30];
  const [unit, days] = periods.find(([, length]) => perDay * length >= 0.999) ?? last;
  return `${formatNumber(Number((perDay * days).toPrecision(3)))}/${unit}`;
}

function trained(one: Detector): string {
  const at = parseTime(one.trained);
  return at === null ? '–' : dateTimeOf(at);
}

function modelText(one: Detector): string {
  const version = one.version === null ? '' : ` v${one.version}`;
  return `${one.model}${version}${one.kind === null ? '' : ` · ${one.kind}`}`;
}

function DetectorTable() {
  const list = detectors.value;
  return (
    <section class="panel">
      <h1>{t().detectors.title}</h1>
      {list === null && <p class="hint">{t().loading}</p>}
      {list?.length === 0 && <p class="hint">{t().detectors.none}</p>}
      {list && list.length > 0 && (
        <div class="table-scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{t().detectors.name}</th>
                <th scope="col">{t().detectors.score}</th>
                <th scope="col">{t().detectors.verdict}</th>
                <th scope="col">{t().detectors.budget}</th>
                <th scope="col" title={t().detectors.promiseHint}>
                  {t().detectors.promise}
                </th>
                <th scope="col">{t().detectors.model}</th>
                <th scope="col">{t().detectors.trained}</th>
                <th scope="col" class="number">
                  {t().detectors.rows}
                </th>
                <th scope="col" class="number">
                  {t().detectors.abstained}
                </th>
              </tr>
            </thead>
            <tbody>
              {list.map((one) => (
                <Row key={one.name} one={one} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Row({ one }: { one: Detector }) {
  return (
    <tr>
      <th scope="row">
        <a href={routeTo('detectors', one.name)}>{one.name}</a>
      </th>
      <td>
        <ScoreBar detector={one} />
      </td>
      <td>
        <Verdict one={one} />
        {one.message && <span class="muted message">{one.message}</span>}
      </td>
      <td>{rateText(one.budget_per_day)}</td>
      <td>{rateText(one.promise_per_day)}</td>
      <td class="nowrap">{modelText(one)}</td>
      <td class="nowrap">{trained(one)}</td>
      <td class="number">{formatCount(one.rows)}</td>
      <td class="number">{formatCount(one.abstained)}</td>
    </tr>
  );
}

function Verdict({ one }: { one: Detector }) {
  return (
    <span class={`verdict ${one.state}`}>
      {one.state === 'alarm' && <PrioritySign priority={one.priority} size={16} silent />}
      {word(t().detectors.state, one.state)}
    </span>
  );
}

/** Contributions move with every row. */
const DETAIL_MS = 2_000;

function DetectorPage({ name }: { name: string }) {
  const [one, setOne] = useState<Detector | null>(null);
  const [unknown, setUnknown] = useState(false);
  usePoll(async () => {
    try {
      setOne(await api.detector(name));
      setUnknown(false);
    } catch (error) {
      setUnknown(error instanceof ApiError && error.status === 404);
      throw error;
    }
  }, DETAIL_MS);
  return (
    <div class="detector-page">
      <a class="back" href="#/detectors">
        ← {t().detectors.back}
      </a>
      {unknown && <p class="panel hint">{t().detectors.unknown}</p>}
      {one === null && !unknown && <p class="panel hint">{t().loading}</p>}
      {one && !unknown && <Whole one={one} />}
    </div>
  );
}

function Whole({ one }: { one: Detector }) {
  const whole = one.contributions ?? [];
  // The whole list has values too; the stream has at least the shares.
  const list = whole.length > 0 ? whole : (contributions.value.get(one.name) ?? []);
  const chosen = [...list.slice(0, 5).map((each) => each.signal), `${one.name}/score`];
  return (
    <>
      <section class="panel detector-head">
        <h1>{one.name}</h1>
        <div class="detector-now">
          <ScoreBar detector={one} />
          <Verdict one={one} />
        </div>
        {one.message && <p class="sentence">{one.message}</p>}
        <DetectorFacts one={one} />
        <p class="links">
          <a href={routeTo('trends', null, { signals: chosen.join(',') })}>
            {t().detectors.showTrend}
          </a>
        </p>
      </section>
      <section class="panel">
        <h2>{t().detectors.contributions}</h2>
        {list.length === 0 ? (
          <p class="hint">{t().detectors.noContributions}</p>
        ) : (
          <Contributions list={list} hint={t().detectors.contributionsHint} />
        )}
      </section>
      <section class="panel">
        <h2>{t().detectors.history}</h2>
        <ScoreHistory detector={one.name} />
      </section>
    </>
  );
}

function DetectorFacts({ one }: { one: Detector }) {
  const facts: [string, string][] = [
    [t().detectors.updated, momentOf(one.time)],
    [t().detectors.budget, rateText(one.budget_per_day)],
    [t().detectors.promise, rateText(one.promise_per_day)],
    [t().detectors.priority, word(t().priority, one.priority)],
    [t().detectors.model, modelText(one)],
    [t().detectors.trained, trained(one)],
    [t().detectors.rows, formatCount(one.rows)],
    [t().detectors.abstained, formatCount(one.abstained)],
    [t().detectors.signals, one.signals.length.toString()],
    [t().detectors.hash, one.model_hash?.slice(0, 12) ?? '–'],
  ];
  return (
    <dl class="facts">
      {facts.map(([name, text]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}
