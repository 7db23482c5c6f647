// SPDX-License-Identifier: Apache-2.0
/** The standing alarms, kept by the event stream; the daemon's list is the truth behind it. */
import { computed, signal } from '@preact/signals';
import { api } from '../api/client';
import type { Alarm, AlarmAction } from '../api/types';
import { t } from '../i18n';
import {
  compareAlarms,
  isAnnounced,
  isStanding,
  isUnacknowledged,
  worstByAsset,
} from '../lib/alarms';
import { tellDone, tellFailure } from './notices';

const byId = signal<ReadonlyMap<number, Alarm>>(new Map());
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

export async function loadAlarms(): Promise<void> {
  const list = await api.alarms('standing');
  const fresh = list.filter((alarm) => isUnacknowledged(alarm) && !announcedBefore(alarm));
  byId.value = new Map(list.map((alarm) => [alarm.id, alarm]));
  const first = [...fresh].sort(compareAlarms)[0];
  if (alarmsKnown.value && first) newest.value = first;
  alarmsKnown.value = true;
  alarmsVersion.value++;
}

/** Already waiting for an answer with this very raise. */
function announcedBefore(alarm: Alarm): boolean {
  const known = byId.value.get(alarm.id);
  return !!known && isUnacknowledged(known) && known.since === alarm.since;
}

/** An alarm changed. */
export function takeAlarm(alarm: Alarm): void {
  if (isUnacknowledged(alarm) && alarm.active && !announcedBefore(alarm)) newest.value = alarm;
  const next = new Map(byId.value);
  if (isStanding(alarm)) next.set(alarm.id, alarm);
  else next.delete(alarm.id);
  byId.value = next;
  alarmsVersion.value++;
}

export function forgetAlarms(): void {
  byId.value = new Map();
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
