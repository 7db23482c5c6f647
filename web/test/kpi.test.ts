// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Flood, KpiFigure, PlacedAlarm } from '../src/api/alarm-types';
import { byAsset, withEvent } from '../src/lib/floods';
import { barsOf, daysBetween, figureText, targetText } from '../src/lib/kpi';

const figure = (change: Partial<KpiFigure>): KpiFigure => ({
  name: 'priority_low',
  value: 0.25,
  acceptable: 0.8,
  manageable: null,
  share: true,
  at_least: true,
  verdict: 'over',
  ...change,
});

test('a figure and its targets say their unit and side', () => {
  assert.equal(figureText(0.25, true), '25 %');
  assert.equal(figureText(144, false), '144');
  assert.equal(figureText(null, false), '–');
  assert.equal(targetText(figure({}), 0.8), '≥ 80 %');
  assert.equal(targetText(figure({ at_least: false, share: false }), 12), '≤ 12');
  assert.equal(targetText(figure({}), null), '–');
});

test('bins become bars; none is lost and a gap is seen', () => {
  assert.deepEqual(barsOf([], 24), []);
  assert.deepEqual(barsOf([[0, 5], [2, 1]], 24), [
    { from: 0, to: 0, count: 5 },
    { from: 1, to: 1, count: 0 },
    { from: 2, to: 2, count: 1 },
  ]);
  const bars = barsOf([[0, 5], [31, 2], [1023, 7]], 24);
  assert.ok(bars.length <= 24);
  assert.equal(bars.reduce((sum, bar) => sum + bar.count, 0), 14);
  assert.equal(bars[bars.length - 1]?.count, 7);
});

test('days are those of the site, also where a clock is put forward', () => {
  // Shanghai is eight hours ahead of UTC, all year.
  assert.deepEqual(daysBetween('2026-11-21', '2026-11-21', 'Asia/Shanghai'), {
    from: Date.parse('2026-11-20T16:00:00Z'),
    to: Date.parse('2026-11-21T16:00:00Z'),
  });
  // 29 March 2026 has 23 hours in Berlin.
  assert.deepEqual(daysBetween('2026-03-29', '2026-03-29', 'Europe/Berlin'), {
    from: Date.parse('2026-03-28T23:00:00Z'),
    to: Date.parse('2026-03-29T22:00:00Z'),
  });
  assert.equal(daysBetween('2026-11-22', '2026-11-20', 'UTC'), null);
  assert.equal(daysBetween('', '2026-11-20', 'UTC'), null);
});

const flood = (change: Partial<Flood>): Flood => ({
  position: 'desk',
  title: 'Desk',
  now: true,
  began: '2026-11-22T10:00:00Z',
  ended: null,
  alarms: 11,
  peak: 11,
  ten_minutes: 11,
  left_out: 0,
  first_out: null,
  suppressed: { shelved: 0, by_design: 0, out_of_service: 0, since_begin: 0 },
  ...change,
});

test('an event of a flood keeps the order that is known, and its end takes the card away', () => {
  const known = [flood({ order: [] }), flood({ position: 'other' })];
  const grown = withEvent(known, flood({ alarms: 12 }));
  assert.deepEqual(grown.map((one) => [one.position, one.alarms]), [['other', 11], ['desk', 12]]);
  assert.deepEqual(grown[1]?.order, []);
  const next = withEvent(known, flood({ began: '2026-11-22T11:00:00Z' }));
  assert.equal(next[1]?.order, undefined, 'another flood has another order');
  assert.deepEqual(withEvent(known, flood({ now: false })).map((one) => one.position), ['other']);
});

test('a card tells the first alarm of each asset, and how many more it has', () => {
  const placed = (key: string, asset: string | null) => ({ key, asset }) as PlacedAlarm;
  const order = [placed('a', 'T-1'), placed('b', 'T-1'), placed('c', 'T-2'), placed('d', null), placed('e', null)];
  assert.deepEqual(
    byAsset(order).map((line) => [line.alarm.key, line.more]),
    [['a', 1], ['c', 0], ['d', 0], ['e', 0]],
  );
});
