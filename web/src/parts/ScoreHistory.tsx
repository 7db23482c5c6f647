// SPDX-License-Identifier: Apache-2.0
/** The score of one detector over time, with its limit and its alarms. */
import { useMemo, useState } from 'preact/hooks';
import { t } from '../i18n';
import { isEnd } from '../lib/alarms';
import { normalise, spanOf, type Span, type View } from '../lib/range';
import { bandOf } from '../lib/series';
import { parseTime } from '../lib/time';
import { useWidth } from '../lib/use-width';
import { Toolbar } from '../pages/trends/Toolbar';
import { useTrend } from '../pages/trends/use-trend';
import { dateTimeOf, serverNow } from '../state/clock';
import { signalsByPath } from '../state/plant';
import { Chart } from './chart/Chart';
import { limitsOf, type Mark, type Panel } from './chart/model';

const START: View = { kind: 'live', length: 3_600_000 };

export function ScoreHistory({ detector }: { detector: string }) {
  const [element, width] = useWidth<HTMLDivElement>();
  const [view, setView] = useState<View>(START);
  const path = `${detector}/score`;
  const paths = useMemo(() => [path], [path]);
  const trend = useTrend(paths, view, width);
  const limits = limitsOf(signalsByPath.value.get(path)?.limits ?? null);
  const panels = useMemo<Panel[]>(() => {
    const series = trend?.series[0] ?? { signal: path, unit: '1', times: [], values: [] };
    const line = { path, number: 1, band: bandOf(series), limits };
    return [{ id: 'score', title: t().trends.score, score: true, lines: [line] }];
  }, [trend?.series, path, limits.length, t()]);
  const marks = useMemo(
    () =>
      (trend?.transitions ?? []).flatMap((one): Mark[] => {
        const time = parseTime(one.time);
        const begins = one.transition === 'raised';
        if (one.detector !== detector || time === null) return [];
        if (!begins && !isEnd(one.transition)) return [];
        return [{ time, raised: begins, priority: one.priority }];
      }),
    [trend?.transitions, detector],
  );
  const span = view.kind === 'fixed' || !trend ? spanOf(view, serverNow()) : trend.span;
  return (
    <div ref={element}>
      <Toolbar paths={paths} view={view} onView={setView} onReset={() => setView(START)} />
      <Chart
        panels={panels}
        span={span}
        marks={marks}
        focus={null}
        label={t().trends.chartLabel(path, dateTimeOf(span.from), dateTimeOf(span.to))}
        height={280}
        onZoom={(zoom: Span) => setView({ kind: 'fixed', span: normalise(zoom) })}
        onReset={() => setView(START)}
        onCursor={() => {}}
      />
    </div>
  );
}
