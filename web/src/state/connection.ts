// SPDX-License-Identifier: Apache-2.0
/** Is what is shown alive? Silence must be seen: see parts/Banner.tsx. */
import { computed, signal } from '@preact/signals';
import { serverNow } from './clock';

export type Connection = { kind: 'connecting' | 'live' | 'lost'; since: number };

/** The event stream. */
const stream = signal<Connection>({ kind: 'connecting', since: Date.now() });
/** When the polled values began to fail, or null. */
const pollsFailSince = signal<number | null>(null);

/** The worse of the two: live means events flow and values are answered. */
export const connection = computed<Connection>(() => {
  const failing = pollsFailSince.value;
  if (stream.value.kind !== 'live' || failing === null) return stream.value;
  return { kind: 'lost', since: failing };
});

export function streamOpened(): void {
  stream.value = { kind: 'live', since: serverNow() };
}

export function streamLost(): void {
  if (stream.value.kind !== 'lost') stream.value = { kind: 'lost', since: serverNow() };
}

export function streamReset(): void {
  stream.value = { kind: 'connecting', since: serverNow() };
  pollsFailSince.value = null;
}

export function valuesAnswered(): void {
  pollsFailSince.value = null;
}

export function valuesFailed(): void {
  pollsFailSince.value ??= serverNow();
}
