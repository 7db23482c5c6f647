// SPDX-License-Identifier: Apache-2.0
/** The standing alarms and those among them that people are told of. */
import { computed, signal } from '@preact/signals';
import { api } from '../api/client';
import type { ActionBody, Alarm, AlarmAction } from '../api/types';
import { t } from '../i18n';
import { AlarmBook } from '../lib/alarm-book';
import { Batch } from '../lib/batch';
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

/** The list that is on its way, and the one after it. */
let asking: Promise<void> | null = null;
let asksAgain: Promise<void> | null = null;

/** Ask for the list. One that was asked for before may be too old: then another is, once it came. */
export function loadAlarms(): Promise<void> {
  if (asking === null) {
    asking = askForAlarms().finally(() => {
      asking = null;
    });
    return asking;
  }
  asksAgain ??= asking
    .catch(() => {})
    .then(() => {
      asksAgain = null;
      return loadAlarms();
    });
  return asksAgain;
}

async function askForAlarms(): Promise<void> {
  batch.flush();
  const asked = book.ask();
  const fresh = book.answer(asked, await api.alarms('standing'));
  const first = fresh.sort(compareAlarms)[0];
  // Those that stood before the console was opened are no news.
  if (alarmsKnown.value && first) newest.value = first;
  alarmsKnown.value = true;
  changed();
}

/** A flood brings thousands of events a second; the page is drawn five times in it. */
const BATCH_MS = 200;

const batch = new Batch<Alarm>((list) => {
  // One is announced by voice and bell: the worst of those that came together.
  const first = book.take(list).sort(compareAlarms)[0];
  if (first) newest.value = first;
  changed();
}, BATCH_MS);

/** An alarm changed. */
export function takeAlarm(alarm: Alarm): void {
  batch.add(alarm);
}

export function forgetAlarms(): void {
  batch.clear();
  book = new AlarmBook();
  byId.value = book.alarms;
  alarmsKnown.value = false;
  newest.value = null;
}

/** Do what a person asks; the outcome is told either way. True when it was done. */
export async function act(
  alarm: Alarm,
  action: AlarmAction,
  body: ActionBody = {},
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
