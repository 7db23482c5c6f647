// SPDX-License-Identifier: Apache-2.0
/** What a person means to ask next: it stays while other pages are looked at. */
import { signal } from '@preact/signals';
import { api } from '../api/client';
import type { SiteFault } from '../api/whatif-types';
import type { Past } from '../lib/whatif';

/** The site file in force; null until it came. */
export const inForce = signal<string | null>(null);
export const proposed = signal('');
/** What the daemon found wrong with a text that was ordered. */
export const found = signal<{ text: string; faults: SiteFault[]; leftOut: number } | null>(null);

export const past = signal<Past>({ kind: 'days', days: 30 });
/** Patterns of alarms whose answers are labelled events; "" for none. */
export const label = signal('**');
/** Rehearse all of the site, for floods. */
export const whole = signal(true);
/** CSV. */
export const events = signal('');
export const comment = signal('');

/** Ask for the file again; a proposal that changes nothing yet begins with the new one. */
export async function loadInForce(): Promise<void> {
  const text = await api.siteFile();
  if (inForce.value === null || proposed.value === inForce.value) proposed.value = text;
  inForce.value = text;
}

/** Go on from a text that was ordered before. */
export function propose(text: string, faults: SiteFault[] = [], leftOut = 0): void {
  proposed.value = text;
  found.value = faults.length > 0 ? { text, faults, leftOut } : null;
}

export function forgetProposal(): void {
  inForce.value = found.value = null;
  proposed.value = events.value = comment.value = '';
}
