// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { turned } from '../src/lib/wind';

test('keys turn the wind, over north too', () => {
  assert.equal(turned(225, 'ArrowRight', false), 230);
  assert.equal(turned(225, 'ArrowLeft', true), 224);
  assert.equal(turned(355, 'ArrowUp', false), 0);
  assert.equal(turned(10, 'PageDown', false), 325);
  assert.equal(turned(10, 'Home', false), 0);
  assert.equal(turned(10, 'Tab', false), null);
});
