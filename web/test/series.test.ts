// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aligned, bandOf, extremes, indexBefore } from '../src/lib/series';

const S = 1e9;

function series(seconds: number[], values: (number | null)[]) {
  return { signal: 'a/b', unit: 'kPa', times: seconds.map((s) => s * S), values };
}

test('a silence longer than three usual steps is a hole, not a line', () => {
  const band = bandOf(series([0, 1, 2, 3, 10, 11], [1, 2, 3, 4, 5, 6]));
  assert.deepEqual(band.times, [0, 1, 2, 3, 6.5, 10, 11]);
  assert.deepEqual(band.mean, [1, 2, 3, 4, null, 5, 6]);
});

test('where a value stands to the next one a silence is none', () => {
  const values = [0, 1, 0, null, 1, 0];
  assert.deepEqual(bandOf(series([0, 1, 2, 3, 10, 11], values), true).mean, values);
});

test('one missing sample is no hole', () => {
  assert.deepEqual(bandOf(series([0, 1, 3, 4], [1, 2, 3, 4])).mean, [1, 2, 3, 4]);
});

test('steps coarser than the samples do not look like holes', () => {
  const band = bandOf({ ...series([0, 60, 180], [1, 2, 3]), step: 60 * S });
  assert.deepEqual(band.times, [0, 60, 180]);
});

test('without min and max the band is the line itself', () => {
  assert.deepEqual(bandOf(series([0, 1], [1, null])).max, [1, null]);
});

test('series of other times go on, holes stay holes across the times of others', () => {
  const a = bandOf(series([0, 1, 2, 3, 20, 21], [1, 1, 1, 1, 1, 1]));
  const b = bandOf(series([0.5, 5, 10, 15], [2, 2, 2, 2]));
  const { times, columns } = aligned([a, b]);
  assert.deepEqual(times, [0, 0.5, 1, 2, 3, 5, 10, 11.5, 15, 20, 21]);
  assert.deepEqual(columns[0], [1, undefined, 1, 1, 1, null, null, null, null, 1, 1]);
  assert.deepEqual(columns[3], [
    undefined,
    2,
    undefined,
    undefined,
    undefined,
    2,
    2,
    undefined,
    2,
    undefined,
    undefined,
  ]);
});

test('extremes are those of the band, not of the means', () => {
  const band = bandOf({ ...series([0, 1], [5, 6]), min: [1, 6], max: [5, 9] });
  assert.deepEqual(extremes(band), { low: 1, high: 9 });
  assert.deepEqual(extremes(bandOf(series([], []))), { low: null, high: null });
});

test('finds the sample that held at a time', () => {
  assert.deepEqual(
    [-1, 0, 1.5, 3, 9].map((time) => indexBefore([0, 1, 2, 3], time)),
    [-1, 0, 1, 3, 3],
  );
});
