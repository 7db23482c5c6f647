// SPDX-License-Identifier: Apache-2.0
/** Times as people of the site read them, and durations in few words. */

/** Milliseconds of an RFC 3339 time, or null when it is none. */
export function parseTime(text: string | null | undefined): number | null {
  if (text === null || text === undefined) return null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}

/** True when this browser knows the IANA name. */
export function knowsZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** The fields of a moment in a zone, always with Latin digits and a 24 hour clock. */
function fields(ms: number, zone: string): Record<string, string> {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formats.set(zone, format);
  }
  return Object.fromEntries(format.formatToParts(ms).map((part) => [part.type, part.value]));
}

/** "2026-11-21" */
export function formatDate(ms: number, zone: string): string {
  const f = fields(ms, zone);
  return `${f.year}-${f.month}-${f.day}`;
}

/** "19:00:05" */
export function formatClock(ms: number, zone: string): string {
  const f = fields(ms, zone);
  return `${f.hour}:${f.minute}:${f.second}`;
}

/** "2026-11-21 19:00:05" */
export function formatDateTime(ms: number, zone: string): string {
  return `${formatDate(ms, zone)} ${formatClock(ms, zone)}`;
}

/** The clock alone for a moment of today, the date before it for any other day. */
export function formatMoment(ms: number, now: number, zone: string): string {
  return formatDate(ms, zone) === formatDate(now, zone)
    ? formatClock(ms, zone)
    : formatDateTime(ms, zone);
}

export type DurationUnit = 's' | 'min' | 'h' | 'd';

/** A duration as one number and one unit, coarse enough to be read at a glance. */
export function roundDuration(ms: number): { value: number; unit: DurationUnit } {
  const s = Math.max(0, ms / 1000);
  if (s < 10) return { value: Math.round(s * 10) / 10, unit: 's' };
  if (s < 99.5) return { value: Math.round(s), unit: 's' };
  if (s < 99.5 * 60) return { value: Math.round(s / 60), unit: 'min' };
  if (s < 47.5 * 3600) return { value: Math.round(s / 3600), unit: 'h' };
  return { value: Math.round(s / 86400), unit: 'd' };
}

const UNIT_MS: Record<string, number> = {
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  week: 604_800_000,
};

/** Milliseconds of a duration as the site file writes it ("10s", "1.5 h"), or null. */
export function parseDuration(text: string | null): number | null {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+?)s?\s*$/.exec(text ?? '');
  if (!match) return null;
  const unit = UNIT_MS[match[2] ?? ''] ?? UNIT_MS[`${match[2]}s`];
  return unit === undefined ? null : Number(match[1]) * unit;
}

/** The first moment of a day "2026-11-21" in a zone, or of so many days later; null when it is none. */
export function parseDay(text: string, zone: string, later: number): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!match) return null;
  const wall = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]) + later);
  // How far the zone is from UTC depends on the moment, which depends on that: twice is enough.
  const ahead = (ms: number) => Date.parse(`${formatDateTime(ms, zone).replace(' ', 'T')}Z`) - ms;
  const first = wall - ahead(wall);
  return wall - ahead(first);
}
