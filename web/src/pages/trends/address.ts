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

/**
 * `signals=` names paths, also none; `asset=` stands for all signals of an asset and its detectors'
 * scores. Without either: what deserves a look first.
 */
export function wishOf(route: Route): Wish {
  const view = parseView(route.query.view) ?? DEFAULT;
  return { paths: pathsOf(route.query.signals, route.query.asset).slice(0, MAX_SIGNALS), view };
}

function pathsOf(named: string | undefined, asset: string | undefined): string[] {
  if (named !== undefined) return named.split(',').filter((path) => path !== '');
  return asset === undefined ? worthALook() : signalsOfAsset(asset);
}

/** The detector with the highest score and its signals; without detectors the first asset's. */
function worthALook(): string[] {
  const [worst] = [...(detectors.value ?? [])].sort((a, b) => (b.score ?? 0) - (a.score ?? 0));
  if (worst) return [`${worst.name}/score`, ...worst.signals];
  const [first] = signalsByAsset.value.values();
  return (first ?? []).map((one) => one.signal);
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
  const query = { signals: wish.paths.join(','), view: viewText(wish.view) };
  go(routeTo('trends', null, query), change.view === undefined);
}

/** Known paths only, once the signals are known: a path of an older site draws nothing. */
export function knownPaths(paths: readonly string[]): string[] {
  const known = signals.value;
  if (known === null) return [];
  const names = new Set(known.map((one) => one.signal));
  return paths.filter((path) => names.has(path));
}
