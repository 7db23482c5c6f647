// SPDX-License-Identifier: Apache-2.0
/** The page that is shown, from the address. */
import { signal } from '@preact/signals';
import { parseRoute, type Route } from '../lib/route';

export const route = signal<Route>(parseRoute(location.hash));

window.addEventListener('hashchange', () => {
  route.value = parseRoute(location.hash);
});

/** Go to an address made by routeTo(); `replace` leaves no step for the back button. */
export function go(hash: string, replace = false): void {
  if (!replace) {
    location.hash = hash;
    return;
  }
  history.replaceState(null, '', hash);
  route.value = parseRoute(hash);
}
