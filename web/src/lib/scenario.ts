// SPDX-License-Identifier: Apache-2.0
/**
 * A scenario as a form: fields in people's units, the order that is sent, and where a fault of the
 * daemon belongs. The daemon reads the order as it reads a scenario file (docs/site.md).
 */
import type { ReleaseKind, ReleaseNumber, SiteScenario } from '../api/emergency-types';

export const RELEASE_KINDS: readonly ReleaseKind[] = ['liquid hole', 'gas hole', 'rate', 'all', 'pool', 'charge'];

interface Quantity {
  /** As the daemon reads it, and as it is shown. */
  unit: string;
  shown?: string;
  /** Of what the daemon takes, in this unit: bounds of src/site/release.c and scenario_file.c. */
  low: number;
  high: number;
  /** Of this unit in SI, and its zero. */
  factor: number;
  zero?: number;
}

const HOLES: readonly ReleaseKind[] = ['liquid hole', 'gas hole'];
const ESCAPES: readonly ReleaseKind[] = [...HOLES, 'rate', 'all'];
const CLOUDS: readonly ReleaseKind[] = [...ESCAPES, 'pool'];
const POOLS: readonly ReleaseKind[] = ['liquid hole', 'rate', 'all', 'pool'];

export interface ReleaseField extends Quantity {
  name: ReleaseNumber;
  kinds: readonly ReleaseKind[];
  needed?: true;
}

export const RELEASE_FIELDS: readonly ReleaseField[] = [
  { name: 'hole', kinds: HOLES, needed: true, unit: 'mm', low: 0.1, high: 2000, factor: 1e-3 },
  { name: 'rate', kinds: ['rate'], needed: true, unit: 'kg/s', low: 1e-6, high: 1e5, factor: 1 },
  { name: 'pressure', kinds: [...HOLES, 'all'], unit: 'bar', low: 0.01, high: 2000, factor: 1e5 },
  { name: 'temperature', kinds: CLOUDS, unit: 'Cel', shown: '°C', low: -253.15, high: 1726.85, factor: 1, zero: 273.15 },
  { name: 'head', kinds: ['liquid hole'], unit: 'm', low: 0, high: 100, factor: 1 },
  { name: 'height', kinds: ESCAPES, unit: 'm', low: 0, high: 500, factor: 1 },
  { name: 'duration', kinds: [...HOLES, 'rate', 'pool'], unit: 'min', low: 1 / 60, high: 43_200, factor: 60 },
  { name: 'dike', kinds: POOLS, unit: 'm2', shown: 'm²', low: 0.1, high: 1e6, factor: 1 },
  { name: 'depth', kinds: POOLS, unit: 'cm', low: 0.1, high: 1000, factor: 1e-2 },
  { name: 'volume', kinds: CLOUDS, unit: 'm3', shown: 'm³', low: 1, high: 1e7, factor: 1 },
];

export type WeatherNumber = 'wind' | 'wind_from' | 'temperature' | 'humidity' | 'cloud' | 'radiation';

export const WEATHER_FIELDS: readonly (Quantity & { name: WeatherNumber })[] = [
  { name: 'wind', unit: 'm/s', low: 0.1, high: 75, factor: 1 },
  { name: 'wind_from', unit: '', shown: '°', low: 0, high: 360, factor: 1 },
  { name: 'temperature', unit: 'Cel', shown: '°C', low: -73, high: 66, factor: 1, zero: 273.15 },
  { name: 'humidity', unit: '%', low: 0, high: 100, factor: 1e-2 },
  { name: 'cloud', unit: '%', low: 0, high: 100, factor: 1e-2 },
  { name: 'radiation', unit: 'W/m2', shown: 'W/m²', low: 0, high: 1500, factor: 1 },
];

export type UncertainName = 'hole' | 'rate' | 'fill' | 'wind';

