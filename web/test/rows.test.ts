// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pieces, rowsBetween } from '../src/lib/rows';

test('the rows that are seen are drawn with a margin, within the list', () => {
  assert.deepEqual(rowsBetween(-300, 900, 60, 10_000, 8), { first: 0, end: 23 });
  assert.deepEqual(rowsBetween(6000, 6900, 60, 10_000, 8), { first: 92, end: 123 });
  assert.deepEqual(rowsBetween(6000, 6900, 60, 110, 8), { first: 92, end: 110 });
  assert.deepEqual(rowsBetween(6000, 6900, 60, 0, 8), { first: 0, end: 0 });
});

const rows = (from: number, end: number) =>
  Array.from({ length: end - from }, (_, i) => ({ row: from + i }));

test('gaps keep the room of the rows that are not drawn', () => {
  assert.deepEqual(pieces({ first: 3, end: 6 }, -1, 10), [{ gap: 3 }, ...rows(3, 6), { gap: 4 }]);
  assert.deepEqual(pieces({ first: 0, end: 2 }, -1, 2), rows(0, 2));
  assert.deepEqual(pieces({ first: 0, end: 0 }, -1, 0), []);
});

test('the row that has the focus is drawn wherever it is, once', () => {
  const span = { first: 3, end: 6 };
  assert.deepEqual(pieces(span, 1, 10), [{ gap: 1 }, { row: 1 }, { gap: 1 }, ...rows(3, 6), { gap: 4 }]);
  assert.deepEqual(pieces(span, 8, 10), [{ gap: 3 }, ...rows(3, 6), { gap: 2 }, { row: 8 }, { gap: 1 }]);
  assert.deepEqual(pieces(span, 4, 10), pieces(span, -1, 10));
});
