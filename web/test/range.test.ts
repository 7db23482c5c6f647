// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as range from '../src/lib/range';

const HOUR = 3_600_000;

test('a live view ends now, a fixed one where it was put', () => {
  assert.deepEqual(range.spanOf({ kind: 'live', length: HOUR }, 5 * HOUR), {
    from: 4 * HOUR,
    to: 5 * HOUR,
  });
  const span = { from: 1, to: 2 };
  assert.equal(range.spanOf({ kind: 'fixed', span }, 5 * HOUR), span);
});

test('puts ends in order and keeps at least a second', () => {
  assert.deepEqual(range.normalise({ from: 9000, to: 4000 }), { from: 4000, to: 9000 });
  assert.deepEqual(range.normalise({ from: 5000, to: 5000 }), { from: 4500, to: 5500 });
  const long = range.normalise({ from: 0, to: 1e15 });
  assert.equal(long.to - long.from, range.LONGEST_MS);
});

test('zooming in and out again gives the same stretch', () => {
  const span = { from: 10_000, to: 50_000 };
  assert.deepEqual(range.zoomed(span, 0.5), { from: 20_000, to: 40_000 });
  assert.deepEqual(range.zoomed(range.zoomed(span, 0.5), 2), span);
});

test('moves by a share of the length and stops at now', () => {
  const span = { from: 10_000, to: 20_000 };
  assert.deepEqual(range.moved(span, -0.5, 100_000), { from: 5_000, to: 15_000 });
  assert.deepEqual(range.moved(span, 0.5, 22_000), { from: 12_000, to: 22_000 });
});

test('a view survives its way through the address', () => {
  for (const view of [
    { kind: 'live', length: HOUR } as const,
    { kind: 'live', length: 30 * 24 * HOUR } as const,
    { kind: 'fixed', span: { from: 1_700_000_000_000, to: 1_700_000_360_000 } } as const,
  ])
    assert.deepEqual(range.parseView(range.viewText(view)), view);
  for (const bad of [undefined, '', '2h', '5..', 'a..b', '-1..5'])
    assert.equal(range.parseView(bad), null);
});

test('asks once a step, not more than each second, not less than twice a minute', () => {
  assert.equal(range.refreshMs(300_000, 1000), 1000);
  assert.equal(range.refreshMs(6 * HOUR, 1000), 21_600);
  assert.equal(range.refreshMs(30 * 24 * HOUR, 1000), 30_000);
});

test('the value axis takes in a limit that is near and leaves out one that is far', () => {
  const [low, high] = range.valueRange(870, 960, [1000, 5000]);
  assert.ok(low < 870 && high > 1000 && high < 1100);
});

test('the value axis of a constant or of nothing still has a length', () => {
  const [low, high] = range.valueRange(5, 5, []);
  assert.ok(low < 5 && high > 5);
  assert.deepEqual(range.valueRange(null, null, []), [0, 1]);
  const [from, to] = range.valueRange(null, null, [10, 90]);
  assert.ok(from < 10 && to > 90);
});
