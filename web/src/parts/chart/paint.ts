// SPDX-License-Identifier: Apache-2.0
/** What is painted on a panel besides its curves: limits, alarm marks, the numbers of the curves. */
import type uPlot from 'uplot';
import { formatNumber } from '../../lib/number';
import type { Mark, Panel } from './model';
import type { Theme } from './theme';

const LABEL_HEIGHT = 13;

/** Dashed lines with their name and value, told apart by number when a panel has several curves. */
export function paintLimits(u: uPlot, panel: Panel, theme: Theme, scoreLimit: string): void {
  const { ctx, bbox } = u;
  const { min, max } = u.scales.y ?? {};
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = theme.limit;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textAlign = 'right';
  ctx.textBaseline = 'bottom';
  // Left of the numbers of the curves.
  const right = bbox.left + bbox.width - 20 * devicePixelRatio;
  let above = -Infinity;
  for (const [value, label] of limitLabels(panel, scoreLimit)) {
    if (value < (min ?? 0) || value > (max ?? 0)) continue;
    const y = Math.round(u.valToPos(value, 'y', true));
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    // Limits as close as this are told apart in the legend.
    if (y - above < LABEL_HEIGHT * devicePixelRatio) continue;
    ctx.fillText(label, right, y - devicePixelRatio);
    above = y;
  }
  ctx.restore();
}

/** One label for each value from the top, naming all curves that share it: "1 hi, 2 hi 1000". */
function limitLabels(panel: Panel, scoreLimit: string): [number, string][] {
  const names = new Map<number, string[]>();
  for (const line of panel.lines)
    for (const { name, value } of line.limits) {
      const own = panel.lines.length > 1 ? `${line.number} ${name}` : name;
      names.set(value, [...(names.get(value) ?? []), own]);
    }
  const fromTop = [...names].sort(([a], [b]) => b - a);
  return fromTop.map(([value, own]) => {
    return [value, `${panel.score ? scoreLimit : own.join(', ')} ${formatNumber(value)}`];
  });
}

/** A filled triangle up where an alarm was raised, an open one down where it returned. */
export function paintMarks(u: uPlot, marks: readonly Mark[], theme: Theme): void {
  const { ctx, bbox } = u;
  const size = 5 * devicePixelRatio;
  ctx.save();
  ctx.lineWidth = 1.25 * devicePixelRatio;
  for (const mark of marks) {
    const x = u.valToPos(mark.time / 1000, 'x', true);
    if (x < bbox.left - 1 || x > bbox.left + bbox.width + 1) continue;
    ctx.strokeStyle = ctx.fillStyle = theme.priority[mark.priority] ?? theme.text;
    ctx.globalAlpha = mark.raised ? 0.8 : 0.45;
    ctx.setLineDash(mark.raised ? [] : [2 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.globalAlpha = 1;
    ctx.setLineDash([]);
    triangle(ctx, x, bbox.top + bbox.height, size, mark.raised);
  }
  ctx.restore();
}

function triangle(ctx: CanvasRenderingContext2D, x: number, y: number, size: number, up: boolean) {
  const [tip, base] = up ? [y - 2 * size, y] : [y, y - 2 * size];
  ctx.beginPath();
  ctx.moveTo(x, tip);
  ctx.lineTo(x - size, base);
  ctx.lineTo(x + size, base);
  ctx.closePath();
  if (up) ctx.fill();
  else ctx.stroke();
}

/** The number of each curve at its newest point, so that colour is not the only way to tell. */
export function paintNumbers(u: uPlot, panel: Panel, theme: Theme): void {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.font = `600 ${10 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  for (const line of panel.lines) {
    const last = lastVisible(u, line.band.times, line.band.mean);
    if (last === null) continue;
    const radius = 7 * devicePixelRatio;
    const x = Math.min(u.valToPos(last.time, 'x', true), bbox.left + bbox.width) - radius;
    const y = u.valToPos(last.value, 'y', true);
    ctx.fillStyle = theme.lines[(line.number - 1) % theme.lines.length] ?? theme.text;
    ctx.beginPath();
    ctx.arc(x, y, radius, 0, 2 * Math.PI);
    ctx.fill();
    ctx.fillStyle = theme.surface;
    ctx.fillText(String(line.number), x, y + 0.5 * devicePixelRatio);
  }
  ctx.restore();
}

function lastVisible(u: uPlot, times: readonly number[], values: readonly (number | null)[]) {
  const { min, max } = u.scales.x ?? {};
  for (let i = times.length - 1; i >= 0; i--) {
    const time = times[i] ?? 0;
    const value = values[i];
    if (time < (min ?? 0)) return null;
    if (time <= (max ?? 0) && typeof value === 'number') return { time, value };
  }
  return null;
}
