// SPDX-License-Identifier: Apache-2.0
/** Stretches of time for trends, and value ranges for their axes. All times in milliseconds. */

import type { DurationUnit } from './time';

export interface Span {
  from: number;
  to: number;
}

/** What the trend page shows: the newest stretch, moving along, or a fixed one. */
export type View = { kind: 'live'; length: number } | { kind: 'fixed'; span: Span };

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export interface Preset {
  value: number;
  unit: DurationUnit;
  /** In the address. */
  name: string;
  length: number;
}

const preset = (value: number, unit: DurationUnit, ms: number): Preset => {
  return { value, unit, name: `${value}${unit}`, length: value * ms };
};

/** The buttons of the trend page. */
export const PRESETS: readonly Preset[] = [
  preset(5, 'min', MINUTE),
  preset(15, 'min', MINUTE),
  preset(1, 'h', HOUR),
  preset(6, 'h', HOUR),
  preset(1, 'd', DAY),
  preset(7, 'd', DAY),
  preset(30, 'd', DAY),
];

export const SHORTEST_MS = 1_000;
export const LONGEST_MS = 400 * DAY;

/** The stretch a view shows now. */
export function spanOf(view: View, now: number): Span {
  return view.kind === 'fixed' ? view.span : { from: now - view.length, to: now };
}

/** Put the ends in order and the length within what can be shown, around the same middle. */
export function normalise(span: Span): Span {
  const from = Math.min(span.from, span.to);
  const to = Math.max(span.from, span.to);
  const length = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, to - from));
  const middle = (from + to) / 2;
  return { from: Math.round(middle - length / 2), to: Math.round(middle + length / 2) };
}

/** Larger (factor > 1) or smaller around the middle. */
export function zoomed(span: Span, factor: number): Span {
  const middle = (span.from + span.to) / 2;
  const half = ((span.to - span.from) / 2) * factor;
  return normalise({ from: middle - half, to: middle + half });
}

/** Moved by a share of its own length, but not past now. */
export function moved(span: Span, share: number, now: number): Span {
  const length = span.to - span.from;
  const to = Math.min(span.to + length * share, Math.max(now, span.to));
  return { from: Math.round(to - length), to: Math.round(to) };
}

/** The view as text for the address: "1h", or "from..to" in milliseconds. */
export function viewText(view: View): string {
  if (view.kind === 'fixed') return `${view.span.from}..${view.span.to}`;
  return PRESETS.find((known) => known.length === view.length)?.name ?? `${view.length}ms`;
}

/** The view a text names; null when it names none. */
export function parseView(text: string | undefined): View | null {
  const known = PRESETS.find((candidate) => candidate.name === text);
  if (known) return { kind: 'live', length: known.length };
  const fixed = /^(\d{1,15})\.\.(\d{1,15})$/.exec(text ?? '');
  if (!fixed) return null;
  return { kind: 'fixed', span: normalise({ from: Number(fixed[1]), to: Number(fixed[2]) }) };
}

/** How often a live view of this length asks again: once a step of its picture, 1 s to 30 s. */
export function refreshMs(length: number, pixels: number): number {
  return Math.min(30_000, Math.max(1_000, length / Math.max(1, pixels)));
}

/**
 * The value axis: the data with a margin, and each limit that lies within one span of the data, so
 * that a limit about to be crossed is seen and a far one does not flatten the curve.
 */
export function valueRange(
  low: number | null,
  high: number | null,
  limits: readonly number[],
): [number, number] {
  if (low === null || high === null || !Number.isFinite(low) || !Number.isFinite(high))
    return limits.length > 0 ? padded(Math.min(...limits), Math.max(...limits)) : [0, 1];
  const reach = Math.max(high - low, Math.abs(high) * 0.02, 1e-9);
  const near = limits.filter((limit) => limit >= low - reach && limit <= high + reach);
  return padded(Math.min(low, ...near), Math.max(high, ...near));
}

function padded(low: number, high: number): [number, number] {
  const margin = Math.max((high - low) * 0.06, Math.abs(high) * 0.002, 1e-6);
  return [low - margin, high + margin];
}
