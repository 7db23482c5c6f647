// SPDX-License-Identifier: Apache-2.0
/** The HTTP contract as types. Times are RFC 3339 text, but for `times` of samples: integer ns. */

export type Role = 'viewer' | 'operator' | 'engineer' | 'admin';
export const ROLES: readonly Role[] = ['viewer', 'operator', 'engineer', 'admin'];

export type Priority = 'low' | 'medium' | 'high' | 'critical';
export type Quality = 'good' | 'uncertain' | 'bad';

export interface Me {
  name: string;
  role: Role;
  version: string;
}

export interface Site {
  name: string;
  title: string | null;
  location: [number, number] | null;
  timezone: string | null;
  now: string;
  positions: Position[];
}

/** Operators at one desk. */
export interface Position {
  name: string;
  title: string;
}

export interface AssetAlarm {
  priority: Priority;
  state: AlarmState;
  count: number;
}

export interface Asset {
  name: string;
  kind: string | null;
  title: string | null;
  at: [number, number] | null;
  holds: { chemical: string; amount_kg: number | null } | null;
  signals: string[];
  position: string;
  alarm: AssetAlarm | null;
}

export interface Limits {
  lolo: number | null;
  lo: number | null;
  hi: number | null;
  hihi: number | null;
}
export type LimitName = keyof Limits;
export const LIMIT_NAMES: readonly LimitName[] = ['hihi', 'hi', 'lo', 'lolo'];

export interface Latest {
  time: string;
  value: number | null;
  quality: Quality;
}

export interface Signal {
  signal: string;
  asset: string | null;
  detector: string | null;
  name: string;
  title: string | null;
  unit: string;
  range: [number, number] | null;
  limits: Limits | null;
  priority: Priority;
  source: string | null;
  deadline: string | null;
  latest: Latest | null;
}

export type SourceState = 'connecting' | 'running' | 'lost' | 'finished';

export interface Source {
  name: string;
  kind: string;
  address: string | null;
  state: SourceState;
  message: string | null;
  since: string | null;
  samples: number;
  failures: number;
}

/** One series in steps: `values` are means; empty steps are left out. */
export interface SteppedSeries {
  signal: string;
  unit: string;
  times: number[];
  values: (number | null)[];
  step?: number;
  min?: (number | null)[];
  max?: (number | null)[];
  count?: number[];
  bad?: number[];
}

/** How long a signal stood at each of its values, in nanoseconds of each step. */
export interface StateSeries {
  signal: string;
  unit: string;
  step: number;
  too_many_values: boolean;
  times: number[];
  states: { value: number | null; held: number[] }[];
  unknown: number[];
}

export type DetectorState = 'normal' | 'alarm' | 'abstain' | 'unavailable';

export interface Contribution {
  signal: string;
  contribution: number | null;
  value?: number | null;
  expected?: number | null;
}

export interface Detector {
  name: string;
  model: string;
  version: number | null;
  kind: string | null;
  signals: string[];
  priority: Priority;
  position: string;
  state: DetectorState;
  score: number | null;
  message: string | null;
  time: string | null;
  rows: number;
  abstained: number;
  budget_per_day: number | null;
  promise_per_day: number | null;
  trained: string | null;
  model_hash: string | null;
  contributions?: Contribution[];
}

export type AlarmState =
  | 'normal'
  | 'unacknowledged'
  | 'acknowledged'
  | 'returned'
  | 'latched'
  | 'latched-acknowledged'
  | 'shelved'
  | 'suppressed'
  | 'out-of-service';

export type AlarmFilter = 'standing' | 'active' | 'shelved' | 'all';
export const ALARM_FILTERS: readonly AlarmFilter[] = ['standing', 'active', 'shelved', 'all'];

export interface Reason {
  text: string;
  value?: number | null;
  limit?: number | null;
  unit?: string | null;
  model?: string | null;
  model_hash?: string | null;
  window?: [string, string] | null;
  causes?: Contribution[] | null;
}

export interface Alarm {
  id: number;
  key: string;
  kind: string;
  signal?: string | null;
  detector?: string | null;
  source?: string | null;
  asset: string | null;
  state: AlarmState;
  /** What lies under a shelf, a suppression or an outage; the state itself else. */
  evaluated: AlarmState;
  active: boolean;
  acknowledged: boolean;
  /** The condition is over, and the alarm stays until somebody resets it. */
  latched: boolean;
  department: string | null;
  priority: Priority;
  since: string | null;
  changed: string;
  shelved_until: string | null;
  one_shot: boolean;
  /** Seconds. */
  shelve_max: number;
  out_until: string | null;
  suppressed_by: string | null;
  occurrences: number;
  re_alarms: number;
  comment: string | null;
  by: string | null;
  /** What a person said of the last occurrence. */
  judgement: { verdict: JudgementVerdict; by: string; comment: string | null; time: string } | null;
  cause: string | null;
  consequence: string | null;
  /** Seconds. */
  respond_within: number | null;
  actions: string[];
  reason: Reason | null;
  /** Present while the newest transition waits for its sync to disk. */
  durable?: false;
}

export type JudgementVerdict = 'true' | 'false' | 'known-work';
export const JUDGEMENT_VERDICTS: readonly JudgementVerdict[] = ['true', 'false', 'known-work'];

export type AlarmAction =
  | 'acknowledge'
  | 'reset'
  | 'comment'
  | 'judge'
  | 'shelve'
  | 'unshelve'
  | 'out-of-service'
  | 'return-to-service';

