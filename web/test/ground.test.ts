// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Zone } from '../src/api/emergency-types';
import { boxOf, compassOf, drawingOrder, metres, namePlaces, projectionAt, readingOrder } from '../src/lib/ground';

const zone = (id: number, severity: number, distance: number, ring = 3): Zone => ({
  id,
  effect: 'toxic',
  endpoint: '',
  level: 1,
  unit: '1',
  severity,
  kind: 'value',
  distance,
  near: null,
  band: null,
  model: null,
  text: '',
  people: null,
  models: [],
  ring: Array.from({ length: ring }, () => [0, 0] as const),
});

/** Straight to earth-centred coordinates and back, on WGS 84: the other way round. */
function byEarthCentre([latitude, longitude]: readonly [number, number], [e, n]: readonly [number, number]) {
  const f = 1 / 298.257223563;
  const e2 = f * (2 - f);
  const [phi, lambda] = [(latitude * Math.PI) / 180, (longitude * Math.PI) / 180];
  const radius = 6378137 / Math.sqrt(1 - e2 * Math.sin(phi) ** 2);
  const [sp, cp, sl, cl] = [Math.sin(phi), Math.cos(phi), Math.sin(lambda), Math.cos(lambda)];
  const x = radius * cp * cl - sl * e - sp * cl * n;
  const y = radius * cp * sl + cl * e - sp * sl * n;
  const z = radius * (1 - e2) * sp + cp * n;
  let found = Math.atan2(z, Math.hypot(x, y) * (1 - e2));
  for (let i = 0; i < 6; i++) {
    const bow = 6378137 / Math.sqrt(1 - e2 * Math.sin(found) ** 2);
    found = Math.atan2(z + e2 * bow * Math.sin(found), Math.hypot(x, y));
  }
  return [(found * 180) / Math.PI, (Math.atan2(y, x) * 180) / Math.PI] as const;
}

test('degrees of a point agree with the way round by the centre of the earth', () => {
  const origin = [30.657, 104.066] as const;
  for (const point of [[1000, 0], [0, 1000], [-3000, 4000], [8000, -6000]] as const) {
    const [lat, lon] = projectionAt(origin).to(point);
    const [lat2, lon2] = byEarthCentre(origin, point);
    // A metre is 9e-6 degrees of latitude.
    assert.ok(Math.abs(lat - lat2) < 9e-6, `${point}: ${lat} ${lat2}`);
    assert.ok(Math.abs(lon - lon2) < 1.05e-5, `${point}: ${lon} ${lon2}`);
  }
});

test('a click on the map is the point that was drawn there', () => {
  const projection = projectionAt([-33.9, 18.4]);
  const [east, north] = projection.from(...projection.to([1234, -567]));
  assert.ok(Math.abs(east - 1234) < 1e-6 && Math.abs(north + 567) < 1e-6);
});

test('a small zone is drawn on a large one, and the worst is read first', () => {
  const zones = [zone(1, 3, 100), zone(2, 1, 900), zone(3, 2, 400), zone(4, 2, 0, 0)];
  assert.deepEqual(drawingOrder(zones).map((one) => one.id), [2, 3, 1]);
  assert.deepEqual(readingOrder(zones).map((one) => one.id), [1, 3, 4, 2]);
});

test('a box goes around all points, and of none there is none', () => {
  assert.deepEqual(boxOf([[0, 5], [10, -5]], 1), { low: [-1, -6], high: [11, 6] });
  assert.equal(boxOf([], 1), null);
});

test('names of zones stand far from the source and from each other', () => {
  const round = (id: number) => ({ ...zone(id, 1, 10), ring: [[0, 10], [10, 0], [0, -10], [-10, 0]] as const });
  const places = namePlaces([round(1), round(2)] as unknown as Zone[], [0, 0], 1);
  // Up and down, for a name is wider than it is high.
  assert.deepEqual([places.get(1), places.get(2)], [[0, 10], [0, -10]]);
  assert.equal(namePlaces([zone(3, 1, 5, 0)], [0, 0], 1).size, 0);
  // Seen from far away there is no room.
  assert.equal(namePlaces([round(1), round(2)] as unknown as Zone[], [0, 0], 11).size, 0);
});

test('distances and directions are said as people say them', () => {
  assert.deepEqual([metres(4.234), metres(554.4), metres(1321), metres(null)], ['4.2 m', '554 m', '1.32 km', '–']);
  assert.deepEqual([compassOf(0), compassOf(225), compassOf(349), compassOf(-90)], ['N', 'SW', 'N', 'W']);
});
