// SPDX-License-Identifier: Apache-2.0
/** The standing alarms and those among them that people are told of. */
import { computed, signal } from '@preact/signals';
import { api } from '../api/client';
import type { Alarm, AlarmAction } from '../api/types';
import { t } from '../i18n';
import { AlarmBook } from '../lib/alarm-book';
import { compareAlarms, isAnnounced, isUnacknowledged, worstByAsset } from '../lib/alarms';
import { tellDone, tellFailure } from './notices';

let book = new AlarmBook();
const byId = signal(book.alarms);
/** False until the daemon's list came once. */
export const alarmsKnown = signal(false);
/** The alarm that was announced last, for screen readers and the bell. */
export const newest = signal<Alarm | null>(null);
/** Grows with every change, for those who show lists that are not kept here. */
export const alarmsVersion = signal(0);

/** In the daemon's order. */
export const standing = computed(() => [...byId.value.values()].sort(compareAlarms));
export const announced = computed(() => standing.value.filter(isAnnounced));
export const unacknowledged = computed(() => announced.value.filter(isUnacknowledged));
export const worst = computed(() => worstByAsset(standing.value));

function changed(): void {
  byId.value = book.alarms;
  alarmsVersion.value++;
}

export async function loadAlarms(): Promise<void> {
  const asked = book.ask();
  const fresh = book.answer(asked, await api.alarms('standing'));
  const first = fresh.sort(compareAlarms)[0];
  // Those that stood before the console was opened are no news.
  if (alarmsKnown.value && first) newest.value = first;
  alarmsKnown.value = true;
  changed();
}

/** An alarm changed. */
export function takeAlarm(alarm: Alarm): void {
  if (book.take(alarm)) newest.value = alarm;
  changed();
}

export function forgetAlarms(): void {
  book = new AlarmBook();
  byId.value = book.alarms;
  alarmsKnown.value = false;
  newest.value = null;
}

/** Do what a person asks; the outcome is told either way. True when it was done. */
export async function act(
  alarm: Alarm,
  action: AlarmAction,
  body: { comment?: string; duration?: string } = {},
): Promise<boolean> {
  try {
    takeAlarm(await api.act(alarm.id, action, body));
    tellDone(t().done[action]);
    return true;
  } catch (error) {
    tellFailure(error);
    return false;
  }
}
