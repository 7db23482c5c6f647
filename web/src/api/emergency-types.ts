// SPDX-License-Identifier: Apache-2.0
/** What an emergency is told by: the ground, zones of a release, incidents. All in SI. */

/** Metres east and north of the site's origin. */
export type Point = readonly [number, number];

export type PlaceKind = 'building' | 'open' | 'muster';

export interface Place {
  name: string;
  title: string;
  kind: PlaceKind;
  /** A ring that is not closed; one point is a place without an outline. */
  outline: Point[];
  day: number | null;
  night: number | null;
  badges: string | null;
  air_changes: number | null;
  capacity: number | null;
  outside: boolean;
  sensitive: boolean;
}

export interface Road {
  from: string;
  to: string;
  from_at: Point;
  to_at: Point;
  length: number;
  speed: number;
  one_way: boolean;
}

export interface Resource {
  name: string;
  type: string | null;
  at: Point | null;
  crew: number;
  capabilities: string[];
  ppe: string | null;
  speed: number | null;
}

export type ReleaseKind = 'liquid hole' | 'gas hole' | 'rate' | 'all' | 'pool' | 'charge';
export type ReleaseNumber =
  | 'hole'
  | 'rate'
  | 'duration'
  | 'height'
  | 'pressure'
  | 'temperature'
  | 'head'
  | 'dike'
  | 'depth'
  | 'volume';

export type SiteRelease = { kind: ReleaseKind; congestion: string } & Record<ReleaseNumber, number | null>;

export interface SiteScenario {
  name: string;
  title: string;
  asset: string | null;
  at: Point | null;
  chemical: string | null;
  amount_kg: number | null;
  when: string | null;
  frequency: number | null;
  release: SiteRelease;
  endpoints: { quantity: string; name: string | null; level: number | null }[];
}

/** Paths of the signals that tell the weather. */
export interface WeatherSignals {
  wind_speed: string | null;
  wind_from: string | null;
  temperature: string | null;
  humidity: string | null;
  radiation: string | null;
  cloud: string | null;
  height: number;
  urban: boolean;
}

export interface Ground {
  location: [number, number] | null;
  weather: WeatherSignals | null;
  places: Place[];
  roads: Road[];
  resources: Resource[];
  scenarios: SiteScenario[];
}

/** How an answer is meant: a number is a distance for "value" and "two" alone. */
export type AnswerKind = 'value' | 'two' | 'not reached' | 'outside' | 'no data';

export type Effect =
  | 'toxic'
  | 'flash-fire'
  | 'pool-fire'
  | 'jet-fire'
  | 'fireball'
  | 'explosion';

export interface ModelAnswer {
  model: string;
  kind: AnswerKind;
  distance: number | null;
  text: string;
  formula: string | null;
}

export interface Zone {
  id: number;
  effect: string;
  endpoint: string;
  level: number;
  unit: string;
  severity: number;
  kind: AnswerKind;
  distance: number | null;
  near: number | null;
  band: [number | null, number | null] | null;
  model: string | null;
  text: string;
  people: number | null;
  models: ModelAnswer[];
  ring: Point[];
}

export type Advice = 'shelter' | 'evacuate' | 'none' | 'unknown';

export interface PlaceAdvice {
  name: string;
  kind: PlaceKind;
  people: number | null;
  inside: number[];
  advice: Advice;
  leave_after: number | null;
  load_inside: number | null;
  load_outside: number | null;
  why: string;
  why_zh: string;
}

export interface Muster {
  name: string;
  at: Point | null;
  distance: number | null;
  upwind: boolean;
  safe: boolean;
}

export interface Domino {
  asset: string;
  effect: string;
  level: number | null;
  endpoint: string;
  endpoint_zh: string;
  distance: number | null;
}

export interface Formula {
  title: string;
  title_zh?: string;
  equation: string;
  source: string;
  range: string;
  cases: string;
}

export interface ImpactWeather {
  wind: number | null;
  wind_from: number | null;
  stability: string | null;
  temperature: number | null;
  humidity: number | null;
  urban: boolean;
  method: string | null;
}

export interface SourceLine {
  name: string;
  value: number | null;
  unit: string;
  kind: AnswerKind;
  text: string;
  formula: string | null;
}

/** What a release becomes; null where no table has its ignition, or nobody gave a frequency. */
export interface Outcome {
  outcome: string;
  share: number | null;
  frequency: number | null;
  kind: AnswerKind;
  text: string;
  formula: string | null;
  by: string;
}

export interface Impact {
  scenario: string;
  chemical: { name: string; cas: string | null } | null;
  at: Point;
  origin: [number, number] | null;
  computed: string;
  likelihood: number | null;
  weather: ImpactWeather;
  source: SourceLine[];
  /** Not in what was recorded before there were any. */
  outcomes?: Outcome[];
  zones: Zone[];
  places: PlaceAdvice[];
  muster: Muster[];
  domino: Domino[];
  assets: string[];
  formulas: Record<string, Formula>;
  /** Where something was uncertain. */
  spread?: Spread;
  /** The rings once more, in degrees. */
  geojson?: unknown;
}

/** A distance in metres, and what holds the true one; null: beyond all distances. */
export interface Quantile {
  distance: number | null;
  low: number | null;
  high: number | null;
}

export interface SpreadZone {
  effect: Effect;
  endpoint: string;
  level: number | null;
  severity: number;
  reached: number;
  not_reached: number;
  outside: number;
  unknown: number;
  p5: Quantile;
  p50: Quantile;
  p95: Quantile;
  moves: { figure: string; correlation: number }[];
  histogram: { from: number | null; to: number | null; counts: number[] };
}

/** Draws of what the scenario calls uncertain. */
export interface Spread {
  draws: number;
  seed: number;
  confidence: number;
  zones: SpreadZone[];
}

/** A scenario that has begun, with its impact in the weather of this moment. */
export interface Threat {
  live: {
    scenario: string;
    state: 'active' | 'ended';
    since: string | null;
    by: string | null;
    alarms: string[];
    /** Instruments that are silent, and what was taken for each. */
    assumed: { silent: string; taken: string }[];
    record: number | null;
    hash: string | null;
    problem: string | null;
  };
}

/** The impact is absent while it could not be computed. */
export type LiveZones = Threat & Partial<Impact>;
