// SPDX-License-Identifier: Apache-2.0
/** Series of the API made ready for a chart. */
import type { SteppedSeries } from '../api/types';

/** One aligned table: seconds, then mean, min and max of each series. */
export type Column = (number | null | undefined)[];

export interface Band {
  times: number[];
  mean: (number | null)[];
  min: (number | null)[];
  max: (number | null)[];
}

/**
 * One series in seconds, with an explicit hole (a null) wherever samples are missing for longer
 * than three times their usual distance: a line across a silence would be an invention. Where a
 * value stands to the next one, a silence says that nothing moved.
 */
export function bandOf(series: SteppedSeries, stands = false): Band {
  const seconds = series.times.map((ns) => ns / 1e9);
  const hole = stands ? Infinity : 3 * usualStep(seconds, (series.step ?? 0) / 1e9);
  const band: Band = { times: [], mean: [], min: [], max: [] };
  seconds.forEach((time, i) => {
    const before = seconds[i - 1];
    if (before !== undefined && time - before > hole)
      append(band, before + (time - before) / 2, null, null, null);
    const mean = series.values[i] ?? null;
    append(band, time, mean, series.min?.[i] ?? mean, series.max?.[i] ?? mean);
  });
  return band;
}

function append(
  band: Band,
  time: number,
  mean: number | null,
  min: number | null,
  max: number | null,
): void {
  band.times.push(time);
  band.mean.push(mean);
  band.min.push(min);
  band.max.push(max);
}

/** The median distance of neighbours, at least the step of the answer. */
function usualStep(seconds: number[], step: number): number {
  const steps = seconds
    .slice(1)
    .map((time, i) => time - (seconds[i] ?? time))
    .sort((a, b) => a - b);
  return Math.max(step, steps[Math.floor(steps.length / 2)] ?? 0, 1e-3);
}

/**
 * All bands over one time axis. A time that a band does not have is undefined (the line goes on),
 * a hole stays null (the line breaks).
 */
export function aligned(bands: readonly Band[]): { times: number[]; columns: Column[] } {
  const times = mergedTimes(bands);
  const columns: Column[] = [];
  for (const band of bands) {
    const mean: Column = new Array<undefined>(times.length).fill(undefined);
    const min: Column = mean.slice();
    const max: Column = mean.slice();
    let at = 0;
    band.times.forEach((time, i) => {
      while (at < times.length - 1 && (times[at] ?? 0) < time) at++;
      mean[at] = band.mean[i];
      min[at] = band.min[i];
      max[at] = band.max[i];
    });
    for (const column of [mean, min, max]) widenHoles(column);
    columns.push(mean, min, max);
  }
  return { times, columns };
}

/** A hole reaches from value to value: other series have times inside of it. */
function widenHoles(column: Column): void {
  const widen = (i: number, before: number) => {
    if (column[i] === undefined && column[before] === null) column[i] = null;
  };
  for (let i = 1; i < column.length; i++) widen(i, i - 1);
  for (let i = column.length - 2; i >= 0; i--) widen(i, i + 1);
}

function mergedTimes(bands: readonly Band[]): number[] {
  if (bands.length === 1) return bands[0]?.times ?? [];
  const all = new Set<number>();
  for (const band of bands) for (const time of band.times) all.add(time);
  return [...all].sort((a, b) => a - b);
}

/** Smallest and largest of a series as drawn; null when it has no value. */
export function extremes(band: Band): { low: number | null; high: number | null } {
  let low: number | null = null;
  let high: number | null = null;
  for (const value of band.min) if (value !== null && (low === null || value < low)) low = value;
  for (const value of band.max) if (value !== null && (high === null || value > high)) high = value;
  return { low, high };
}

/** Index of the last time at or before `time`, or -1. */
export function indexBefore(times: readonly number[], time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? Infinity) <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
