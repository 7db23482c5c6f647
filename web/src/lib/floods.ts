// SPDX-License-Identifier: Apache-2.0
/** Floods without the daemon: what an event changes, and how much a card tells at once. */
import type { Flood, PlacedAlarm } from '../api/alarm-types';

/** The floods after an event; the order that is known stands until it is asked for again. */
export function withEvent(known: readonly Flood[], event: Flood): Flood[] {
  const others = known.filter((one) => one.position !== event.position);
  if (!event.now) return others;
  const before = known.find((one) => one.position === event.position && one.began === event.began);
  return [...others, before?.order ? { ...event, order: before.order } : event];
}

/**
 * The first of each asset in causal order, with how many more alarms it has: a flood of a thousand
 * alarms is told by a few lines. Alarms of no asset stand for themselves.
 */
export function byAsset(order: readonly PlacedAlarm[]): { alarm: PlacedAlarm; more: number }[] {
  const lines = new Map<string, { alarm: PlacedAlarm; more: number }>();
  for (const alarm of order) {
    const name = alarm.asset ?? alarm.key;
    const line = lines.get(name);
    if (line) line.more++;
    else lines.set(name, { alarm, more: 0 });
  }
  return [...lines.values()];
}
