// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decimalsFor, formatBytes, formatCount, formatNumber, formatPercent, formatUnit, withUnit } from '../src/lib/number';

test('decimals follow the range of the instrument', () => {
  assert.deepEqual([1600, 100, 20, 2, 0, NaN].map(decimalsFor), [0, 1, 2, 3, 0, 0]);
  assert.equal(formatNumber(1213.4, [0, 1600]), '1213');
  assert.equal(formatNumber(45, [0, 100]), '45.0');
});

test('no value is a dash, never a zero', () => {
  for (const none of [null, undefined, NaN, Infinity]) assert.equal(formatNumber(none), '–');
});

test('bytes are told in thousands, with two digits at least where there is a unit', () => {
  assert.deepEqual(
    [0, 999, 999.6, 1000, 9940, 9950, 655_360, 999_499, 1.25e9, null].map((bytes) => formatBytes(bytes)),
    ['0 B', '999 B', '1.0 kB', '1.0 kB', '9.9 kB', '10 kB', '655 kB', '999 kB', '1.3 GB', '–'],
  );
});

test('keeps four or five digits where there is no range', () => {
  assert.deepEqual(
    [0.123456, 12.3456, 12345.67, -3.5, 0, 1e9].map((value) => formatNumber(value)),
    ['0.1235', '12.35', '12346', '\u22123.5', '0', '1.00e+9'],
  );
});

test('a rounded zero has no sign', () => {
  assert.equal(formatNumber(-0.01, [0, 100]), '0.0');
});

test('a share is told in hundredths', () => {
  assert.deepEqual([0, 0.05, 0.125, 1].map(formatPercent), ['0 %', '5 %', '12.5 %', '100 %']);
});

test('groups long counts', () => {
  assert.equal(formatCount(1234567), '1\u202F234\u202F567');
  assert.equal(formatCount(999), '999');
});

test('writes UCUM as people do', () => {
  assert.deepEqual(
    ['Cel', 'm3/h', '%', 'mm/s', '1', '', '{rpm}', 'kg/m3', 'um', '[degF]', 'kPa'].map(formatUnit),
    ['°C', 'm³/h', '%', 'mm/s', '', '', 'rpm', 'kg/m³', 'µm', '°F', 'kPa'],
  );
  assert.equal(withUnit('45', '%'), '45%');
  assert.equal(withUnit('45', 'kPa'), '45 kPa');
  assert.equal(withUnit('1.2', ''), '1.2');
});
