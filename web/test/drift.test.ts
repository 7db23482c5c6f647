// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DriftFeature, DriftMonitor } from '../src/api/types';
import { driftState, largestFirst, percent } from '../src/lib/drift';

const monitor = (name: DriftMonitor['monitor'], fired: boolean): DriftMonitor => ({
  monitor: name,
  fired,
  windows_fired: 0,
  false_alarms: 0,
  detected: 0,
  right: 0.5,
});

test('a drift is told by the monitors together, and not by what always fires', () => {
  const quiet = [monitor('any', false), monitor('always', true)];
  assert.equal(driftState({ state: 'nothing', windows: 0, monitors: [] }), 'nothing');
  assert.equal(driftState({ state: 'learning', windows: 0, monitors: quiet }), 'learning');
  assert.equal(driftState({ state: 'watching', windows: 0, monitors: quiet }), 'first');
  assert.equal(driftState({ state: 'watching', windows: 1, monitors: quiet }), 'quiet');
  const loud = [monitor('any', true)];
  assert.equal(driftState({ state: 'watching', windows: 2, monitors: loud }), 'drifting');
});

test('what fired stands first, then what is further away', () => {
  const feature = (name: string, psi: number | null, fired: boolean): DriftFeature => ({
    name,
    psi,
    fired,
    of: 'input',
    kind: 'number',
    ks: null,
    mean: null,
    reference_mean: null,
    missing: 0,
  });
  const list = [feature('a', 0.1, false), feature('b', null, false), feature('c', 0.3, true), feature('d', 0.4, false)];
  assert.deepEqual(largestFirst(list).map((one) => one.name), ['c', 'd', 'a', 'b']);
});

test('shares are per cent', () => {
  assert.equal(percent(0.015), '1.5 %');
  assert.equal(percent(1), '100 %');
  assert.equal(percent(null), '–');
});
