// SPDX-License-Identifier: Apache-2.0
/** Times in state of the API made ready to be read. */
import type { Signal, StateSeries } from '../api/types';

/** A part of the time shown: at a value, or, null, at none that is known. */
export interface StateShare {
  value: number | null;
  milliseconds: number;
  share: number;
}

/** Valves and switches have no unit; what has one is measured, and its few values are chance. */
export function mayHaveStates(one: Signal | undefined): boolean {
  return one !== undefined && one.asset !== null && (one.unit === '' || one.unit === '1');
}

/** What the server tells times in state of. */
export function hasStates(series: StateSeries): boolean {
  return !series.too_many_values && series.states.length > 0;
}

/** Of one step: states by value, those that never stood left out, and last what is not known. */
export function sharesOf(series: StateSeries): StateShare[] {
  const parts = series.states.map(({ value, held }) => ({ value, ns: held[0] ?? 0 }));
  parts.push({ value: null, ns: series.unknown[0] ?? 0 });
  const all = parts.reduce((sum, { ns }) => sum + ns, 0);
  return parts
    .filter(({ ns }) => ns > 0)
    .map(({ value, ns }) => ({ value, milliseconds: ns / 1e6, share: ns / all }));
}
