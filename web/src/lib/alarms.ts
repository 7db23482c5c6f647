// SPDX-License-Identifier: Apache-2.0
/** What can be said of alarms without the daemon: order, standing, the assets they touch. */
import type { Alarm, AlarmAction, AlarmState, Priority, Role } from '../api/types';
import { parseTime } from './time';

export const PRIORITIES: readonly Priority[] = ['critical', 'high', 'medium', 'low'];

/** 0 is the worst. */
export function rank(priority: Priority): number {
  const at = PRIORITIES.indexOf(priority);
  return at < 0 ? PRIORITIES.length : at;
}

/** Set aside by people or by design: evaluated and kept, not announced. */
export function isAside(state: AlarmState): boolean {
  return state === 'shelved' || state === 'suppressed' || state === 'out-of-service';
}

export function isStanding(alarm: Alarm): boolean {
  return alarm.active || alarm.state !== 'normal';
}

/** Wants a person's answer. */
export function isUnacknowledged(alarm: Alarm): boolean {
  return (
    alarm.state === 'unacknowledged' || alarm.state === 'returned' || alarm.state === 'latched'
  );
}

/** Announced to people now: it stands, and nobody set it aside. */
export function isAnnounced(alarm: Alarm): boolean {
  return isStanding(alarm) && !isAside(alarm.state);
}

/** Milliseconds of `since`, read once for each alarm: ten thousand are sorted again and again. */
const begins = new WeakMap<Alarm, number>();

function beginOf(alarm: Alarm): number {
  let begin = begins.get(alarm);
  if (begin === undefined) begins.set(alarm, (begin = parseTime(alarm.since) ?? 0));
  return begin;
}

/** The daemon's order: unacknowledged first, then by priority, then the newest first. */
export function compareAlarms(a: Alarm, b: Alarm): number {
  return (
    Number(isUnacknowledged(b)) - Number(isUnacknowledged(a)) ||
    rank(a.priority) - rank(b.priority) ||
    beginOf(b) - beginOf(a) ||
    b.id - a.id
  );
}

/** Names of the positions that look after a plant's parts. */
export interface Owners {
  assets: ReadonlyMap<string, string>;
  detectors: ReadonlyMap<string, string>;
}

/** The position that has what no other has. */
export const SITE_POSITION = 'site';

/** The operator position that looks after an alarm: that of its asset, else of its detector. */
export function positionOf(alarm: Alarm, owners: Owners): string {
  if (alarm.asset !== null && owners.assets.has(alarm.asset))
    return owners.assets.get(alarm.asset) ?? SITE_POSITION;
  return owners.detectors.get(alarm.detector ?? '') ?? SITE_POSITION;
}

/** What it is about: the signal, detector or source. */
export function subjectOf(
  alarm: Pick<Alarm, 'key' | 'signal' | 'detector' | 'source'>,
): string {
  return alarm.signal ?? alarm.detector ?? alarm.source ?? alarm.key;
}

/** The asset of an alarm: its own, else that of its first cause. */
export function assetOf(alarm: Alarm): string | null {
  if (alarm.asset !== null && alarm.asset !== undefined) return alarm.asset;
  const path = alarm.signal ?? alarm.reason?.causes?.[0]?.signal;
  const slash = path?.lastIndexOf('/') ?? -1;
  return path !== undefined && slash > 0 ? path.slice(0, slash) : null;
}

/** The worst announced alarm of each asset: unacknowledged and high priority come first. */
export function worstByAsset(alarms: readonly Alarm[]): Map<string, Alarm> {
  const worst = new Map<string, Alarm>();
  for (const alarm of alarms) {
    const asset = assetOf(alarm);
    if (asset === null || !isAnnounced(alarm)) continue;
    const known = worst.get(asset);
    if (!known || worse(alarm, known)) worst.set(asset, alarm);
  }
  return worst;
}

function worse(a: Alarm, b: Alarm): boolean {
  if (a.active !== b.active) return a.active;
  return rank(a.priority) < rank(b.priority);
}

/** Names of transitions that end an alarm. */
export function isEnd(transition: string): boolean {
  return transition === 'returned' || transition === 'latched' || transition === 'removed';
}

/** The actions that this state has room for, whoever asks. */
export function actionsFor(alarm: Alarm): AlarmAction[] {
  switch (alarm.state) {
    case 'out-of-service':
      return ['comment', 'return-to-service'];
    case 'suppressed':
      return ['comment', 'out-of-service'];
    case 'shelved':
      return ['comment', 'unshelve', 'out-of-service'];
    default:
      return [...waiting(alarm), 'comment', 'shelve', 'out-of-service'];
  }
}

function waiting(alarm: Alarm): AlarmAction[] {
  if (alarm.state === 'latched-acknowledged') return ['reset'];
  return isUnacknowledged(alarm) ? ['acknowledge'] : [];
}

const POWER: Record<Role, number> = { viewer: 0, operator: 1, engineer: 2, admin: 3 };

export function hasRole(role: Role, needed: Role): boolean {
  return (POWER[role] ?? 0) >= POWER[needed];
}

/** The role an action needs. */
export function roleFor(action: AlarmAction): Role {
  return action === 'out-of-service' || action === 'return-to-service' ? 'engineer' : 'operator';
}
