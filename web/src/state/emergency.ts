// SPDX-License-Identifier: Apache-2.0
/** The ground, and the zones that are looked at. */
import { signal } from '@preact/signals';
import { api } from '../api/client';
import type { Ground, Impact } from '../api/emergency-types';
import { keepSame } from '../lib/keep';
import { EMPTY, type Draft } from '../lib/scenario';

export const ground = signal<Ground | null>(null);

/** What a person had computed last. */
export const tried = signal<Impact | null>(null);
/** The scenario file that it was computed from. */
export const triedOrder = signal('');

/** The scenario that is being made, and the one of the site file that it began with. */
export const draft = signal<Draft>(EMPTY);
export const chosenScenario = signal('');

export async function loadGround(): Promise<void> {
  ground.value = keepSame(ground.value, await api.ground());
}

export function forgetEmergency(): void {
  ground.value = tried.value = null;
  draft.value = EMPTY;
  chosenScenario.value = '';
}
