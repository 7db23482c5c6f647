// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { place, scaleBar, sheetHeight } from '../src/lib/map';

const BOX = { width: 100, height: 50 };

function overlaps(places: { x: number; y: number }[]): number {
  let count = 0;
  places.forEach((a, i) =>
    places.slice(i + 1).forEach((b) => {
      if (Math.abs(a.x - b.x) < BOX.width && Math.abs(a.y - b.y) < BOX.height) count++;
    }),
  );
  return count;
}

test('north is up, east is right, both in one scale', () => {
  const { places, scale } = place(
    [
      [0, 0],
      [100, 0],
      [0, 50],
    ],
    BOX,
    { width: 710, height: 710 },
  );
  const [origin, east, north] = places;
  assert.ok(origin && east && north);
  assert.equal(scale, 6);
  assert.deepEqual([east.x - origin.x, east.y - origin.y], [600, 0]);
  assert.deepEqual([north.x - origin.x, origin.y - north.y], [0, 300]);
});

test('assets close to each other, or at one place, do not cover each other', () => {
  const points: [number, number][] = [
    [0, 0],
    [0, 0],
    [1, 1],
    [2, 0],
    [300, 200],
    [299, 200],
  ];
  assert.equal(overlaps(place(points, BOX, { width: 800, height: 500 }).places), 0);
});

test('a row too long for a narrow sheet goes into the height', () => {
  const row: [number, number][] = [
    [0, 0],
    [10, 1],
    [20, 0],
    [30, 1],
    [40, 0],
    [50, 1],
  ];
  const sheet = { width: 320, height: sheetHeight(row, BOX, 320) };
  const { places } = place(row, BOX, sheet);
  assert.equal(overlaps(places), 0);
  for (const { x, y } of places)
    assert.ok(x >= 50 && x <= 270 && y >= 25 && y <= sheet.height - 25, `${x} ${y}`);
});

test('one asset stands in the middle, none is no map', () => {
  assert.deepEqual(place([[7, 9]], BOX, { width: 400, height: 200 }).places[0]?.x, 200);
  assert.deepEqual(place([], BOX, { width: 400, height: 200 }).places, []);
  assert.equal(sheetHeight([], BOX, 400), 0);
});

test('the scale bar has a round length', () => {
  assert.equal(scaleBar(2, 110), 50);
  assert.equal(scaleBar(10, 110), 10);
  assert.equal(scaleBar(100, 110), 1);
});
