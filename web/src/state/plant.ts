// SPDX-License-Identifier: Apache-2.0
/** The plant as davy knows it: site, assets, signals with their newest values, sources, detectors. */
import { computed, signal } from '@preact/signals';
import { api } from '../api/client';
import type { Asset, Contribution, Detector, ScoreEvent, Signal, Site, Source } from '../api/types';
import { t } from '../i18n';
import { SITE_POSITION } from '../lib/alarms';
import { parseDuration, parseTime } from '../lib/time';
import { now, setTimezone, synchronise } from './clock';
import { valuesAnswered, valuesFailed } from './connection';

export const site = signal<Site | null>(null);
export const assets = signal<Asset[] | null>(null);
export const signals = signal<Signal[] | null>(null);
export const sources = signal<Source[] | null>(null);
export const detectors = signal<Detector[] | null>(null);

/** What the newest score of each detector is made of, from the event stream: the largest parts. */
export const contributions = signal<ReadonlyMap<string, Contribution[]>>(new Map());

export const signalsByPath = computed(
  () => new Map((signals.value ?? []).map((one) => [one.signal, one])),
);

/** Signals of the plant by asset, in the order of the site file; scores of detectors left out. */
export const signalsByAsset = computed(() => {
  const groups = new Map<string, Signal[]>();
  for (const one of signals.value ?? []) {
    if (one.asset === null) continue;
    const group = groups.get(one.asset);
    if (group) group.push(one);
    else groups.set(one.asset, [one]);
  }
  return groups;
});

/** Who looks after what. */
export const owners = computed(() => ({
  assets: new Map((assets.value ?? []).map((one) => [one.name, one.position])),
  detectors: new Map((detectors.value ?? []).map((one) => [one.name, one.position])),
}));

/** What people call a position; the daemon has no words for the one that has the rest. */
export function titled(position: string, title: string): string {
  return title === SITE_POSITION && position === SITE_POSITION ? t().positions.site : title;
}

/** The same by its name; "" where there is only one. */
export function titleOf(position: string): string {
  const positions = site.value?.positions ?? [];
  if (positions.length < 2) return '';
  return titled(position, positions.find((one) => one.name === position)?.title ?? position);
}

export async function loadSite(): Promise<void> {
  const [first] = await api.sites();
  if (!first) return;
  site.value = first;
  setTimezone(first.timezone);
  const at = parseTime(first.now);
  if (at !== null) synchronise(at);
}

export async function loadAssets(): Promise<void> {
  assets.value = await api.assets();
}

/** The newest values. This is the heartbeat of what is shown: a failure is told to the header. */
export async function loadSignals(): Promise<void> {
  try {
    signals.value = await api.signals();
    valuesAnswered();
  } catch (error) {
    valuesFailed();
    throw error;
  }
}

export async function loadSources(): Promise<void> {
  sources.value = await api.sources();
}

export async function loadDetectors(): Promise<void> {
  detectors.value = await api.detectors();
}

/** A source changed its state. */
export function takeSource(source: Source): void {
  const known = sources.value;
  if (known === null) return;
  sources.value = known.some((one) => one.name === source.name)
    ? known.map((one) => (one.name === source.name ? source : one))
    : [...known, source];
}

/** A detector scored a row. */
export function takeScore(score: ScoreEvent): void {
  detectors.value =
    detectors.value?.map((one) =>
      one.name === score.detector
        ? { ...one, score: score.score, state: score.verdict, time: score.time }
        : one,
    ) ?? null;
  contributions.value = new Map(contributions.value).set(score.detector, score.contributions ?? []);
}

export function forgetPlant(): void {
  site.value = null;
  assets.value = signals.value = sources.value = detectors.value = null;
  contributions.value = new Map();
}

/** The range its values are shown by; scores of detectors have none, and two decimals do. */
export function rangeOf(one: Signal | undefined): [number, number] | null {
  return one?.range ?? (one && one.detector !== null ? [0, 5] : null);
}

/** How long a signal without a deadline of its own may be silent before it is shown as old. */
const SILENT_MS = 60_000;

/** Age of a signal's newest sample, and whether that is longer than it may be silent. */
export function ageOf(one: Signal): { age: number | null; silent: boolean } {
  const at = parseTime(one.latest?.time);
  if (at === null) return { age: null, silent: true };
  const age = Math.max(0, now.value - at);
  return { age, silent: age > (parseDuration(one.deadline) ?? SILENT_MS) };
}
