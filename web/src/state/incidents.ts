// SPDX-License-Identifier: Apache-2.0
/** All incidents as the daemon has them. */
import { computed, signal } from '@preact/signals';
import { api, ApiError } from '../api/client';
import type { Incident } from '../api/incident-types';
import { inOrder } from '../lib/incident';
import { tellFailure } from './notices';

/** null: not known yet. */
export const incidents = signal<Incident[] | null>(null);

export const openIncidents = computed(() =>
  inOrder(incidents.value ?? []).filter((one) => one.state !== 'closed'),
);

export async function loadIncidents(): Promise<void> {
  try {
    incidents.value = await api.incidents();
  } catch (error) {
    // A daemon that keeps no incidents has none.
    if (!(error instanceof ApiError && error.status === 503)) throw error;
    incidents.value = [];
  }
}

/** One is new or has changed; what is older than what is known is passed over. */
export function takeIncident(incident: Incident): void {
  const known = incidents.value ?? [];
  const before = known.find((one) => one.id === incident.id);
  if (before && before.sequence > incident.sequence) return;
  incidents.value = [incident, ...known.filter((one) => one.id !== incident.id)];
}

/** Tell the daemon what happened; true when it is on record. */
export async function tell(id: number, event: { type: string } & Record<string, unknown>): Promise<boolean> {
  try {
    takeIncident(await api.tellIncident(id, event));
    return true;
  } catch (error) {
    tellFailure(error);
    return false;
  }
}

export function forgetIncidents(): void {
  incidents.value = null;
}
