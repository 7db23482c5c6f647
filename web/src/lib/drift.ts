// SPDX-License-Identifier: Apache-2.0
/** Drift of a model without the daemon: in a word, and in order. */
import type { Drift, DriftFeature } from '../api/types';
import { NOTHING } from './number';

export type DriftState = 'nothing' | 'learning' | 'first' | 'quiet' | 'drifting';

/** What a person is told first; "first" is the time until a window was compared. */
export function driftState(drift: Pick<Drift, 'state' | 'windows' | 'monitors'>): DriftState {
  if (drift.state !== 'watching') return drift.state;
  if (drift.windows === 0) return 'first';
  return drift.monitors.some((one) => one.monitor === 'any' && one.fired) ? 'drifting' : 'quiet';
}

/** Those that fired first, then by their index. */
export function largestFirst(features: readonly DriftFeature[]): DriftFeature[] {
  const weight = (one: DriftFeature) => (one.fired ? 1e9 : 0) + (one.psi ?? 0);
  return [...features].sort((a, b) => weight(b) - weight(a));
}

/** 0.015 -> "1.5 %". */
export function percent(share: number | null): string {
  return share === null ? NOTHING : `${Number((share * 100).toFixed(1))} %`;
}
