// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Signal, StateSeries } from '../src/api/types';
import { mayHaveStates, sharesOf } from '../src/lib/states';

const series = (change: Partial<StateSeries>): StateSeries => ({
  signal: 'V-3/open',
  unit: '',
  step: 100e9,
  too_many_values: false,
  times: [0],
  states: [
    { value: 0, held: [60e9] },
    { value: 1, held: [30e9] },
  ],
  unknown: [10e9],
  ...change,
});

test('shares are parts of the step, and what is not known is the last', () => {
  assert.deepEqual(sharesOf(series({})), [
    { value: 0, milliseconds: 60_000, share: 0.6 },
    { value: 1, milliseconds: 30_000, share: 0.3 },
    { value: null, milliseconds: 10_000, share: 0.1 },
  ]);
});

test('a state that never stood has no share, and nothing known none at all', () => {
  const never = [{ value: 0, held: [0] }, { value: 1, held: [100e9] }];
  assert.deepEqual(sharesOf(series({ states: never, unknown: [0] })), [
    { value: 1, milliseconds: 100_000, share: 1 },
  ]);
  assert.deepEqual(sharesOf(series({ times: [], states: [], unknown: [] })), []);
});

test('what has a unit is measured and no state', () => {
  const signal = (unit: string, asset: string | null) => ({ unit, asset }) as Signal;
  assert.equal(mayHaveStates(signal('', 'V-3')), true);
  assert.equal(mayHaveStates(signal('1', 'V-3')), true);
  assert.equal(mayHaveStates(signal('kPa', 'V-3')), false);
  assert.equal(mayHaveStates(signal('', null)), false, 'a score of a detector');
  assert.equal(mayHaveStates(undefined), false);
});
