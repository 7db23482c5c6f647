// SPDX-License-Identifier: Apache-2.0
/**
 * The standing alarms, from two tellers: the daemon's list, asked for now and then, and the event
 * stream. A list is as old as its question, so what the stream told since then is newer.
 */
import type { Alarm } from '../api/types';
import { isStanding, isUnacknowledged } from './alarms';

export class AlarmBook {
  /** Replaced, never changed: who holds it sees one moment. */
  alarms: ReadonlyMap<number, Alarm> = new Map();
  private tick = 0;
  /** When the stream told of an alarm last. */
  private told = new Map<number, number>();
  private answered = 0;

  /** Ask for the list: what answer() wants to know later. */
  ask(): number {
    return ++this.tick;
  }

  /** The list that was asked for then. Answers the alarms that newly wait for a person. */
  answer(asked: number, list: readonly Alarm[]): Alarm[] {
    if (asked < this.answered) return [];
    this.answered = asked;
    const next = new Map(list.map((alarm) => [alarm.id, alarm]));
    for (const [id, tick] of this.told) {
      if (tick < asked) {
        this.told.delete(id);
        continue;
      }
      const newer = this.alarms.get(id);
      if (newer) next.set(id, newer);
      else next.delete(id);
    }
    const fresh = [...next.values()].filter((alarm) => isNews(alarm, this.alarms.get(alarm.id)));
    this.alarms = next;
    return fresh;
  }

  /** The stream told of some alarms, in this order. Answers those that newly wait for a person. */
  take(list: readonly Alarm[]): Alarm[] {
    const next = new Map(this.alarms);
    const fresh: Alarm[] = [];
    for (const alarm of list) {
      if (alarm.active && isNews(alarm, next.get(alarm.id))) fresh.push(alarm);
      if (isStanding(alarm)) next.set(alarm.id, alarm);
      else next.delete(alarm.id);
      this.told.set(alarm.id, ++this.tick);
    }
    this.alarms = next;
    return fresh;
  }
}

/** Waits for an answer, and did not with this very raise before. */
function isNews(alarm: Alarm, known: Alarm | undefined): boolean {
  const waited = !!known && isUnacknowledged(known) && known.since === alarm.since;
  return isUnacknowledged(alarm) && !waited;
}
