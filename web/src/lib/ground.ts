// SPDX-License-Identifier: Apache-2.0
/** The ground in metres: on the ellipsoid and back, rings, and what zones are called by. */
import type { Point, Zone } from '../api/emergency-types';

/** WGS 84. */
const EQUATOR_M = 6_378_137;
const FLATTENING = 1 / 298.257223563;
const ECCENTRICITY2 = FLATTENING * (2 - FLATTENING);
const DEGREE = Math.PI / 180;

export interface Projection {
  /** [latitude, longitude], or [north, east] on a site without a location. */
  to: (point: Point) => [number, number];
  from: (latitude: number, longitude: number) => Point;
}

/** Metres as they are, north up. */
export const PLAIN: Projection = {
  to: ([east, north]) => [north, east],
  from: (north, east) => [east, north],
};

/**
 * Degrees of points in metres from an origin: the tangent of the ellipsoid to the second order, as
 * the daemon computes it (src/hazard/zone/map.h).
 */
export function projectionAt([latitude, longitude]: readonly [number, number]): Projection {
  const phi = latitude * DEGREE;
  const bow = 1 - ECCENTRICITY2 * Math.sin(phi) ** 2;
  const along = (EQUATOR_M * (1 - ECCENTRICITY2)) / bow ** 1.5;
  const across = EQUATOR_M / Math.sqrt(bow);
  const sag = (east: number) => (east * east * Math.tan(phi)) / (2 * along * across);
  return {
    to: ([east, north]) => {
      const rise = north / along - sag(east);
      return [
        latitude + rise / DEGREE,
        longitude + east / (across * Math.cos(phi + rise)) / DEGREE,
      ];
    },
    from: (lat, lon) => {
      const rise = (lat - latitude) * DEGREE;
      const east = (lon - longitude) * DEGREE * across * Math.cos(phi + rise);
      return [east, (rise + sag(east)) * along];
    },
  };
}

export interface Box {
  low: Point;
  high: Point;
}

/** Around all points, with `margin` metres on each side; null of none. */
export function boxOf(points: readonly Point[], margin: number): Box | null {
  if (points.length === 0) return null;
  const low = [Infinity, Infinity] as [number, number];
  const high = [-Infinity, -Infinity] as [number, number];
  for (const point of points)
    for (const axis of [0, 1] as const) {
      low[axis] = Math.min(low[axis], point[axis]);
      high[axis] = Math.max(high[axis], point[axis]);
    }
  return {
    low: [low[0] - margin, low[1] - margin],
    high: [high[0] + margin, high[1] + margin],
  };
}

/** A name is about this much wider than high. */
const NAME_SHAPE = 7;

const apart = (a: Point, b: Point): number =>
  Math.hypot((a[0] - b[0]) / NAME_SHAPE, a[1] - b[1]);

/**
 * Where the names of zones stand: each on its own ring, as far as can be from the names before and
 * from the source, so that they cover neither each other nor the plant. One that has less room than
 * `least` metres is left out: the table has it.
 */
export function namePlaces(
  zones: readonly Zone[],
  source: Point,
  least: number,
): Map<number, Point> {
  const places = new Map<number, Point>();
  const taken: Point[] = [source];
  for (const zone of zones) {
    let best: Point | null = null;
    let most = least;
    for (const point of zone.ring) {
      const room = Math.min(...taken.map((one) => apart(one, point)));
      if (room <= most) continue;
      best = point;
      most = room;
    }
    if (best === null) continue;
    places.set(zone.id, best);
    taken.push(best);
  }
  return places;
}

/** The middle of a ring's corners. */
export function middle(ring: readonly Point[]): Point {
  const sum = ring.reduce<[number, number]>(([e, n], point) => [e + point[0], n + point[1]], [0, 0]);
  return [sum[0] / ring.length, sum[1] / ring.length];
}

/** The farthest first, so that a smaller zone is drawn on a larger one. */
export function drawingOrder(zones: readonly Zone[]): Zone[] {
  return zones
    .filter((zone) => zone.ring.length > 2)
    .sort((a, b) => (b.distance ?? 0) - (a.distance ?? 0) || a.severity - b.severity);
}

/** The worst first; of one severity the farthest first. */
export function readingOrder(zones: readonly Zone[]): Zone[] {
  return [...zones].sort(
    (a, b) => b.severity - a.severity || (b.distance ?? -1) - (a.distance ?? -1),
  );
}

/** Effects of the zones, each once, in their order. */
export function effectsOf(zones: readonly Zone[]): string[] {
  return [...new Set(zones.map((zone) => zone.effect))];
}

/** Metres as people say them: 554 m, 1.3 km. */
export function metres(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  if (value < 10) return `${Number(value.toPrecision(2))} m`;
  if (value < 1000) return `${Math.round(value)} m`;
  return `${Number((value / 1000).toPrecision(3))} km`;
}

const POINTS = ['N', 'NNE', 'NE', 'ENE', 'E', 'ESE', 'SE', 'SSE', 'S', 'SSW', 'SW', 'WSW', 'W', 'WNW', 'NW', 'NNW'];

/** Index of one of sixteen points of the compass. */
export function compassOf(degrees: number): string {
  const turn = ((degrees % 360) + 360) % 360;
  return POINTS[Math.round(turn / 22.5) % 16] ?? 'N';
}

/** The farthest of its zones that are deadly, else of all; 0 of none. */
export function worstReach({ zones }: { zones?: readonly Zone[] }): number {
  const worst = Math.max(0, ...(zones ?? []).map((zone) => zone.severity));
  const reaches = (zones ?? []).filter((zone) => zone.severity === worst).map((zone) => zone.distance ?? 0);
  return Math.max(0, ...reaches);
}
