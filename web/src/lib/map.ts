// SPDX-License-Identifier: Apache-2.0
/** Places things drawn at a fixed size on a plan in metres, so that they do not cover each other. */

export interface Placed {
  /** Middle of the box, in pixels. */
  x: number;
  y: number;
  /** Where the asset really is, in pixels. */
  trueX: number;
  trueY: number;
}

export interface Plan {
  places: Placed[];
  /** Pixels for one metre. */
  scale: number;
}

export interface Size {
  width: number;
  height: number;
}

const ROUNDS = 300;

/**
 * Boxes of one size around points [east, north] in metres, north up, on a sheet of a given size.
 * The scale is the same in both directions. Boxes that would overlap are pushed apart along the
 * shorter way and stay on the sheet; a sheet that is too small keeps some overlap.
 */
export function place(
  points: readonly (readonly [number, number])[],
  box: Size,
  sheet: Size,
  gap = 10,
): Plan {
  if (points.length === 0) return { places: [], scale: 1 };
  const east = extent(points.map((point) => point[0]));
  const north = extent(points.map((point) => point[1]));
  const room = { x: sheet.width - box.width - gap, y: sheet.height - box.height - gap };
  const scale = Math.max(1e-6, Math.min(ratio(room.x, east.length), ratio(room.y, north.length)));
  const places = points.map(([e, n]) => {
    const x = sheet.width / 2 + (e - east.middle) * scale;
    const y = sheet.height / 2 - (n - north.middle) * scale;
    return { x, y, trueX: x, trueY: y };
  });
  for (let round = 0; round < ROUNDS; round++) {
    // When the sheet is too narrow to go sideways, go up and down.
    if (!separate(places, box, gap, round > ROUNDS / 3)) break;
    for (const one of places) keepOn(one, box, sheet);
  }
  return { places, scale };
}

function extent(values: number[]): { length: number; middle: number } {
  const low = Math.min(...values);
  const high = Math.max(...values);
  return { length: high - low, middle: (low + high) / 2 };
}

/** Pixels per metre; a single point has no extent and any scale will do. */
function ratio(pixels: number, metres: number): number {
  return metres > 0 ? pixels / metres : 10;
}

/** Push every overlapping pair a little apart; false when there was none. */
function separate(places: Placed[], box: Size, gap: number, upright: boolean): boolean {
  let moved = false;
  places.forEach((a, i) => {
    for (const b of places.slice(i + 1)) {
      const over = {
        x: box.width + gap - Math.abs(a.x - b.x),
        y: box.height + gap - Math.abs(a.y - b.y),
      };
      if (over.x <= 0.5 || over.y <= 0.5) continue;
      moved = true;
      // Two at one place go apart downwards; else the way that is shorter for the box's shape.
      if (!upright && over.x / box.width < over.y / box.height) push(a, b, 'x', over.x / 2);
      else push(a, b, 'y', over.y / 2);
    }
  });
  return moved;
}

function push(a: Placed, b: Placed, axis: 'x' | 'y', by: number): void {
  const sign = a[axis] <= b[axis] ? 1 : -1;
  a[axis] -= sign * by;
  b[axis] += sign * by;
}

function keepOn(one: Placed, box: Size, sheet: Size): void {
  one.x = clamp(one.x, box.width / 2, sheet.width - box.width / 2);
  one.y = clamp(one.y, box.height / 2, sheet.height - box.height / 2);
}

function clamp(value: number, low: number, high: number): number {
  return high < low ? (low + high) / 2 : Math.min(high, Math.max(low, value));
}

/** Height of a sheet of this width: as the plant is shaped, with room for all boxes. */
export function sheetHeight(
  points: readonly (readonly [number, number])[],
  box: Size,
  width: number,
): number {
  if (points.length === 0) return 0;
  const east = extent(points.map((point) => point[0])).length;
  const north = extent(points.map((point) => point[1])).length;
  const shaped = east > 0 ? ((width - box.width) * north) / east + box.height : box.height;
  const columns = Math.max(1, Math.floor(width / (box.width * 1.25)));
  const needed = Math.ceil(points.length / columns) * box.height * 1.45;
  return Math.round(Math.max(Math.min(shaped + 60, needed * 1.6, 620), needed, box.height + 40));
}

/** A round length in metres that is about `pixels` long at this scale: 1, 2 or 5 times ten to n. */
export function scaleBar(scale: number, pixels: number): number {
  const wish = pixels / scale;
  const ten = 10 ** Math.floor(Math.log10(wish));
  return [5, 2, 1].map((step) => step * ten).find((length) => length <= wish) ?? ten;
}