/** What may lie between two ends (docs/site.md, uncertain). A wind goes with the class of the weather. */
export const UNCERTAIN_FIELDS: readonly (Quantity & { name: UncertainName; kinds: readonly ReleaseKind[] })[] = [
  { name: 'hole', kinds: HOLES, unit: 'mm', low: 0.1, high: 2000, factor: 1e-3 },
  { name: 'rate', kinds: ['rate'], unit: 'kg/s', low: 1e-6, high: 1e5, factor: 1 },
  { name: 'fill', kinds: RELEASE_KINDS, unit: '%', low: 1, high: 100, factor: 1e-2 },
  { name: 'wind', kinds: RELEASE_KINDS, unit: 'm/s', low: 0.1, high: 75, factor: 1 },
];

/** Levels with a number of their own. */
export const LEVELS = [
  { name: 'toxic', unit: 'ppm', shown: 'ppm' },
  { name: 'heat', unit: 'kW/m2', shown: 'kW/m²' },
  { name: 'blast', unit: 'kPa', shown: 'kPa' },
  { name: 'flammable', unit: '%', shown: '% LEL' },
] as const;
export type LevelName = (typeof LEVELS)[number]['name'];

export const GUIDELINES = ['AEGL-1', 'AEGL-2', 'AEGL-3', 'ERPG-1', 'ERPG-2', 'ERPG-3', 'IDLH'] as const;
export const STABILITIES = ['', 'A', 'B', 'C', 'D', 'E', 'F'] as const;
export const CONGESTIONS = ['low', 'medium', 'high'] as const;

/** What stands in the form. Numbers are texts: a person may be in the middle of one. */
export interface Draft {
  asset: string;
  /** Metres east and north; "" where the asset says it. */
  east: string;
  north: string;
  chemical: string;
  /** Tonnes. */
  amount: string;
  kind: ReleaseKind;
  release: Partial<Record<ReleaseNumber, string>>;
  congestion: string;
  guidelines: readonly string[];
  levels: Partial<Record<LevelName, string>>;
  weather: Partial<Record<WeatherNumber, string>>;
  stability: string;
  night: boolean;
  urban: boolean;
  /** Two ends of what nobody knows. */
  uncertain: Partial<Record<UncertainName, readonly [string, string]>>;
}

export const EMPTY: Draft = {
  asset: '',
  east: '',
  north: '',
  chemical: '',
  amount: '',
  kind: 'liquid hole',
  release: {},
  congestion: 'medium',
  guidelines: [],
  levels: {},
  weather: { wind: '3', wind_from: '225', temperature: '20', humidity: '60' },
  stability: 'D',
  night: false,
  urban: false,
  uncertain: {},
};

export function fieldsFor(kind: ReleaseKind): ReleaseField[] {
  return RELEASE_FIELDS.filter((field) => field.kinds.includes(kind));
}

const isGiven = (text: string | undefined): text is string => text !== undefined && text.trim() !== '';
const joined = (text: string, unit: string) => (unit === '' ? text.trim() : `${text.trim()} ${unit}`);
/** A number as a number; what is none goes as it was typed, and the daemon says what is wrong. */
const plain = (text: string): number | string => (Number.isFinite(Number(text)) ? Number(text) : text);

type Json = string | number | boolean | Json[] | { [key: string]: Json };

function releaseOf(draft: Draft): { [key: string]: Json } {
  const release: { [key: string]: Json } = { kind: draft.kind };
  for (const { name, unit } of fieldsFor(draft.kind)) {
    const text = draft.release[name];
    if (isGiven(text)) release[name] = joined(text, unit);
  }
  if (isGiven(draft.release.volume) && CLOUDS.includes(draft.kind)) release.congestion = draft.congestion;
  return release;
}

function endpointsOf(draft: Draft): Json[] {
  const numbers = LEVELS.flatMap(({ name, unit }) => {
    const text = draft.levels[name];
    return isGiven(text) ? [{ [name]: joined(text, unit) }] : [];
  });
  return [...draft.guidelines, ...numbers];
}

/** What nobody knows; empty where no pair of ends is complete, or does not belong to the release. */
function uncertainOf(draft: Draft): { [key: string]: Json } {
  const uncertain: { [key: string]: Json } = {};
  for (const { name, unit, kinds } of UNCERTAIN_FIELDS) {
    const [low, high] = draft.uncertain[name] ?? ['', ''];
    if (!isGiven(low) || !isGiven(high) || !kinds.includes(draft.kind)) continue;
    const ends = [joined(low, unit), joined(high, unit)];
    if (name !== 'wind') uncertain[name] = ends;
    else if (draft.stability !== '')
      uncertain.weather = [{ stability: draft.stability, wind: ends, share: '100 %' }];
  }
  return uncertain;
}

