// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Alarm } from '../src/api/types';
import { AlarmBook } from '../src/lib/alarm-book';
import * as alarms from '../src/lib/alarms';

let ids = 1;
function alarm(change: Partial<Alarm>): Alarm {
  return {
    id: ids++,
    key: 'T-101/level:hi',
    kind: 'hi',
    signal: 'T-101/level',
    asset: 'T-101',
    state: 'acknowledged',
    evaluated: 'acknowledged',
    active: true,
    acknowledged: true,
    latched: false,
    department: null,
    priority: 'low',
    since: '2026-11-21T19:00:00Z',
    changed: '2026-11-21T19:00:00Z',
    shelved_until: null,
    one_shot: false,
    shelve_max: 43200,
    out_until: null,
    suppressed_by: null,
    occurrences: 1,
    re_alarms: 0,
    comment: null,
    by: null,
    judgement: null,
    cause: null,
    consequence: null,
    respond_within: null,
    actions: [],
    reason: null,
    ...change,
  };
}

test('orders as the daemon does: unacknowledged, then priority, then newest', () => {
  const list = [
    alarm({ key: 'd', priority: 'critical' }),
    alarm({ key: 'c', state: 'returned', active: false }),
    alarm({ key: 'a', state: 'unacknowledged', priority: 'high' }),
    alarm({ key: 'b', state: 'latched', since: '2026-11-21T19:00:01Z' }),
    alarm({ key: 'e', since: '2026-11-21T20:00:00Z' }),
  ];
  assert.deepEqual(
    list.sort(alarms.compareAlarms).map((one) => one.key),
    ['a', 'b', 'c', 'd', 'e'],
  );
});

test('what is shelved stands but is not announced', () => {
  const shelved = alarm({ state: 'shelved' });
  assert.ok(alarms.isStanding(shelved) && !alarms.isAnnounced(shelved));
  assert.ok(!alarms.isStanding(alarm({ state: 'normal', active: false })));
});

test('an alarm of a detector touches the asset of its first cause', () => {
  const model = alarm({
    signal: null,
    asset: null,
    detector: 'farm',
    reason: { text: '', causes: [{ signal: 'T-102/level', contribution: 1 }] },
  });
  assert.equal(alarms.assetOf(model), 'T-102');
  assert.equal(alarms.assetOf(alarm({ signal: null, asset: null, source: 'plc' })), null);
});

test('an asset shows its worst alarm, the active before the returned', () => {
  const worst = alarms.worstByAsset([
    alarm({ key: 'low', priority: 'low' }),
    alarm({ key: 'gone', priority: 'critical', state: 'returned', active: false }),
    alarm({ key: 'high', priority: 'high' }),
    alarm({ key: 'shelved', priority: 'critical', state: 'shelved' }),
  ]);
  assert.equal(worst.get('T-101')?.key, 'high');
});

test('offers what the state has room for', () => {
  assert.deepEqual(alarms.actionsFor(alarm({ state: 'unacknowledged' })), [
    'acknowledge',
    'comment',
    'shelve',
    'out-of-service',
  ]);
  assert.ok(alarms.actionsFor(alarm({ state: 'shelved' })).includes('unshelve'));
  assert.deepEqual(alarms.actionsFor(alarm({ state: 'out-of-service' })), [
    'comment',
    'return-to-service',
  ]);
});

test('roles include those below them', () => {
  assert.ok(alarms.hasRole('admin', 'operator'));
  assert.ok(!alarms.hasRole('operator', alarms.roleFor('out-of-service')));
  assert.ok(alarms.hasRole('operator', alarms.roleFor('shelve')));
});

const RAISED = { state: 'unacknowledged', acknowledged: false } as const;

test('what the stream told while a list was on its way is newer than the list', () => {
  const book = new AlarmBook();
  const old = alarm({ id: 501, ...RAISED });
  const gone = alarm({ id: 502 });
  book.answer(book.ask(), [old, gone]);

  const asked = book.ask();
  book.take([{ ...old, state: 'acknowledged' }]);
  book.take([{ ...gone, state: 'normal', active: false }, alarm({ id: 503, ...RAISED })]);
  book.answer(asked, [old, gone]);
  assert.deepEqual([...book.alarms.values()].map((one) => [one.id, one.state]).sort(), [
    [501, 'acknowledged'],
    [503, 'unacknowledged'],
  ]);

  book.answer(book.ask(), [gone]);
  assert.deepEqual([...book.alarms.keys()], [502], 'a list asked for later is the truth again');
});

test('an answer that was overtaken by a later one changes nothing', () => {
  const book = new AlarmBook();
  const first = book.ask();
  const second = book.ask();
  book.answer(second, [alarm({ id: 504 })]);
  assert.deepEqual(book.answer(first, []), []);
  assert.equal(book.alarms.size, 1);
});

test('news is a raise that waits for a person, once', () => {
  const book = new AlarmBook();
  const raised = alarm({ id: 505, ...RAISED });
  assert.deepEqual(book.take([raised]), [raised]);
  assert.deepEqual(book.take([{ ...raised, comment: 'seen' }]), []);
  assert.deepEqual(book.answer(book.ask(), [raised]), []);
  assert.deepEqual(book.take([{ ...raised, state: 'returned', active: false }]), []);
  const again = { ...raised, since: '2026-11-21T19:05:00Z' };
  assert.deepEqual(book.answer(book.ask(), [again]), [again]);
  assert.deepEqual(book.take([{ ...raised, state: 'shelved', since: '2026-11-21T19:06:00Z' }]), []);
});

test('an alarm belongs to the position of its asset, else of its detector, else to the site', () => {
  const owners = {
    assets: new Map([['T-101', 'tank-farm']]),
    detectors: new Map([['farm', 'tank-farm']]),
  };
  assert.equal(alarms.positionOf(alarm({}), owners), 'tank-farm');
  assert.equal(alarms.positionOf(alarm({ asset: 'P-1' }), owners), 'site');
  assert.equal(alarms.positionOf(alarm({ asset: null, detector: 'farm' }), owners), 'tank-farm');
  assert.equal(alarms.positionOf(alarm({ asset: null, source: 'plc' }), owners), 'site');
});
