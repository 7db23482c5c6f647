// SPDX-License-Identifier: Apache-2.0
/** Whether what a model is asked and answers is still what it was made on, and how good that is known. */
import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { Drift, DriftFeature, DriftMonitor } from '../../api/types';
import { t } from '../../i18n';
import { driftState, largestFirst, percent } from '../../lib/drift';
import { formatCount, formatNumber } from '../../lib/number';
import { dateTimeOf } from '../../state/clock';
import { usePoll } from '../../state/poll';

const REFRESH_MS = 2_000;
/** A feature in a line: more of them nobody reads. */
const FEATURES_MAX = 12;

export function DriftCard({ name, version }: { name: string; version: string }) {
  const [all, setAll] = useState<Drift[]>([]);
  usePoll(async () => setAll(await api.modelDrift(name)), REFRESH_MS);
  const drift = all.find((one) => String(one.version) === version);
  if (!drift) return null;
  return (
    <section class="panel drift">
      <h2>{t().drift.title}</h2>
      <p>
        <strong class={`drift-state ${driftState(drift)}`}>{t().drift.state[driftState(drift)]}</strong>{' '}
        <span class="live">{progressOf(drift)}</span>
      </p>
      {drift.state !== 'nothing' && <p class="hint">{referenceOf(drift)}</p>}
      {drift.history.length > 0 && <Past drift={drift} />}
      {drift.features.length > 0 && <Features drift={drift} />}
      {drift.monitors[0]?.false_alarms !== null && <Monitors drift={drift} />}
    </section>
  );
}

function progressOf({ state, filled, settings }: Drift): string {
  if (state === 'nothing') return t().drift.nothing;
  const { learnt, filled: next } = t().drift;
  return state === 'learning'
    ? learnt(formatCount(filled), formatCount(settings.reference_rows))
    : next(formatCount(filled), formatCount(settings.window_rows));
}

function referenceOf({ reference, settings }: Drift): string {
  const rows = formatCount(settings.window_rows);
  if (reference.of === 'training') return t().drift.ofTraining(rows);
  return t().drift.ofRequests(rows, formatCount(settings.reference_rows));
}

/** A square for each window that is remembered; those that fired are full. */
function Past({ drift }: { drift: Drift }) {
  const words = t().drift;
  return (
    <ol class="drift-past" aria-label={words.past}>
      {drift.history.map((window) => {
        const fired = window.fired.map((one) => words.monitors[one]).join(', ');
        const text = `${dateTimeOf(window.ended_ns / 1e6)}: ${fired || words.state.quiet}`;
        return (
          <li key={window.ended_ns} class={fired ? 'fired' : ''} title={text}>
            <span class="unseen">{text}</span>
          </li>
        );
      })}
    </ol>
  );
}

function Features({ drift }: { drift: Drift }) {
  const words = t().drift;
  const shown = largestFirst(drift.features).slice(0, FEATURES_MAX);
  const rest = drift.features.length - shown.length + drift.left_out;
  return (
    <div class="table-scroll">
      <table class="drift-features">
        <caption class="hint">{words.featuresHint(formatNumber(drift.settings.psi_limit))}</caption>
        <thead>
          <tr>
            <th scope="col">{words.feature}</th>
            <th scope="col">{words.psi}</th>
            <th scope="col" class="number">
              {words.ks}
            </th>
            <th scope="col" class="number">
              {words.mean}
            </th>
            <th scope="col" class="number">
              {words.referenceMean}
            </th>
            <th scope="col" class="number">
              {words.missing}
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((one) => (
            <FeatureRow key={`${one.of} ${one.name}`} one={one} limit={drift.settings.psi_limit} />
          ))}
        </tbody>
      </table>
      {rest > 0 && <p class="hint">{words.rest(rest)}</p>}
    </div>
  );
}

function FeatureRow({ one, limit }: { one: DriftFeature; limit: number }) {
  const share = Math.min(2, (one.psi ?? 0) / limit) / 2;
  return (
    <tr data-feature={one.name} class={one.fired ? 'fired' : ''}>
      <th scope="row">
        {one.name} <span class="hint">{one.of === 'input' ? t().models.input : t().models.output}</span>
      </th>
      <td>
        <span class={`score ${one.fired ? 'alarm priority-high' : ''}`}>
          <span class="score-bar">
            <span class="score-fill" style={{ width: `${share * 100}%` }} />
            <span class="score-limit" />
          </span>
          <span class="score-number live">{formatNumber(one.psi)}</span>
        </span>
      </td>
      <td class="number live">{formatNumber(one.ks)}</td>
      <td class="number live">{formatNumber(one.mean)}</td>
      <td class="number">{formatNumber(one.reference_mean)}</td>
      <td class="number live">{percent(one.missing)}</td>
    </tr>
  );
}

/** The monitors, and beside them what never and what always fires. */
function Monitors({ drift }: { drift: Drift }) {
  const words = t().drift;
  return (
    <div class="table-scroll">
      <table class="drift-monitors">
        <caption class="hint">{words.monitorsHint(drift.settings.trials)}</caption>
        <thead>
          <tr>
            <th scope="col">{words.monitor}</th>
            <th scope="col">{words.newest}</th>
            {[words.windowsFired, words.falseAlarms, words.detected, words.right].map((title) => (
              <th key={title} scope="col" class="number">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {drift.monitors.map((one) => (
            <MonitorRow key={one.monitor} one={one} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function MonitorRow({ one }: { one: DriftMonitor }) {
  const words = t().drift;
  const fired = one.fired === null ? '–' : one.fired ? words.fired : words.silent;
  return (
    <tr data-monitor={one.monitor}>
      <th scope="row">{words.monitors[one.monitor]}</th>
      <td class="live">{fired}</td>
      {[one.windows_fired, one.false_alarms, one.detected, one.right].map((share, i) => (
        <td key={i} class="number live">
          {percent(share)}
        </td>
      ))}
    </tr>
  );
}
