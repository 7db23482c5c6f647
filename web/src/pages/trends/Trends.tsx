// SPDX-License-Identifier: Apache-2.0
/** Curves of chosen signals with limits, scores and alarms over one time axis. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { StateSeries, SteppedSeries, Transition } from '../../api/types';
import { t } from '../../i18n';
import { isEnd } from '../../lib/alarms';
import { formatCount, formatUnit } from '../../lib/number';
import { normalise, spanOf, type Span, type View } from '../../lib/range';
import { bandOf } from '../../lib/series';
import { hasStates } from '../../lib/states';
import { parseTime } from '../../lib/time';
import { useWidth } from '../../lib/use-width';
import { Chart } from '../../parts/chart/Chart';
import { limitsOf, panelOf, type Line, type Mark, type Panel } from '../../parts/chart/model';
import { dateTimeOf, durationOf, serverNow } from '../../state/clock';
import { explain } from '../../state/notices';
import { detectors, signals, signalsByPath } from '../../state/plant';
import { route } from '../../state/route';
import { knownPaths, show, wishOf, type Wish } from './address';
import { Legend } from './Legend';
import { Marks } from './Marks';
import { Picker } from './Picker';
import { States } from './States';
import { Toolbar } from './Toolbar';
import { useTrend, type Trend } from './use-trend';

const NO_SERIES: SteppedSeries[] = [];
const NO_STATES: StateSeries[] = [];

export function Trends() {
  const wish = wishOf(route.value);
  const [picking, setPicking] = useState(false);
  const lastLive = useRef<View>({ kind: 'live', length: 15 * 60_000 });
  if (wish.view.kind === 'live') lastLive.current = wish.view;
  // What was proposed stays chosen, whatever the scores do next.
  const proposed = route.value.query.signals === undefined ? wish.paths.join() : '';
  useEffect(() => {
    if (proposed !== '') show(wish, { paths: wish.paths });
  }, [proposed]);
  return (
    <div class={`trends ${picking ? 'picking' : ''}`}>
      <h1 class="unseen">{t().pages.trends}</h1>
      <aside class="panel picker-panel" aria-label={t().trends.signals}>
        <Picker chosen={wish.paths} onChange={(paths) => show(wish, { paths })} />
      </aside>
      <button type="button" class="picker-toggle" onClick={() => setPicking(!picking)}>
        {picking ? t().trends.hidePicker : t().trends.showPicker}
      </button>
      <section class="panel trend-panel">
        <Toolbar
          paths={knownPaths(wish.paths)}
          view={wish.view}
          onView={(view) => show(wish, { view })}
          onReset={() => show(wish, { view: lastLive.current })}
        />
        <Picture wish={wish} onReset={() => show(wish, { view: lastLive.current })} />
      </section>
    </div>
  );
}

function Picture({ wish, onReset }: { wish: Wish; onReset: () => void }) {
  const [element, width] = useWidth<HTMLDivElement>();
  const [cursor, setCursor] = useState<number | null>(null);
  const [focus, setFocus] = useState<number | null>(null);
  const paths = knownPaths(wish.paths);
  const trend = useTrend(paths, wish.view, width);
  const panels = usePanels(paths, trend?.series ?? NO_SERIES, trend?.states ?? NO_STATES);
  const transitions = useMemo(
    () => related(trend?.transitions ?? [], paths),
    [trend, paths.join()],
  );
  const marks = useMemo(() => marksOf(transitions), [transitions]);
  // A new view is shown at once with what is here; its own data follows.
  const span = wish.view.kind === 'fixed' || !trend ? spanOf(wish.view, serverNow()) : trend.span;
  const lines = panels.flatMap((panel) => panel.lines);
  return (
    <div ref={element} class="picture">
      {paths.length === 0 ? (
        <Empty />
      ) : (
        <>
          <Chart
            panels={panels}
            span={span}
            marks={marks}
            focus={focus}
            label={t().trends.chartLabel(
              paths.join(', '),
              dateTimeOf(span.from),
              dateTimeOf(span.to),
            )}
            height={chartHeight(panels.length)}
            onZoom={(zoom: Span) => show(wish, { view: { kind: 'fixed', span: normalise(zoom) } })}
            onReset={onReset}
            onCursor={setCursor}
          />
          <Note trend={trend} />
          <Legend
            lines={lines}
            cursor={cursor}
            onFocus={setFocus}
            onRemove={(path) => show(wish, { paths: wish.paths.filter((one) => one !== path) })}
          />
          <States states={trend?.states ?? NO_STATES} />
          <Marks transitions={transitions} />
        </>
      )}
    </div>
  );
}

function Empty() {
  return (
    <div class="empty">
      <h2>{t().trends.emptyTitle}</h2>
      <p class="hint">{signals.value === null ? t().loading : t().trends.empty}</p>
    </div>
  );
}

/** What one point stands for, and how many samples are behind the picture. */
function Note({ trend }: { trend: Trend | null }) {
  if (trend === null) return <p class="hint chart-note">{t().loading}</p>;
  if (trend.error !== null) return <p class="failure chart-note">{explain(trend.error)}</p>;
  let samples = 0;
  let points = 0;
  for (const one of trend.series)
    for (const count of one.count ?? []) {
      samples += count;
      points++;
    }
  // Where nearly every point is a sample there is no band to explain.
  const step = samples > 2 * points ? trend.series[0]?.step : undefined;
  return (
    <p class="hint chart-note" data-samples={samples}>
      {samples === 0 ? t().trends.noData : t().trends.points(formatCount(samples))}
      {step !== undefined && ` · ${t().trends.step(durationOf(step / 1e6))}`}
      <span class="chart-help"> · {t().trends.help}</span>
    </p>
  );
}

