// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SiteScenario } from '../src/api/emergency-types';
import { draftOf, EMPTY, fieldOfPath, isOutside, nameOf, orderOf, RELEASE_FIELDS } from '../src/lib/scenario';

const LEAK: SiteScenario = {
  name: 'T-101-leak',
  title: 'T-101-leak',
  asset: 'T-101',
  at: [120, 40],
  chemical: null,
  amount_kg: 20_000,
  when: null,
  frequency: 1e-5,
  release: {
    kind: 'liquid hole',
    congestion: 'medium',
    hole: 0.02,
    rate: null,
    duration: 1800,
    height: 1,
    pressure: 700_000,
    temperature: 293.15,
    head: 3,
    dike: 200,
    depth: null,
    volume: null,
  },
  endpoints: [
    { quantity: 'toxic', name: 'AEGL-2', level: null },
    { quantity: 'heat', name: '12.5 kW/m2', level: 12_500 },
  ],
};

test('a scenario of the site file becomes the order that the file would be', () => {
  const draft = draftOf(LEAK, { ...EMPTY, weather: { wind: '3', wind_from: '225', humidity: '60' } });
  assert.deepEqual(orderOf(draft, 'T-101-leak'), {
    scenario: {
      name: 'T-101-leak',
      asset: 'T-101',
      amount: '20 t',
      release: {
        kind: 'liquid hole',
        hole: '20 mm',
        pressure: '7 bar',
        temperature: '20 Cel',
        head: '3 m',
        height: '1 m',
        duration: '30 min',
        dike: '200 m2',
      },
      endpoints: ['AEGL-2', { heat: '12.5 kW/m2' }],
    },
    weather: { wind: '3 m/s', wind_from: 225, humidity: '60 %', stability: 'D', ground: 'rural', night: false },
  });
});

test('what nobody knows is sent with both of its ends, a wind with its class', () => {
  const uncertain = { hole: ['5', '50'], rate: ['1', '2'], fill: ['20', ''], wind: ['2', '6'] } as const;
  const draft = { ...draftOf(LEAK, EMPTY), uncertain };
  assert.deepEqual(orderOf(draft, 'x').uncertain, {
    hole: ['5 mm', '50 mm'],
    weather: [{ stability: 'D', wind: ['2 m/s', '6 m/s'], share: '100 %' }],
  });
  assert.equal(orderOf({ ...draft, kind: 'all', stability: '' }, 'x').uncertain, undefined);
  assert.equal(fieldOfPath('uncertain.hole[1]'), 'uncertain.hole');
  assert.equal(fieldOfPath('uncertain.weather[0].wind[1]'), 'uncertain.wind');
});

test('fields of another kind of release are not sent', () => {
  const draft = { ...draftOf(LEAK, EMPTY), kind: 'charge' as const, release: { hole: '20', rate: '3' } };
  assert.deepEqual((orderOf(draft, 'x').scenario as { release: unknown }).release, { kind: 'charge' });
});

test('what is no number is sent as it was typed, for the daemon to refuse', () => {
  const draft = { ...EMPTY, east: '1O0', north: '5' };
  assert.deepEqual((orderOf(draft, 'x').scenario as { at: unknown }).at, ['1O0', 5]);
});

test('a fault of the daemon finds its field', () => {
  assert.equal(fieldOfPath('scenario.release.hole'), 'release.hole');
  assert.equal(fieldOfPath('scenario.chemical'), 'chemical');
  assert.equal(fieldOfPath('scenario.endpoints[1].heat'), 'endpoints');
  assert.equal(fieldOfPath('weather.wind_from'), 'weather.wind_from');
  assert.equal(fieldOfPath('location'), '');
});

test('a name has the letters that the daemon takes', () => {
  assert.equal(nameOf({ ...EMPTY, chemical: '液氯' }), 'liquid-hole');
  assert.equal(nameOf({ ...EMPTY, asset: 'T-101' }), 'T-101-liquid-hole');
});

test('limits are told in the unit of the field', () => {
  const hole = RELEASE_FIELDS.find((one) => one.name === 'hole')!;
  assert.deepEqual(['20', '2001', '-1', '', 'x'].map((text) => isOutside(text, hole)), [false, true, true, false, true]);
});
