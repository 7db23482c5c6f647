// SPDX-License-Identifier: Apache-2.0
/** What a what-if says, taken apart for people. */
import type { BeforeAfter, ConditionCount, EventVerdict, SiteFault } from '../api/whatif-types';
import { diffLines } from './lines';
import { formatNumber, formatPercent, NOTHING } from './number';
import type { Span } from './range';

/** How a condition rings with the proposal, in the order in which people want to know it. */
export const TURNS = ['came', 'more', 'fewer', 'went', 'same'] as const;
export type Turn = (typeof TURNS)[number];

export function turnOf({ before, after }: { before: number; after: number }): Turn {
  if (before === after) return 'same';
  if (before === 0) return 'came';
  if (after === 0) return 'went';
  return after > before ? 'more' : 'fewer';
}

/** By turn, and in each those with the largest difference first. */
export function sortConditions(list: readonly ConditionCount[]): ConditionCount[] {
  const size = (one: BeforeAfter) => Math.abs(one.after - one.before);
  return [...list].sort(
    (a, b) => TURNS.indexOf(turnOf(a)) - TURNS.indexOf(turnOf(b)) || size(b) - size(a),
  );
}

/** What needs eyes first: what is no longer found. */
const VERDICTS: readonly EventVerdict[] = ['missed', 'later', 'unfound', 'gained', 'earlier', 'same'];

export function sortEvents<T extends { verdict: EventVerdict; from: string }>(
  list: readonly T[],
): T[] {
  const rank = (one: T) => VERDICTS.indexOf(one.verdict);
  return [...list].sort((a, b) => rank(a) - rank(b) || Date.parse(a.from) - Date.parse(b.from));
}

/** "−63 %", "+5 %"; a dash where there was nothing before. */
export function changeText(before: number, after: number): string {
  if (before === after) return formatPercent(0);
  if (before === 0) return NOTHING;
  const share = (after - before) / before;
  const digits = Math.abs(share) < 0.1 ? 3 : 2;
  return `${share > 0 ? '+' : ''}${formatPercent(Number(share.toFixed(digits)))}`;
}

/** "+12", "−3" */
export function differenceText(before: number, after: number): string {
  return `${after > before ? '+' : ''}${formatNumber(Number((after - before).toPrecision(3)))}`;
}

/** The past that is looked at: the newest days, all that is stored, or days of the calendar. */
export type Past = { kind: 'days'; days: number } | { kind: 'all' } | { kind: 'span'; span: Span };

export function pastOf(past: Past): { from?: string; to?: string } {
  if (past.kind === 'days') return { from: `-${past.days}d` };
  if (past.kind === 'all') return {};
  const { from, to } = past.span;
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}

/** Faults of a text in one that was made from it: on the lines as they moved, gone where changed. */
export function movedFaults(
  faults: readonly SiteFault[],
  text: string,
  now: string,
): SiteFault[] {
  if (faults.length === 0 || text === now) return [...faults];
  const { kept } = diffLines(text, now);
  return faults.flatMap((one) => {
    const line = kept.get(one.line - 1);
    return line === undefined ? [] : [{ ...one, line: line + 1 }];
  });
}

/** Offset of a line and column, both from 1. */
export function offsetOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let i = 1; i < line; i++) {
    const end = text.indexOf('\n', start);
    if (end < 0) return text.length;
    start = end + 1;
  }
  return Math.min(start + Math.max(0, column - 1), text.length);
}

/** The top of an axis and its middle: 1, 2 or 5 times a power of ten, and no less than 2. */
export function roundTop(most: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(2, most)));
  return [1, 2, 4, 5, 10].map((one) => one * power).find((one) => one >= most && one >= 2) ?? most;
}