function chartHeight(panels: number): number {
  const room = window.innerHeight - 420;
  return Math.max(panels * (panels > 3 ? 130 : 170), Math.min(560, Math.max(300, room)));
}

/** Panels in the order of the chosen signals; made anew only when data or choice changed. */
function usePanels(
  paths: readonly string[],
  series: SteppedSeries[],
  states: StateSeries[],
): Panel[] {
  const known = signalsByPath.value;
  const words = t();
  return useMemo(() => {
    const byPath = new Map(series.map((one) => [one.signal, one]));
    const standing = new Set(states.filter(hasStates).map((one) => one.signal));
    const panels = new Map<string, Panel>();
    paths.forEach((path, i) => {
      const one = known.get(path);
      if (!one) return;
      const { id, score } = panelOf(one);
      const title = score ? words.trends.score : formatUnit(one.unit) || words.alarms.value;
      const panel = panels.get(id) ?? { id, title, score, lines: [] };
      const data = byPath.get(path) ?? { signal: path, unit: one.unit, times: [], values: [] };
      const stands = standing.has(path);
      const limits = limitsOf(one.limits);
      const line: Line = { path, number: i + 1, band: bandOf(data, stands), stands, limits };
      panel.lines.push(line);
      panels.set(id, panel);
    });
    return [...panels.values()].sort((a, b) => Number(a.score) - Number(b.score));
  }, [series, states, paths.join(), words, known.size]);
}

/** Begin and end of alarms that have to do with the chosen signals, newest first. */
function related(transitions: readonly Transition[], paths: readonly string[]): Transition[] {
  const chosen = new Set(paths);
  const scores = new Set(
    (detectors.value ?? [])
      .filter(
        (one) => chosen.has(`${one.name}/score`) || one.signals.some((path) => chosen.has(path)),
      )
      .map((one) => one.name),
  );
  return transitions
    .filter((one) => one.transition === 'raised' || isEnd(one.transition))
    .filter((one) => chosen.has(one.signal ?? '') || scores.has(one.detector ?? ''))
    .sort((a, b) => (parseTime(b.time) ?? 0) - (parseTime(a.time) ?? 0));
}

function marksOf(transitions: readonly Transition[]): Mark[] {
  return transitions.flatMap((one) => {
    const time = parseTime(one.time);
    return time === null
      ? []
      : [{ time, raised: one.transition === 'raised', priority: one.priority }];
  });
}
