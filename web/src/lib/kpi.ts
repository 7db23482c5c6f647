// SPDX-License-Identifier: Apache-2.0
/** Figures of alarms without the daemon: as text, as bars, and the days of a range. */
import type { Bins, KpiFigure } from '../api/alarm-types';
import { formatNumber, formatPercent, NOTHING } from './number';
import type { Span } from './range';
import { parseDay } from './time';

/** 0.25 is "25 %" where it is a share. */
export function figureText(value: number | null, share: boolean): string {
  if (value === null) return NOTHING;
  const short = Number(value.toPrecision(3));
  return share ? formatPercent(short) : formatNumber(short);
}

/** A target with the side on which it is kept; a dash where there is none. */
export function targetText(figure: KpiFigure, target: number | null): string {
  if (target === null) return NOTHING;
  return `${figure.at_least ? '≥' : '≤'} ${figureText(target, figure.share)}`;
}

/** One bar: the numbers it counts, and how often they came. */
export interface Bar {
  from: number;
  to: number;
  count: number;
}

/**
 * Bins as at most `most` bars. A bin begins behind the one before it; bins that nothing fell into
 * are drawn as room while there are few numbers, so that a gap is seen.
 */
export function barsOf(bins: Bins, most: number): Bar[] {
  const largest = bins[bins.length - 1]?.[0];
  if (largest === undefined) return [];
  const width = Math.max(1, Math.ceil((largest + 1) / most));
  const bars: Bar[] = Array.from({ length: Math.ceil((largest + 1) / width) }, (_, i) => ({
    from: i * width,
    to: (i + 1) * width - 1,
    count: 0,
  }));
  for (const [end, count] of bins) {
    const bar = bars[Math.floor(end / width)];
    if (bar) bar.count += count;
  }
  return bars;
}

/** From the begin of the first day to the end of the last, by the site's clock; null when not. */
export function daysBetween(first: string, last: string, zone: string): Span | null {
  const from = parseDay(first, zone, 0);
  const to = parseDay(last, zone, 1);
  return from !== null && to !== null && to > from ? { from, to } : null;
}
