// SPDX-License-Identifier: Apache-2.0
/** Proof tests: what became of a condition, and how long each stage of its path took. */
import type { ProofCondition, ProofItem } from '../api/alarm-types';

/** Stages in the order of the path, from the wire to the notification. */
export const STAGES = ['intake', 'store', 'engine', 'alarm', 'event', 'receivers'] as const;
export type Stage = (typeof STAGES)[number];

export interface StageTime {
  stage: Stage;
  /** Milliseconds of this stage alone. */
  ms: number;
}

/** What the slowest receiver took after the alarm was announced; null when nobody was told. */
function confirmedMs(item: ProofItem): number | null {
  const times = (item.receivers ?? []).flatMap((one) => one.confirmed_ms ?? []);
  return times.length > 0 ? Math.max(...times) : null;
}

/**
 * The stages that have a time, each without those before it. A condition that needs no samples
 * (silence, a lost source) begins at the engine.
 */
export function stageTimes(item: ProofItem): StageTime[] {
  const ends: [Stage, number | null][] = [
    ['intake', item.accepted_ms],
    ['store', item.durable_ms],
    ['engine', item.found_ms],
    ['alarm', item.recorded_ms],
    ['event', item.announced_ms],
  ];
  const times: StageTime[] = [];
  let before = 0;
  for (const [stage, end] of ends) {
    if (end === null) continue;
    times.push({ stage, ms: Math.max(0, end - before) });
    before = Math.max(before, end);
  }
  const confirmed = confirmedMs(item);
  if (confirmed !== null) times.push({ stage: 'receivers', ms: confirmed });
  return times;
}

export function totalMs(times: readonly StageTime[]): number {
  return times.reduce((sum, time) => sum + time.ms, 0);
}

/** Milliseconds to a tenth: the rest is noise of a machine. */
export function formatMs(ms: number): string {
  if (ms > 0 && ms < 0.1) return '< 0.1';
  return ms.toFixed(ms < 100 ? 1 : 0);
}

export type Verdict = 'failed' | 'overdue' | 'passed' | 'never';

/** What a person has to know first. */
export function verdictOf(one: ProofCondition): Verdict {
  if (one.item?.outcome === 'failed') return 'failed';
  if (one.overdue) return 'overdue';
  return one.item ? 'passed' : 'never';
}

const RANK: Record<Verdict, number> = { failed: 0, overdue: 1, passed: 2, never: 3 };

/** Those that somebody has to look after first; else as the daemon gave them. */
export function byUrgency(list: readonly ProofCondition[]): ProofCondition[] {
  return [...list].sort((a, b) => RANK[verdictOf(a)] - RANK[verdictOf(b)]);
}
