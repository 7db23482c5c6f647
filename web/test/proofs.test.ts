// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProofCondition, ProofItem } from '../src/api/alarm-types';
import { byUrgency, formatMs, stageTimes, totalMs, verdictOf } from '../src/lib/proofs';

const item: ProofItem = {
  condition: 'T-101/pressure:hihi',
  outcome: 'passed',
  why: null,
  accepted_ms: 0.5,
  durable_ms: 4.5,
  found_ms: 5,
  recorded_ms: 9,
  announced_ms: 9.25,
};

const condition = (name: string, more: Partial<ProofCondition> = {}): ProofCondition => ({
  condition: name,
  kind: 'hihi',
  detector: null,
  due: null,
  overdue: false,
  test: null,
  proved: null,
  age_s: null,
  item: null,
  ...more,
});

/* By hand: each end less the one before. */
test('a stage has the time that those before it have not', () => {
  const times = stageTimes(item);
  assert.deepEqual(
    times.map(({ stage, ms }) => [stage, ms]),
    [
      ['intake', 0.5],
      ['store', 4],
      ['engine', 0.5],
      ['alarm', 4],
      ['event', 0.25],
    ],
  );
  assert.equal(totalMs(times), 9.25);
});

test('a condition without samples begins at the engine, and the slowest receiver counts', () => {
  const times = stageTimes({
    ...item,
    accepted_ms: null,
    durable_ms: null,
    receivers: [
      { name: 'a', state: 'confirmed', confirmed_ms: 12 },
      { name: 'b', state: 'confirmed', confirmed_ms: 20 },
      { name: 'c', state: 'not told', confirmed_ms: null },
    ],
  });
  assert.deepEqual(
    times.map(({ stage, ms }) => [stage, ms]),
    [
      ['engine', 5],
      ['alarm', 4],
      ['event', 0.25],
      ['receivers', 20],
    ],
  );
});

test('milliseconds are told to a tenth', () => {
  assert.deepEqual([0, 0.003, 0.25, 4, 265.13].map(formatMs), ['0.0', '< 0.1', '0.3', '4.0', '265']);
});

test('what failed and what is overdue stands first', () => {
  const list = [
    condition('never'),
    condition('passed', { item }),
    condition('overdue', { item, overdue: true }),
    condition('failed', { item: { ...item, outcome: 'failed' }, overdue: true }),
  ];
  assert.deepEqual(list.map(verdictOf), ['never', 'passed', 'overdue', 'failed']);
  assert.deepEqual(
    byUrgency(list).map((one) => one.condition),
    ['failed', 'overdue', 'passed', 'never'],
  );
});
