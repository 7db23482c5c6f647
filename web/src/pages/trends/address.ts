// SPDX-License-Identifier: Apache-2.0
/** What the trend page shows stands in its address, so that it can be shared and gone back to. */
import type { Route } from '../../lib/route';
import { routeTo } from '../../lib/route';
import { parseView, viewText, type View } from '../../lib/range';
import { detectors, signals, signalsByAsset } from '../../state/plant';
import { go } from '../../state/route';

export const MAX_SIGNALS = 16;
const DEFAULT: View = { kind: 'live', length: 15 * 60_000 };

export interface Wish {
  paths: string[];
  view: View;
}

/** `signals=` names paths; `asset=` stands for all signals of an asset and its detectors' scores. */
export function wishOf(route: Route): Wish {
  const view = parseView(route.query.view) ?? DEFAULT;
  const { asset } = route.query;
  const named = (route.query.signals ?? '').split(',').filter((path) => path !== '');
  const paths = named.length > 0 || asset === undefined ? named : signalsOfAsset(asset);
  return { paths: paths.slice(0, MAX_SIGNALS), view };
}

function signalsOfAsset(asset: string): string[] {
  const own = (signalsByAsset.value.get(asset) ?? []).map((one) => one.signal);
  const watching = (detectors.value ?? []).filter((one) =>
    one.signals.some((path) => own.includes(path)),
  );
  return [...own, ...watching.map((one) => `${one.name}/score`)];
}

/** Change a part of the address; a change of signals does not fill the back button's list. */
export function show(before: Wish, change: Partial<Wish>): void {
  const wish = { ...before, ...change };
  const query: Record<string, string> = {};
  if (wish.paths.length > 0) query.signals = wish.paths.join(',');
  query.view = viewText(wish.view);
  go(routeTo('trends', null, query), change.view === undefined);
}

/** Known paths only, once the signals are known: a path of an older site draws nothing. */
export function knownPaths(paths: readonly string[]): string[] {
  const known = signals.value;
  if (known === null) return [];
  const names = new Set(known.map((one) => one.signal));
  return paths.filter((path) => names.has(path));
}
