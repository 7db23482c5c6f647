// SPDX-License-Identifier: Apache-2.0
/** The alarms that a site file asks for, by their keys, in the order of the file. */
import { itemsOf, textOf, valueOf, type YamlNode } from './yaml/read';

/** Settings of a signal that ask for an alarm, and what it is called. */
const ASKS: readonly [string, string][] = [
  ['rate_limit', 'rate'],
  ['stuck', 'stuck'],
  ['shift', 'shift'],
  ['novel', 'novel'],
  ['deadline', 'silence'],
];

export function conditionsOf(site: YamlNode | null): string[] {
  return [
    ...itemsOf(valueOf(site, 'assets')).flatMap((asset) => {
      const name = textOf(valueOf(asset, 'name'));
      return itemsOf(valueOf(asset, 'signals')).flatMap((one) => ofSignal(name, one));
    }),
    ...names(site, 'detectors').flatMap((one) => [`detector ${one}:model`, `detector ${one}:verdict`]),
    ...names(site, 'sources').map((one) => `source ${one}:source`),
  ];
}

function names(site: YamlNode | null, section: string): string[] {
  return itemsOf(valueOf(site, section)).map((one) => textOf(valueOf(one, 'name')) ?? '');
}

function ofSignal(asset: string | null, signal: YamlNode): string[] {
  const limits = valueOf(signal, 'limits');
  const asked = [
    ...(limits?.kind === 'map' ? limits.entries.map((one) => one.key) : []),
    ...ASKS.filter(([key]) => valueOf(signal, key) !== null).map(([, condition]) => condition),
  ];
  // Whoever watches a signal at all hears that its values are not to be trusted.
  if (asked.length > 0) asked.push('quality');
  return asked.map((one) => `${asset}/${textOf(valueOf(signal, 'name'))}:${one}`);
}
