// SPDX-License-Identifier: Apache-2.0
/** English words of the page Storage. */

const plural = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

export const enStorage = {
  title: 'Storage',
  folder: 'Folder of the data',
  free: 'Room on the disk',
  freeOf: (free: string, total: string): string => `${free} free of ${total}`,
  lasts: 'The room lasts for',
  days: (days: number | null): string =>
    days === null ? 'ten years and more' : `about ${plural(days, 'day', 'days')}`,
  lastsHint:
    'As it grew on the last seven full days (UTC), until days must go or samples are refused. A class stops growing where it holds as many days as it keeps.',
  growth: 'Grows a day by',
  floor: 'Samples are refused below',
  reserve: 'Held for records of alarms',
  lastBackup: 'Last backup',
  lastVerify: 'Last verified',
  neverNoted: 'not noted',
  damagedPieces: (n: number): string => plural(n, 'damaged piece', 'damaged pieces'),
  state: {
    ok: '',
    low: 'The disk runs full: the oldest days that may go are removed before their time.',
    full: 'The disk is full: samples are refused. Alarms and their records go on.',
  },

  waits: (name: string, when: string): string =>
    `The class ${name} is kept for a shorter time from ${when} on.`,
  waitsFor: (files: number, bytes: string, rollups: number): string =>
    `${plural(files, 'day', 'days')} of samples (${bytes})${rollups > 0 ? ` and the sums of ${plural(rollups, 'day', 'days')}` : ''} are removed then. Change the site file back to keep them.`,
  missed: (name: string, since: string): string => `${name} is missed since ${since}.`,
  gone: 'The file is gone.',
  damaged: 'The file is damaged as a whole and was set aside.',
  missedMeans: 'What it held is left out of every answer; the rest answers.',
  missedDo: 'Copy the day from a backup into its place, then remove',

  classes: 'How long samples are kept',
  unknown: 'No daemon has noted how long things are kept.',
  className: 'Class',
  keep: 'Samples',
  rollups: 'Sums',
  whenFull: 'May go when full',
  kept: (days: number | null): string => (days === null ? 'for ever' : plural(days, 'day', 'days')),
  after: (days: number): string => `after ${plural(days, 'day', 'days')}`,
  files: 'Days',
  from: 'From',
  to: 'To',
  samples: 'Count of samples',
  samplesOf: (count: string): string => `${count} samples`,
  bytes: 'Takes',
  aDay: 'A day',
  week: 'Last seven days',
  weekOf: (name: string): string => `Bytes of ${name} on each of the last seven full days`,

  kinds: 'What takes the room',
  kind: {
    log: 'Log of the newest samples',
    samples: 'Samples by day',
    rollups: 'Sums of the days',
    records: 'Records of alarms and actions',
    names: 'Names of signals',
    reserve: 'Reserve',
    'set aside': 'Set aside, damaged',
    other: 'Models, jobs and the rest',
  },

  first: 'What goes first when the disk runs full',
  nothingGoes: 'No day may go: the site file says when_full of no class that has older days.',
  mayGo: (files: number, bytes: string): string =>
    `${plural(files, 'day', 'days')} (${bytes}) may go now, the oldest first; days of an incident stay.`,
};
