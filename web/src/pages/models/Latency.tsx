// SPDX-License-Identifier: Apache-2.0
/** Latency as it happens: quantiles of all answers, and the mean of the newest. */
import { useMemo } from 'preact/hooks';
import { t } from '../../i18n';
import { LATENCY_SERIES, latencySeries, type Sight } from '../../lib/models';
import { bandOf } from '../../lib/series';
import { Chart } from '../../parts/chart/Chart';
import type { Mark, Panel } from '../../parts/chart/model';
import { lineVariable } from '../../parts/chart/theme';

const HEIGHT = 240;
/** The shortest time that is drawn. */
const SPAN_MS = 30_000;
const NO_MARKS: Mark[] = [];
const nothing = () => {};

export function Latency({ name, sights }: { name: string; sights: readonly Sight[] }) {
  const newest = sights[sights.length - 1];
  const panels = useMemo<Panel[]>(() => {
    const lines = latencySeries(sights).map((series, i) => {
      return { path: series.signal, number: i + 1, band: bandOf(series), limits: [] };
    });
    return [{ id: 'latency', title: 'ms', score: false, lines }];
  }, [newest]);
  if (!newest || newest.stats.latency.request.count === 0)
    return <p class="hint">{t().models.noLatency}</p>;
  const first = sights[0]?.at ?? newest.at;
  return (
    <>
      <p class="hint">{t().models.latencyHint}</p>
      <Chart
        panels={panels}
        span={{ from: Math.min(first, newest.at - SPAN_MS), to: newest.at }}
        marks={NO_MARKS}
        focus={null}
        label={t().models.latencyLabel(name)}
        height={HEIGHT}
        onZoom={nothing}
        onReset={nothing}
        onCursor={nothing}
      />
      <ul class="latency-legend">
        {LATENCY_SERIES.map((series, i) => (
          <li key={series}>
            <span class="swatch" style={{ background: lineVariable(i + 1) }}>
              {i + 1}
            </span>
            {t().models[series]}
          </li>
        ))}
      </ul>
    </>
  );
}
