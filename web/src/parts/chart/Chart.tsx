// SPDX-License-Identifier: Apache-2.0
/** Curves over time: uPlot inside a component. */
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { language, t } from '../../i18n';
import { aligned } from '../../lib/series';
import { useWidth } from '../../lib/use-width';
import { timezone } from '../../state/clock';
import type { ChartProps, Panel } from './model';
import { panelOptions } from './options';
import { theme } from './theme';

/** The last panel also carries the time axis. */
const TIME_AXIS = 30;

export function Chart(props: ChartProps) {
  const [element, width] = useWidth<HTMLDivElement>();
  const { panels } = props;
  const height = Math.max(110, Math.floor((props.height - TIME_AXIS) / Math.max(1, panels.length)));
  return (
    <div class="chart" ref={element} role="img" aria-label={props.label}>
      {width > 0 &&
        panels.map((panel, i) => {
          const last = i === panels.length - 1;
          return (
            <figure key={panel.id} class="chart-panel" data-panel={panel.id}>
              <figcaption>{panel.title}</figcaption>
              <PanelPlot
                {...props}
                panel={panel}
                width={width}
                plotHeight={height + (last ? TIME_AXIS : 0)}
                last={last}
              />
            </figure>
          );
        })}
    </div>
  );
}

interface PlotProps extends ChartProps {
  panel: Panel;
  width: number;
  plotHeight: number;
  last: boolean;
}

function dataOf(panel: Panel): uPlot.AlignedData {
  const { times, columns } = aligned(panel.lines.map((line) => line.band));
  return [times, ...columns];
}

function PanelPlot(props: PlotProps) {
  const { panel, width, plotHeight, last } = props;
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const newest = useRef(props);
  newest.current = props;
  // A plot is made anew when its curves or its looks change; anything else is only new data.
  const lines = panel.lines.map((line) => `${line.number} ${line.path} ${line.stands ?? false}`).join('\n');
  const looks = [lines, theme.value, timezone.value, language.value, last];

  useEffect(() => {
    if (!host.current) return;
    const options = panelOptions({
      panel,
      props: () => newest.current,
      current: () => newest.current.panel,
      theme: theme.value,
      zone: timezone.value,
      limitWord: t().trends.limit,
      last,
      size: { width, height: plotHeight },
    });
    plot.current = new uPlot(options, dataOf(panel), host.current);
    return () => {
      plot.current?.destroy();
      plot.current = null;
    };
  }, looks);
  useEffect(() => plot.current?.setSize({ width, height: plotHeight }), [width, plotHeight]);
  useEffect(() => plot.current?.setData(dataOf(panel)), [panel, props.span]);
  useEffect(() => plot.current?.redraw(false), [props.marks]);
  useEffect(() => focusLine(plot.current, panel, props.focus), [props.focus]);
  return <div ref={host} class="plot" />;
}

/** Bring one curve forward, or none. */
function focusLine(plot: uPlot | null, panel: Panel, number: number | null): void {
  if (!plot) return;
  const at = panel.lines.findIndex((line) => line.number === number);
  plot.setSeries(at < 0 ? null : 3 * at + 1, { focus: at >= 0 });
}
