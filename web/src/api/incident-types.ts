// SPDX-License-Identifier: Apache-2.0
/** Incidents: what belongs to one, and the events that change it. */
import type { Impact, Point } from './emergency-types';

export type IncidentState = 'open' | 'contained' | 'closed';
export type TaskState = 'open' | 'assigned' | 'under-way' | 'done' | 'failed' | 'cancelled';
export type ResourceState =
  | 'requested'
  | 'committed'
  | 'en-route'
  | 'on-scene'
  | 'released'
  | 'out-of-service';
export type PersonState = 'missing' | 'safe' | 'injured' | 'severe' | 'dead' | 'withdrawn';

export interface IncidentPerson {
  id: number;
  name: string | null;
  count: number;
  state: PersonState;
  place: string | null;
  comment: string | null;
  changed: string | null;
}

export interface IncidentTask {
  id: number;
  what: string;
  state: TaskState;
  place: string | null;
  at: Point | null;
  capability: string | null;
  crew: number | null;
  ppe: string | null;
  priority: number | null;
  owner: string | null;
  comment: string | null;
  resources: string[];
  created: string | null;
  due: string | null;
  changed: string | null;
}

export interface IncidentResource {
  name: string;
  state: ResourceState;
  task: number | null;
  place: string | null;
  at: Point | null;
  comment: string | null;
  requested: string | null;
  arrived: string | null;
  changed: string | null;
}

export interface IncidentLesson {
  text: string;
  owner: string | null;
  by: string;
  time: string;
  due: string | null;
}

export interface IncidentAlert {
  message: string;
  text: string | null;
  addresses: string | null;
  by: string;
  time: string;
  sequence: number;
}

export interface Incident {
  id: number;
  name: string;
  state: IncidentState;
  drill: boolean;
  opened: string;
  opened_by: string;
  changed: string;
  contained: string | null;
  closed: string | null;
  closed_by: string | null;
  description: string | null;
  objectives: string | null;
  safety: string | null;
  commander: string | null;
  asset: string | null;
  scenario: string | null;
  place: string | null;
  at: Point | null;
  sequence: number;
  events: number;
  severity: {
    scale: number;
    scale_name: string;
    scale_set: number | null;
    accident: number | null;
    accident_name: string | null;
    accident_chinese: string | null;
    response: string | null;
  };
  toll: {
    missing: number;
    safe: number;
    injured: number;
    severe: number;
    dead: number;
    loss_yuan: number | null;
  };
  people: IncidentPerson[];
  tasks: IncidentTask[];
  resources: IncidentResource[];
  alarms: { id: number; key: string | null }[];
  lessons: IncidentLesson[];
  alerts: IncidentAlert[];
  reach: {
    impacts: number;
    time: string | null;
    sequence: number | null;
    alerted: number;
    harmed: number;
    endangered: number;
  };
  /** Of one that is asked for by its id. */
  impact?: Impact | null;
}

export type IncidentEventType =
  | 'update'
  | 'alarm'
  | 'impact'
  | 'person'
  | 'task'
  | 'resource'
  | 'note'
  | 'publish'
  | 'lesson'
  | 'contain'
  | 'reopen'
  | 'close'
  | 'begin';

/** An event as it stands in the timeline: what was asked for, with when and by whom. */
export interface IncidentEvent {
  sequence: number;
  time: string;
  type?: IncidentEventType;
  by?: string;
  name?: string;
  what?: string;
  text?: string;
  comment?: string;
  state?: string;
  count?: number;
  place?: string;
  id?: number;
  task?: number;
  message?: string;
  resources?: string[];
  alarms?: { id: number; key?: string | null }[];
  impact?: { scenario?: string; zones: number };
  scale?: number;
  commander?: string;
  drill?: boolean;
}

/** A sentence of a plan in both languages, with what it is about. */
export interface Said {
  key: string;
  text: { en: string; zh: string };
  task_id?: number;
  missing?: number;
}

export interface Assignment {
  resource: string;
  task: string;
  task_id?: number;
  /** It is there or on its way already. */
  bound: boolean;
  ppe: string | null;
  ppe_ok: boolean;
  route?: Point[];
  /** Seconds from the question, with the way on foot. */
  seconds?: number | null;
  metres?: number | null;
  staging?: string | null;
  on_foot?: number | null;
  zone?: string | null;
}

export interface DispatchPlan {
  assignments: Assignment[];
  uncovered: Said[];
  reserve: Said[];
  changes: Said[];
  notes: Said[];
  method: 'greedy' | 'improved' | 'optimal';
  cost: number;
  gap: number | null;
}
