// SPDX-License-Identifier: Apache-2.0
/** The time of the plant: davy's clock, not this computer's. */
import { signal } from '@preact/signals';
import { language, t } from '../i18n';
import * as time from '../lib/time';

/** davy's clock minus this computer's, in ms. */
const offset = signal(0);
export const timezone = signal('UTC');

/** The time at davy now, moved on every second. */
export const now = signal(Date.now());

export function serverNow(): number {
  return Date.now() + offset.value;
}

/** davy said it was `at` when its answer came. */
export function synchronise(at: number): void {
  offset.value = at - Date.now();
  now.value = serverNow();
}

export function setTimezone(zone: string | null): void {
  timezone.value = zone !== null && time.knowsZone(zone) ? zone : 'UTC';
}

setInterval(() => {
  now.value = serverNow();
}, 1000);

export const clockOf = (ms: number): string => time.formatClock(ms, timezone.value);
export const dateTimeOf = (ms: number): string => time.formatDateTime(ms, timezone.value);

/** A moment as short as it can be understood today. */
export function momentOf(text: string | null | undefined): string {
  const ms = time.parseTime(text);
  return ms === null ? '' : time.formatMoment(ms, serverNow(), timezone.value);
}

/** "3 min", in the chosen language. */
export function durationOf(ms: number): string {
  void language.value;
  const { value, unit } = time.roundDuration(ms);
  return t().duration(value, unit);
}
