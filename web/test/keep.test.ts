// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepSame, keepSameIn } from '../src/lib/keep';

test('what is the same stays the same object', () => {
  const before = { a: [1, 2] };
  assert.equal(keepSame(before, { a: [1, 2] }), before);
  assert.notEqual(keepSame(before, { a: [1, 3] }), before);
});

test('of a list only what has changed is new, and what is gone is gone', () => {
  const before = [{ name: 'a', n: 1 }, { name: 'b', n: 1 }, { name: 'c', n: 1 }];
  const next = keepSameIn(before, [{ name: 'b', n: 2 }, { name: 'a', n: 1 }], (one) => one.name);
  assert.deepEqual(next, [{ name: 'b', n: 2 }, { name: 'a', n: 1 }]);
  assert.equal(next[1], before[0]);
});
