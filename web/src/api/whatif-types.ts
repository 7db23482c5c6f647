// SPDX-License-Identifier: Apache-2.0
/** The HTTP contract of what-ifs and of changes of the alarms' settings. */
import type { JudgementVerdict, Priority } from './types';

export type WhatIfState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled' | 'interrupted';

/** What is asked. Times as people write them: "-30d", or RFC 3339. */
export interface WhatIfOrder {
  proposed: string;
  from?: string;
  to?: string;
  /** Patterns over alarm keys, whose answers are labelled events. */
  label?: string;
  /** CSV. */
  events?: string;
  /** Rehearse what both files say alike too: floods are made of all alarms of a position. */
  whole?: boolean;
  comment?: string;
}

/** What is wrong with a line of a site file. */
export interface SiteFault {
  line: number;
  column: number;
  path: string;
  what: string;
  remedy: string | null;
}

export interface WhatIf {
  id: number;
  state: WhatIfState;
  by: string;
  comment: string;
  from: string | null;
  to: string | null;
  label: string | null;
  events: boolean;
  created: string;
  started: string | null;
  ended: string | null;
  phase: string;
  /** 0 to 1. */
  progress: number;
  seconds_left: number | null;
  message: string;
  faults: { faults: SiteFault[]; left_out: number } | null;
  kept: { reason: string; by: string; time: string } | null;
  /** Not in a list; null until it is done. */
  answer?: WhatIfAnswer | null;
  /** The text that was ordered, once it has ended. Not in a list. */
  proposed?: string | null;
}

/** How often something rang with the settings in force and with those proposed. */
export interface BeforeAfter {
  before: number;
  after: number;
  before_per_day: number | null;
  after_per_day: number | null;
}

export interface FloodSum {
  count: number;
  seconds: number;
  peak: number;
}

export type EventVerdict = 'same' | 'earlier' | 'later' | 'missed' | 'gained' | 'unfound';

interface EventSide {
  delay_s: number | null;
  condition: string | null;
  /** An alarm stood when the event began, which finds nothing. */
  stood: boolean;
}

export interface WhatIfEvent {
  name: string;
  asset: string | null;
  from: string;
  to: string;
  verdict: EventVerdict;
  source: 'file' | 'answer';
  before: EventSide;
  after: EventSide;
}

export const EVENT_COUNTS = ['kept', 'earlier', 'later', 'missed', 'gained', 'unfound'] as const;

export interface WhatIfEvents extends Record<(typeof EVENT_COUNTS)[number], number> {
  count: number;
  /** Of a time without samples: not looked at, and not counted. */
  outside: number;
  worst_delay_s: { before: number | null; after: number | null };
  list: WhatIfEvent[];
}

/** Whether it rings where people said there was nothing to find. */
export const NUISANCE_VERDICTS = ['new', 'stays', 'spared', 'quiet'] as const;
export type NuisanceVerdict = (typeof NUISANCE_VERDICTS)[number];

export interface WhatIfNuisance extends Record<NuisanceVerdict, number> {
  count: number;
  outside: number;
  list: {
    name: string;
    asset: string | null;
    from: string;
    to: string;
    verdict: NuisanceVerdict;
    answer: JudgementVerdict;
  }[];
}

export type ConditionCount = BeforeAfter & { condition: string };

export interface WhatIfDay {
  from: string;
  before: number;
  after: number;
}

export interface WhatIfFloods {
  position: string;
  before: FloodSum;
  after: FloodSum;
}

export interface WhatIfAnswer {
  changes: { condition: string; text: string }[];
  from: string | null;
  to: string | null;
  days: number;
  samples: number;
  /** False: what both files say alike was left out. */
  whole: boolean;
  alarms: BeforeAfter;
  /** Null when too many rang to be told by day. */
  daily: WhatIfDay[] | null;
  /** Days that a bar of `daily` stands for. */
  bar_days: number;
  /** Null when not all of the site was rehearsed. */
  floods: WhatIfFloods[] | null;
  conditions: ConditionCount[];
  priorities: (BeforeAfter & { priority: Priority })[];
  positions: (BeforeAfter & { position: string })[];
  events: WhatIfEvents | null;
  nuisance: WhatIfNuisance | null;
  notes: string[];
}

/** What differed when a site file came into force, and who gave which reason. */
export interface SettingsChange {
  sequence: number;
  time: string;
  /** The settings of the alarms, or the file line by line. */
  of: 'alarms' | 'file';
  before: string | null;
  changes: string[] | null;
  more: number;
  owner: string | null;
  reason: string | null;
  by: string | null;
  flagged: boolean;
}
