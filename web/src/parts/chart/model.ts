// SPDX-License-Identifier: Apache-2.0
/** What a chart shows: panels one below the other over the same time, a panel for each unit. */
import type { Limits, Priority, Signal } from '../../api/types';
import { LIMIT_NAMES, type LimitName } from '../../api/types';
import type { Span } from '../../lib/range';
import type { Band } from '../../lib/series';

export interface Line {
  path: string;
  /** The number on the curve and in the legend, from 1. */
  number: number;
  band: Band;
  /** A value stands to the next one, as that of a valve: no slope between them. */
  stands?: boolean;
  limits: { name: LimitName; value: number }[];
}

export interface Panel {
  /** The unit, or "score" for scores of detectors. */
  id: string;
  title: string;
  score: boolean;
  lines: Line[];
}

/** An alarm that began or ended. */
export interface Mark {
  time: number;
  raised: boolean;
  priority: Priority;
}

export interface ChartProps {
  panels: Panel[];
  span: Span;
  marks: Mark[];
  /** A number of a line to bring forward, or null. */
  focus: number | null;
  label: string;
  height: number;
  onZoom: (span: Span) => void;
  onReset: () => void;
  onCursor: (time: number | null) => void;
}

export function limitsOf(limits: Limits | null): Line['limits'] {
  return LIMIT_NAMES.flatMap((name) => {
    const value = limits?.[name];
    return typeof value === 'number' ? [{ name, value }] : [];
  });
}

/** The panel a signal belongs to: scores together, else by unit. */
export function panelOf(one: Signal): { id: string; score: boolean } {
  return one.detector !== null && one.asset === null
    ? { id: 'score', score: true }
    : { id: one.unit, score: false };
}
