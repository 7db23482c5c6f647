// SPDX-License-Identifier: Apache-2.0
/** Floods of alarms that are now, by operator position. */
import { signal } from '@preact/signals';
import { api } from '../api/client';
import type { Flood } from '../api/alarm-types';
import { withEvent } from '../lib/floods';

export const floods = signal<Flood[]>([]);

export async function loadFloods(): Promise<void> {
  floods.value = await api.floods();
}

/** A flood began, grew or ended; its order is asked for by who shows it. */
export function takeFlood(flood: Flood): void {
  floods.value = withEvent(floods.value, flood);
}

export function forgetFloods(): void {
  floods.value = [];
}
