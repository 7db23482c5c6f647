// SPDX-License-Identifier: Apache-2.0
/** How uPlot draws one panel. */
import uPlot from 'uplot';
import { formatNumber } from '../../lib/number';
import { valueRange } from '../../lib/range';
import { formatClock, formatDate } from '../../lib/time';
import type { ChartProps, Line, Panel } from './model';
import { paintLimits, paintMarks, paintNumbers } from './paint';
import type { Theme } from './theme';

/** Both axes of all panels take the same room, so that the times of all panels line up. */
const AXIS_WIDTH = 62;
const AXIS_HEIGHT = 38;
const FONT = '11px system-ui, sans-serif';
const DAY_S = 86_400;
/** Opacity of the band from min to max, put behind a colour written #rrggbb. */
const BAND_ALPHA = '33';

export interface PanelContext {
  panel: Panel;
  /** The newest props, at the time of painting. */
  props: () => ChartProps;
  /** The newest state of this panel. */
  current: () => Panel;
  theme: Theme;
  zone: string;
  /** Word for the limit of a score. */
  limitWord: string;
  last: boolean;
  size: { width: number; height: number };
}

/** "14:05" or "14:05:30", and the date below where a day begins or the axis does. */
export function timeLabels(seconds: readonly number[], step: number, zone: string): string[] {
  let day = '';
  return seconds.map((second) => {
    const date = formatDate(second * 1000, zone);
    const shown = date === day ? '' : date;
    day = date;
    if (step >= DAY_S) return date.slice(5);
    const clock = formatClock(second * 1000, zone).slice(0, step < 60 ? 8 : 5);
    return shown === '' ? clock : `${clock}\n${shown}`;
  });
}

export function panelOptions(context: PanelContext): uPlot.Options {
  const { panel, theme, size } = context;
  return {
    ...size,
    padding: [10, 12, 0, 0],
    legend: { show: false },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), context.zone),
    scales: { x: { time: true, range: () => timeRange(context) }, y: { range: yRange(context) } },
    axes: axes(context),
    series: [{}, ...panel.lines.flatMap((line) => lineSeries(line, theme))],
    bands: panel.lines.map((line, i) => ({
      series: [3 * i + 3, 3 * i + 2] as [number, number],
      fill: colourOf(line.number, theme) + BAND_ALPHA,
    })),
    cursor: cursor(context),
    hooks: hooks(context),
    focus: { alpha: 0.25 },
  };
}

function timeRange(context: PanelContext): [number, number] {
  const { from, to } = context.props().span;
  return [from / 1000, to / 1000];
}

function yRange(context: PanelContext): uPlot.Scale.Range {
  return (_u, low: number | null, high: number | null) => {
    const panel = context.current();
    if (panel.score) return [Math.min(0, low ?? 0), Math.max(1.25, (high ?? 0) * 1.06)];
    const limits = panel.lines.flatMap((line) => line.limits.map((limit) => limit.value));
    return valueRange(low, high, limits);
  };
}

function axes(context: PanelContext): uPlot.Axis[] {
  const { theme } = context;
  const common: uPlot.Axis = {
    stroke: theme.text,
    font: FONT,
    grid: { stroke: theme.grid, width: 1 },
    ticks: { stroke: theme.grid, width: 1, size: 4 },
  };
  return [
    {
      ...common,
      size: context.last ? AXIS_HEIGHT : 8,
      space: 78,
      values: context.last
        ? (_u, splits, _axis, _space, step) => timeLabels(splits, step, context.zone)
        : (_u, splits) => splits.map(() => ''),
    },
    {
      ...common,
      size: AXIS_WIDTH,
      space: 24,
      values: (_u, splits) => splits.map((value) => formatNumber(value)),
    },
  ];
}

function colourOf(number: number, theme: Theme): string {
  return theme.lines[(number - 1) % theme.lines.length] ?? theme.text;
}

/** Mean as a line; min and max only carry the band between them. */
function lineSeries({ number, stands }: Line, theme: Theme): uPlot.Series[] {
  const edge: uPlot.Series = { stroke: 'transparent', width: 0, points: { show: false } };
  const mean: uPlot.Series = { stroke: colourOf(number, theme), width: 1.6, points: { size: 4 } };
  const paths = stands ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
  const drawn = paths ? { paths } : {};
  return [mean, edge, edge].map((one) => ({ ...one, ...drawn }));
}

function cursor(context: PanelContext): uPlot.Cursor {
  return {
    y: false,
    points: { show: false },
    drag: { x: true, y: false, setScale: false },
    sync: {
      key: 'davy-trends',
      // Panels share where the pointer is, not what is dragged.
      filters: { pub: (type) => type === 'mousemove' || type === 'mouseleave' },
    },
    bind: {
      dblclick: () => () => {
        context.props().onReset();
        return null;
      },
    },
  };
}

function hooks(context: PanelContext): uPlot.Hooks.Arrays {
  return {
    draw: [
      (u) => {
        paintLimits(u, context.current(), context.theme, context.limitWord);
        paintMarks(u, context.props().marks, context.theme);
        paintNumbers(u, context.current(), context.theme);
      },
    ],
    setSelect: [
      (u) => {
        const { left, width } = u.select;
        if (width < 4) return;
        const [from, to] = [u.posToVal(left, 'x') * 1000, u.posToVal(left + width, 'x') * 1000];
        u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        context.props().onZoom({ from, to });
      },
    ],
    setCursor: [
      (u) => {
        const left = u.cursor.left ?? -1;
        context.props().onCursor(left < 0 ? null : u.posToVal(left, 'x') * 1000);
      },
    ],
  };
}
