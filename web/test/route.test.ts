// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyInHash, parseRoute, routeTo } from '../src/lib/route';

test('nothing in the address is the overview', () => {
  for (const hash of ['', '#', '#/']) assert.equal(parseRoute(hash).page, 'overview');
});

test('names and queries survive their way through the address', () => {
  const hash = routeTo('detectors', 'tank farm/1?', { signals: 'T-101/level,a b/&c=', view: '1h' });
  assert.deepEqual(parseRoute(hash), {
    page: 'detectors',
    rest: 'tank farm/1?',
    query: { signals: 'T-101/level,a b/&c=', view: '1h' },
  });
});

test('a broken escape does not break the page', () => {
  assert.equal(parseRoute('#/alarms/%E0%A4%A').rest, '%E0%A4%A');
});

test('takes a key from the address and nothing else', () => {
  assert.equal(keyInHash('#key=dvy_abc%20'), 'dvy_abc');
  assert.equal(keyInHash('#/alarms'), null);
  assert.equal(keyInHash('#key='), null);
});
