// SPDX-License-Identifier: Apache-2.0
/** The HTTP contract of alarms taken together: figures, floods, receivers, the shift handover. */
import type { Alarm, AlarmState, Priority } from './types';

/* -- Floods ------------------------------------------------------------------------------------ */

export interface FloodAlarm {
  id: number;
  key: string;
  asset: string | null;
  /** Of its first annunciation in the flood. */
  time: string;
}

export type PlaceWhy = 'source' | 'downstream' | 'first' | 'circle' | 'same' | 'time';

export interface PlacedAlarm extends FloodAlarm {
  count: number;
  state: AlarmState;
  active: boolean;
  priority: Priority;
  why: PlaceWhy;
  /** The asset that `why` speaks of, so many steps upstream. */
  of: string | null;
  steps: number;
  text: string;
}

export interface Flood {
  position: string;
  title: string;
  now: boolean;
  began: string | null;
  ended: string | null;
  alarms: number;
  peak: number;
  ten_minutes: number;
  left_out: number;
  first_out: FloodAlarm | null;
  suppressed: { shelved: number; by_design: number; out_of_service: number; since_begin: number };
  /** Not in events. */
  order?: PlacedAlarm[];
}

/* -- Figures ----------------------------------------------------------------------------------- */

export type Verdict = 'acceptable' | 'manageable' | 'over' | 'unknown';

export interface KpiFigure {
  name: string;
  value: number | null;
  acceptable: number;
  manageable: number | null;
  /** Of 1. */
  share: boolean;
  /** The targets are lower bounds. */
  at_least: boolean;
  verdict: Verdict;
}

/** [largest number of a bin, how often], the smallest first. */
export type Bins = [number, number][];

export interface KpiCounts {
  periods: number;
  median: number | null;
  p95: number | null;
  most: number | null;
  counts: Bins;
}

export interface KpiWaits {
  count: number;
  median_s: number | null;
  p95_s: number | null;
  most_s: number | null;
  counts: Bins;
}

export interface KpiFloods {
  count: number;
  seconds: number;
  longest_s: number;
  peak: number;
  alarms: number;
  now: boolean;
}

export interface KpiTimes {
  alarms: number;
  times: number;
}

export interface KpiFrequent {
  key: string;
  id: number;
  count: number;
  share: number;
}

export const KPI_STANDING = [
  'active',
  'unacknowledged',
  'shelved',
  'suppressed',
  'out_of_service',
  'stale',
] as const;

export interface PositionKpi {
  position: string;
  title: string;
  begin: string | null;
  end: string | null;
  days: number;
  /** To judge. */
  enough: boolean;
  alarms: number;
  figures: KpiFigure[];
  per_day: KpiCounts;
  per_hour: KpiCounts;
  per_ten_minutes: KpiCounts;
  floods: KpiFloods;
  acknowledge: KpiWaits;
  chattering: KpiTimes;
  fleeting: KpiTimes;
  priorities: Record<Priority, number>;
  top: KpiFrequent[];
  now: Record<(typeof KPI_STANDING)[number], number>;
  bars: { days: number; counts: number[] };
}

export interface AlarmKpi {
  site: string;
  from: string | null;
  to: string | null;
  days_wanted: number;
  unreadable: number;
  positions: PositionKpi[];
}

/* -- Receivers --------------------------------------------------------------------------------- */

export interface Receiver {
  name: string;
  kind: string;
  place: string;
  format: string;
  waiting: number;
  confirmed: number;
  given_up: number;
  unkept: number;
  last_confirmed: string | null;
  last_heartbeat: string | null;
  failing_s: number | null;
  again_s: number | null;
  error: string | null;
  /** What keeps it from being as safe as it should be on this machine. */
  lacks: string | null;
}

export interface ReceiverMessage {
  id: string;
  type: string;
  alarm: string | null;
  text: string;
  state: 'waiting' | 'confirmed' | 'given-up';
  due: string;
  finished: string | null;
  tries: number;
  error: string | null;
}

/* -- Proof tests ------------------------------------------------------------------------------- */

export interface ProofItem {
  condition: string;
  outcome: 'passed' | 'failed';
  why: string | null;
  accepted_ms: number | null;
  durable_ms: number | null;
  found_ms: number | null;
  recorded_ms: number | null;
  announced_ms: number | null;
  receivers?: { name: string; state: string; confirmed_ms: number | null }[];
}

export interface ProofCondition {
  condition: string;
  kind: string;
  detector: string | null;
  /** The next proof, by the site's own tests. */
  due: string | null;
  overdue: boolean;
  test: number | null;
  proved: string | null;
  age_s: number | null;
  item: ProofItem | null;
}

export interface ProofTest {
  id: number;
  state: 'running' | 'finished' | 'interrupted';
  /** Why it was interrupted. */
  why: string | null;
  /** null: the site asks for it. */
  by: string | null;
  began: string;
  conditions: number;
  passed: number;
  failed: number;
}

export interface ProofTests {
  prooftests: ProofTest[];
  conditions: ProofCondition[];
  left_out: number;
}

/* -- The shift handover ------------------------------------------------------------------------ */

interface Counted {
  count: number;
  left_out: number;
}

export interface HandoverAlarms extends Counted {
  alarms: Alarm[];
}

export interface HandoverFlood {
  began: string;
  ended: string | null;
  alarms: number | null;
  peak: number | null;
  first_out: string | null;
}

export interface HandoverChange {
  time: string;
  by: string | null;
  action: string;
  subject: string;
  outcome: string | null;
  /** Which settings of alarms were changed. */
  text: string | null;
  /** Settings were changed and nobody gave a reason. */
  flagged: boolean;
}

export interface HandoverSide {
  time: string;
  by: string;
  comment: string | null;
}

/** Lists of alarms on the page, in its order. */
export const HANDOVER_LISTS = [
  'standing',
  'shelved',
  'suppressed',
  'out_of_service',
  'degraded',
] as const;
export type HandoverList = (typeof HANDOVER_LISTS)[number];

export interface Handover extends Record<HandoverList, HandoverAlarms> {
  position: string;
  title: string | null;
  now: string;
  /** When the one before was taken. */
  since: string | null;
  records: number;
  floods: Counted & { floods: HandoverFlood[] };
  changes: Counted & { changes: HandoverChange[] };
  given: (HandoverSide & { id: number }) | null;
}

export interface PastHandover {
  id: number;
  given: HandoverSide;
  taken: HandoverSide | null;
}
