// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as time from '../src/lib/time';

// 2026-11-21T19:00:05.250Z; Shanghai is UTC+8 without summer time, Kathmandu UTC+5:45.
const MOMENT = Date.UTC(2026, 10, 21, 19, 0, 5, 250);

test('shows a moment in the time of the site, not of the browser', () => {
  assert.equal(time.formatDateTime(MOMENT, 'UTC'), '2026-11-21 19:00:05');
  assert.equal(time.formatDateTime(MOMENT, 'Asia/Shanghai'), '2026-11-22 03:00:05');
  assert.equal(time.formatDateTime(MOMENT, 'Asia/Kathmandu'), '2026-11-22 00:45:05');
});

test('follows summer time: the last Sunday of March 2026 in Berlin', () => {
  const before = Date.UTC(2026, 2, 29, 0, 59, 59);
  assert.equal(time.formatClock(before, 'Europe/Berlin'), '01:59:59');
  assert.equal(time.formatClock(before + 1000, 'Europe/Berlin'), '03:00:00');
});

test('leaves the date away today and tells it on any other day', () => {
  assert.equal(time.formatMoment(MOMENT, MOMENT + 60_000, 'UTC'), '19:00:05');
  assert.equal(time.formatMoment(MOMENT, MOMENT + 6 * 3_600_000, 'UTC'), '2026-11-21 19:00:05');
});

test('midnight is 00, not 24', () => {
  assert.equal(time.formatClock(Date.UTC(2026, 0, 1), 'UTC'), '00:00:00');
});

test('reads RFC 3339 and refuses the rest', () => {
  assert.equal(time.parseTime('2026-11-21T19:00:05.250Z'), MOMENT);
  assert.equal(time.parseTime('2026-11-22T03:00:05.250+08:00'), MOMENT);
  for (const none of [null, undefined, '', 'soon']) assert.equal(time.parseTime(none), null);
});

test('knows which zones it can show', () => {
  assert.ok(time.knowsZone('Asia/Shanghai'));
  assert.ok(!time.knowsZone('Mars/Olympus'));
});

test('rounds durations to what is read at a glance', () => {
  const text = (ms: number) => Object.values(time.roundDuration(ms)).join(' ');
  assert.equal(text(-5), '0 s');
  assert.equal(text(840), '0.8 s');
  assert.equal(text(59_600), '60 s');
  assert.equal(text(150_000), '3 min');
  assert.equal(text(3 * 3_600_000), '3 h');
  assert.equal(text(10 * 86_400_000), '10 d');
});

test('reads durations as the site file writes them', () => {
  assert.equal(time.parseDuration('10s'), 10_000);
  assert.equal(time.parseDuration('1.5 h'), 5_400_000);
  assert.equal(time.parseDuration('200ms'), 200);
  assert.equal(time.parseDuration('2 weeks'), 2 * 604_800_000);
  assert.equal(time.parseDuration('5 min'), 300_000);
  for (const none of [null, '', '10', '3 parsecs']) assert.equal(time.parseDuration(none), null);
});
