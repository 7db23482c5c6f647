// SPDX-License-Identifier: Apache-2.0
/** Scenarios that have begun, and their zones of this moment. */
import { computed, signal } from '@preact/signals';
import { api, ApiError } from '../api/client';
import type { Impact, LiveZones } from '../api/emergency-types';
import { keepSameIn } from '../lib/keep';
import { worstReach } from '../lib/ground';
import { tellFailure } from './notices';

/** null: not known yet. */
export const liveZones = signal<LiveZones[] | null>(null);

/** Those that have begun, the one that reaches farthest first. */
export const threats = computed(() =>
  [...(liveZones.value ?? [])].sort((a, b) => worstReach(b) - worstReach(a)),
);

function take(next: readonly LiveZones[]): void {
  liveZones.value = keepSameIn(liveZones.value ?? [], next, (one) => one.live.scenario);
}

export async function loadZones(): Promise<void> {
  try {
    take(await api.liveZones());
  } catch (error) {
    // A daemon that follows no scenarios has none.
    if (!(error instanceof ApiError && error.status === 503)) throw error;
    liveZones.value = [];
  }
}

/** What can be drawn of one, or null while nothing could be computed. */
export function impactOf(one: LiveZones): Impact | null {
  return one.zones === undefined ? null : (one as Impact);
}

export async function changeZones(scenario: string, action: 'begin' | 'end', comment: string): Promise<boolean> {
  try {
    take(await api.changeZones(scenario, action, comment));
    return true;
  } catch (error) {
    tellFailure(error);
    return false;
  }
}

export function forgetZones(): void {
  liveZones.value = null;
}