/** What is sent: the keys of a scenario file. */
export function orderOf(draft: Draft, name: string): { scenario: Json; weather: Json; uncertain?: Json } {
  const scenario: { [key: string]: Json } = { name, release: releaseOf(draft) };
  if (draft.asset !== '') scenario.asset = draft.asset;
  if (isGiven(draft.east) && isGiven(draft.north)) scenario.at = [plain(draft.east), plain(draft.north)];
  if (isGiven(draft.chemical)) scenario.chemical = draft.chemical.trim();
  if (isGiven(draft.amount)) scenario.amount = joined(draft.amount, 't');
  const endpoints = endpointsOf(draft);
  if (endpoints.length > 0) scenario.endpoints = endpoints;
  const weather: { [key: string]: Json } = { ground: draft.urban ? 'urban' : 'rural', night: draft.night };
  for (const { name: key, unit } of WEATHER_FIELDS) {
    const text = draft.weather[key];
    if (isGiven(text)) weather[key] = unit === '' ? plain(text) : joined(text, unit);
  }
  if (draft.stability !== '') weather.stability = draft.stability;
  const uncertain = uncertainOf(draft);
  return Object.keys(uncertain).length > 0 ? { scenario, weather, uncertain } : { scenario, weather };
}

/** A name as the daemon takes them, of what the scenario is about. */
export function nameOf(draft: Draft): string {
  const parts = [draft.asset || draft.chemical, draft.kind].filter((part) => part !== '');
  const name = parts.join('-').replace(/[^A-Za-z0-9._-]+/g, '-');
  return name.replace(/^[-.]+|[-.]+$/g, '') || 'scenario';
}

/** SI to a field's unit, without the noise of the last digits. */
export function inUnit(si: number, { factor, zero = 0 }: Quantity): string {
  return String(Number(((si - zero) / factor).toPrecision(8)));
}

/** The form for a scenario of the site file; the weather stays as it is. */
export function draftOf(one: SiteScenario, before: Draft): Draft {
  const release: Draft['release'] = {};
  for (const field of fieldsFor(one.release.kind)) {
    const value = one.release[field.name];
    if (value !== null) release[field.name] = inUnit(value, field);
  }
  const levels: Draft['levels'] = {};
  const guidelines: string[] = [];
  for (const { quantity, name, level } of one.endpoints) {
    if (level === null && name !== null) guidelines.push(name);
    const known = LEVELS.find((two) => two.name === quantity);
    if (level !== null && known) levels[known.name] = String(Number((level * PER_SI[known.name]).toPrecision(8)));
  }
  return {
    ...before,
    asset: one.asset ?? '',
    east: one.at && one.asset === null ? String(one.at[0]) : '',
    north: one.at && one.asset === null ? String(one.at[1]) : '',
    chemical: one.chemical ?? '',
    amount: one.amount_kg === null ? '' : String(one.amount_kg / 1000),
    kind: one.release.kind,
    release,
    congestion: one.release.congestion,
    guidelines,
    levels,
  };
}

const PER_SI: Record<LevelName, number> = { toxic: 1e6, heat: 1e-3, blast: 1e-3, flammable: 100 };

/** "scenario.release.hole" is the field "release.hole" of the form, "weather.wind" its own. */
export function fieldOfPath(path: string): string {
  const [first = '', ...rest] = path.replace(/\[\d+\]/g, '').split('.');
  if (first === 'weather') return path;
  if (first === 'uncertain') return `uncertain.${rest.includes('wind') ? 'wind' : (rest[0] ?? '')}`;
  if (first !== 'scenario') return '';
  const inner = rest.join('.');
  return inner.startsWith('release') ? inner : (rest[0] ?? '');
}

/** A number that the daemon does not take; nothing is no number. */
export const isOutside = (text: string, { low, high }: Pick<Quantity, 'low' | 'high'>): boolean => {
  const value = Number(text);
  return text.trim() !== '' && !(value >= low && value <= high);
};