/** What an action is sent with. */
export interface ActionBody {
  comment?: string;
  reason?: string;
  duration?: string;
  one_shot?: boolean;
  verdict?: JudgementVerdict;
  occurrence?: number;
}

/** Those that the code has. */
export interface RelatedValues {
  signal?: string | null;
  detector?: string | null;
  source?: string | null;
  reason?: Reason | string | null;
  comment?: string | null;
  count?: number;
  alias?: string;
  from?: string | number | null;
  to?: string | number | null;
}

/** What was near an alarm in the ten minutes before it began. */
export interface RelatedEvent {
  time: string;
  kind: string;
  key?: string;
  subject?: string;
  asset: string | null;
  /** In English. */
  text: string;
  /** What it says, with `values` in its words: of an alarm its kind, of an action the transition. */
  code: string | null;
  values: RelatedValues;
  by: string | null;
  near: string;
  steps: number;
  why: string;
}

export interface Transition {
  sequence: number;
  time: string;
  id: number;
  key: string;
  signal?: string | null;
  detector?: string | null;
  source?: string | null;
  asset?: string | null;
  transition: string;
  state: AlarmState;
  priority: Priority;
  text: string | null;
  by?: string | null;
  comment?: string | null;
  verdict?: JudgementVerdict;
}

export interface ScoreEvent {
  detector: string;
  time: string | null;
  score: number | null;
  verdict: DetectorState;
  contributions?: Contribution[];
}

export interface Session extends Me {
  /** The second token, for X-CSRF-Token. */
  csrf: string | null;
}

export interface Key {
  name: string;
  role: Role;
  created: string | null;
  /** Patterns of models; null for every model. */
  models: string | null;
  /** Requests a second. */
  rate: number | null;
  queries_per_day: number | null;
}

export interface NewKey {
  name: string;
  role: Role;
  key: string;
}

export type ModelState = 'READY' | 'LOADING' | 'UNLOADING' | 'UNAVAILABLE';

/** A version of a model in the repository; `version` is "" where there is none. */
export interface ModelEntry {
  name: string;
  version: string;
  state: ModelState;
  reason: string;
  /** Labels with commas between them. */
  aliases?: string;
}

/** -1 in `shape` is a free dimension; the first one is the batch. */
export interface ModelPort {
  name: string;
  datatype: string;
  shape: number[];
  /** Names along the last dimension, where davy trained the model on columns. */
  parameters?: { signals?: string[] };
}

/** How requests for a model are shared among its versions, and what came of it. */
export interface ModelTraffic {
  canary: string;
  canary_share: number;
  shadow: string;
  error_bound: number;
  decide_after: number;
  canary_requests: number;
  canary_failures: number;
  canary_absent: number;
  canary_taken_back: boolean;
  shadow_compared: number;
  shadow_disagreed: number;
  shadow_skipped: number;
  disagreements: Disagreement[];
}

export interface Disagreement {
  time_ns: number;
  id: string;
  client: string;
  version: number;
  shadow_version: number;
  reason: string;
}

export interface ModelAbout {
  name: string;
  versions: string[];
  platform: string;
  inputs: ModelPort[];
  outputs: ModelPort[];
}

export interface Tally {
  count: number;
  ns: number;
}

export interface Quantiles {
  count: number;
  p50_ns: number;
  p90_ns: number;
  p99_ns: number;
  max_ns: number;
}

export interface ModelStats {
  name: string;
  version: string;
  /** Unix time in ms; 0: never. */
  last_inference: number;
  inference_stats: Record<'success' | 'fail' | 'queue' | 'compute_infer', Tally>;
  latency: Record<'request' | 'queue' | 'compute_infer', Quantiles>;
  pending: number;
  certificate: { batch_size: number; p50_ns: number; p99_ns: number }[];
}

export type DriftMonitorName = 'psi' | 'ks' | 'mmd' | 'any' | 'never' | 'always';

/** Shares are 0 to 1; null where there is none yet. */
export interface DriftMonitor {
  monitor: DriftMonitorName;
  /** For the newest window. */
  fired: boolean | null;
  windows_fired: number | null;
  false_alarms: number | null;
  detected: number | null;
  right: number | null;
}

export interface DriftFeature {
  name: string;
  of: 'input' | 'output';
  kind: 'number' | 'category';
  psi: number | null;
  ks: number | null;
  mean: number | null;
  reference_mean: number | null;
  missing: number | null;
  fired: boolean;
}

export interface DriftWindow {
  ended_ns: number;
  fired: DriftMonitorName[];
}

/** Whether what a version is asked and answers is still what it was made on. */
export interface Drift {
  version: number;
  state: 'nothing' | 'learning' | 'watching';
  reference: { of: 'training' | 'requests' | 'nothing'; rows: number };
  filled: number;
  windows: number;
  left_out: number;
  monitors: DriftMonitor[];
  features: DriftFeature[];
  history: DriftWindow[];
  settings: { window_rows: number; reference_rows: number; psi_limit: number; trials: number };
}

export type InferParameters = Record<string, string | number | boolean>;
export type InferElement = number | string | boolean | null;

export interface InferRequest {
  parameters?: InferParameters;
  inputs: (ModelPort & { data: InferElement[]; parameters?: InferParameters })[];
  outputs?: { name: string; parameters: InferParameters }[];
}

export interface InferResponse {
  model_version: string;
  parameters?: { abstain?: boolean; doubt?: string };
  outputs: (ModelPort & { data: InferElement[] })[];
}
