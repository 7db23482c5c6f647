// SPDX-License-Identifier: Apache-2.0
/** What may follow what in an incident, as src/respond/incident/state.h draws it. */
import type {
  Incident,
  IncidentEventType,
  IncidentState,
  PersonState,
  ResourceState,
  TaskState,
} from '../api/incident-types';

export const TASK_STEPS: Record<TaskState, readonly TaskState[]> = {
  open: ['assigned', 'done', 'cancelled'],
  assigned: ['open', 'under-way', 'done', 'failed', 'cancelled'],
  'under-way': ['assigned', 'done', 'failed', 'cancelled'],
  done: [],
  failed: ['open'],
  cancelled: [],
};

export const RESOURCE_STEPS: Record<ResourceState, readonly ResourceState[]> = {
  requested: ['committed', 'released', 'out-of-service'],
  committed: ['en-route', 'on-scene', 'released', 'out-of-service'],
  'en-route': ['committed', 'on-scene', 'released', 'out-of-service'],
  'on-scene': ['committed', 'released', 'out-of-service'],
  released: ['requested', 'committed', 'out-of-service'],
  'out-of-service': ['released'],
};

export const PERSON_STEPS: Record<PersonState, readonly PersonState[]> = {
  missing: ['safe', 'injured', 'severe', 'dead', 'withdrawn'],
  safe: ['missing', 'injured', 'severe', 'dead', 'withdrawn'],
  injured: ['safe', 'severe', 'dead', 'withdrawn'],
  severe: ['injured', 'dead', 'withdrawn'],
  dead: ['withdrawn'],
  withdrawn: [],
};

/** States that a new person is entered with, the usual first. */
export const NEW_PERSON: readonly PersonState[] = ['missing', 'injured', 'severe', 'safe', 'dead'];

const AFTER_THE_END: readonly IncidentEventType[] = ['person', 'note', 'lesson', 'reopen'];

export function takes(state: IncidentState, type: IncidentEventType): boolean {
  if (state === 'closed') return AFTER_THE_END.includes(type);
  if (type === 'contain') return state === 'open';
  if (type === 'reopen') return state === 'contained';
  return type !== 'begin';
}

export type Obstacle = 'missing' | 'tasks' | 'resources' | 'alert';

/** What must be settled before it can be closed. */
export function obstacles(incident: Incident): Obstacle[] {
  const found: Obstacle[] = [];
  if (incident.people.some((one) => one.state === 'missing')) found.push('missing');
  if (incident.tasks.some((one) => !isTaskSettled(one.state))) found.push('tasks');
  if (incident.resources.some((one) => !isResourceFree(one.state))) found.push('resources');
  if (standingAlert(incident)) found.push('alert');
  return found;
}

const isTaskSettled = (state: TaskState): boolean => state === 'done' || state === 'failed' || state === 'cancelled';
const isResourceFree = (state: ResourceState): boolean => state === 'released' || state === 'out-of-service';

/** The last alert, unless it took the ones before back. */
export function standingAlert({ alerts }: Pick<Incident, 'alerts'>) {
  const last = alerts[alerts.length - 1];
  return last && last.message !== 'Cancel' ? last : null;
}

/** Open ones first, real ones before drills, the newest first. */
export function inOrder(list: readonly Incident[]): Incident[] {
  const rank = (one: Incident) => (one.state === 'closed' ? 2 : 0) + (one.drill ? 1 : 0);
  return [...list].sort((a, b) => rank(a) - rank(b) || b.id - a.id);
}
