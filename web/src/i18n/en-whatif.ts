// SPDX-License-Identifier: Apache-2.0
/** English words of the page What if. */

const plural = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

export const enWhatIf = {
  title: 'What would it have done?',
  fromAlarm: 'Try other settings',
  intro:
    'Propose other settings of the alarms, and see what operators would have heard with them over what is stored. Nothing of the plant is changed.',
  how: 'How to propose',
  modes: { alarm: 'One alarm or pattern', text: 'The site file as text' },

  subject: 'Alarm or pattern',
  subjectHint:
    'Begin to type and choose an alarm. A pattern names many: * stops at the slash, ** does not.',
  names: (n: number): string => `It names ${plural(n, 'alarm', 'alarms')}.`,
  namesNothing: 'Nothing in the file has this name.',
  formIsLost: 'The form cannot read this text. Change it as text; davy tells what is wrong when it is run.',
  settings: {
    limit: 'Limit',
    model: 'Model',
    budget: 'Budget of false alarms',
    deadband: 'Deadband',
    on_delay: 'On-delay',
    off_delay: 'Off-delay',
    priority: 'Priority',
    latch: 'Latching',
    re_alarm: 'Announced again after',
    shelve_max: 'Longest shelf',
    suppress_when: 'Suppressed when',
  },
  settingHint: {
    limit: 'Empty takes the alarm away.',
    model: 'NAME, NAME@LABEL or NAME@VERSION.',
    budget: 'For example 1/week.',
    deadband: 'In the unit of the signal, or in % of its range.',
    on_delay: 'For example 15s. How long it must hold before the alarm.',
    off_delay: 'How long it must be over before the alarm ends.',
    priority: '',
    latch: 'It stays until somebody resets it.',
    re_alarm: 'While it is still active: 15min.',
    shelve_max: 'At most 12h.',
    suppress_when: 'P-301/current < 0.2 and not T-101/level:hi',
  } as Record<string, string>,
  widerRule: 'A rule for more alarms says this: change it as text.',
  yesNo: { true: 'yes', false: 'no' } as Record<string, string>,
  notSet: 'not set',
  inForce: (value: string): string => `in force: ${value}`,

  text: 'Proposed site file',
  textHint:
    'The whole file, as it would be brought into force. Changed lines have a bar at their number.',
  faults: (n: number): string =>
    `davy found ${plural(n, 'fault', 'faults')} and has run nothing:`,
  line: (n: number): string => `Line ${n}`,

  soFar: 'Proposed so far',
  nothingYet: 'Nothing is changed yet.',
  added: 'new: ',
  removed: 'old: ',
  moreLines: (n: number): string => `${plural(n, 'more line', 'more lines')} in the text.`,
  startOver: 'Start over',

  over: 'Over which past',
  theseDays: 'These days',
  allStored: 'All that is stored',
  lastDays: (n: number): string => `the last ${plural(n, 'day', 'days')}`,
  labelled: 'What must be found',
  answers: 'Answers people gave to alarms',
  file: 'Events from a CSV file',
  fileGiven: 'Events from a CSV file: given',
  fileHint: 'Columns from, to, name and, if alarms of other assets must not count, asset.',
  fileText: 'Labelled events as CSV',
  whole: 'All of the site',
  wholeHint: 'Floods need it. Without it, what both files say alike is left out, which is quicker.',
  comment: 'Why do you ask? (optional)',
  run: 'Run it',
  nothingToRun: 'Change a setting first.',

  unknown: 'There is no such what-if any more.',
  back: 'New proposal',
  askedBy: (by: string, moment: string): string => `Asked by ${by} at ${moment}:`,
  state: {
    queued: 'Waiting for its turn',
    running: 'Running',
    done: 'Done',
    failed: 'Failed',
    cancelled: 'Cancelled',
    interrupted: 'Interrupted by a restart',
  },
  phase: { '': 'Beginning', reading: 'Reading', rehearsing: 'Rehearsing' } as Record<string, string>,
  left: (time: string): string => `about ${time} left`,
  took: (time: string): string => `It took ${time}.`,
  mend: 'Mend the text',
  goOn: 'Go on from this proposal',
  download: 'Download the proposed file',

  before: 'In force',
  after: 'Proposed',
  difference: 'Difference',
  perDay: 'Alarms per day',
  inAll: (before: string, after: string, change: string): string =>
    `${before} → ${after} in all, ${change}`,
  found: 'Events found',
  foundNote: (missed: number, gained: number, earlier: number, later: number): string =>
    `${missed} missed, ${gained} gained, ${earlier} earlier, ${later} later`,
  worstDelay: 'Worst delay',
  worstNote: 'from the begin of an event to its alarm',
  changesNothing: 'The proposed file changes no alarm.',
  daily: (days: number): string =>
    days === 1 ? 'Alarms of each day' : `Alarms of each ${days} days`,
  plotLabel: (before: string, after: string, bars: number): string =>
    `Alarms over ${plural(bars, 'bar', 'bars')}: ${before} in force, ${after} proposed`,
  dayTitle: (day: string, before: string, after: string): string =>
    `${day}: ${before} in force, ${after} proposed`,
  tooMany: 'So many alarms rang that they are not told by day.',
  tried: 'What was tried',
  moreChanges: (n: number): string => `${n} more`,
  looked: (samples: string, days: string, from: string, to: string): string =>
    `${samples} samples over ${days} days, from ${from} to ${to}.`,
  leftOut: 'What both files say alike was left out.',
  notesTitle: 'What the figures do not say',
  notes: {} as Record<string, string>,

  conditions: 'Which alarms came and which went',
  condition: 'Alarm',
  all: 'All',
  turn: { came: 'Came', more: 'More often', fewer: 'Less often', went: 'Went', same: 'As before' },
  showAll: (n: number): string => `Show all ${n}`,

  events: (n: number): string => plural(n, 'labelled event', 'labelled events'),
  counts: {
    kept: 'Kept',
    earlier: 'of them earlier',
    later: 'of them later',
    missed: 'Missed',
    gained: 'Gained',
    unfound: 'Found by neither',
  },
  event: 'Event',
  verdict: 'Verdict',
  began: 'Began',
  delayBefore: 'Delay in force',
  delayAfter: 'Delay proposed',
  foundBy: 'Found by',
  eventVerdict: {
    same: 'Kept',
    earlier: 'Earlier',
    later: 'Later',
    missed: 'Missed',
    gained: 'Gained',
    unfound: 'Found by neither',
  },
  eventSource: { file: 'from the file', answer: 'answered by people' },
  stood: 'an alarm stood already, which finds nothing',
  moreEvents: (n: number): string => `${n} more are not shown.`,
  outside: (n: number): string =>
    `${plural(n, 'more lies', 'more lie')} in a time without samples, which was not looked at.`,
  nuisance: (n: number): string =>
    `${plural(n, 'stretch', 'stretches')} in which people said there was nothing to find`,
  nuisanceVerdict: {
    new: 'Rings only as proposed',
    stays: 'Rings as before',
    spared: 'Spared',
    quiet: 'Quiet in both',
  },
  answer: 'Answer',

  floods: 'Floods',
  inFlood: (before: string, after: string): string => `${before} → ${after} in flood`,
  flood: (n: number, time: string, peak: string): string =>
    `${plural(n, 'flood', 'floods')}, ${time} in all, at most ${peak} in 10 minutes`,
  noFlood: (peak: string): string => `none; at most ${peak} in 10 minutes`,
  floodHint: 'A flood begins above 10 alarms in 10 minutes and ends below 5.',
  byPosition: 'By position',

  keepTitle: 'Keep it as the reason of the change',
  keepHint:
    'davy keeps the figures with your reason. When this file comes into force, its change carries them; a change without a reason is flagged.',
  keep: 'Keep as the reason',
  keptDone: 'Kept.',
  keptBy: (by: string, moment: string): string => `Kept by ${by} at ${moment}:`,

  askedBefore: 'Asked before',
  question: 'Asked',
  stateTitle: 'State',
  by: 'By',
  reason: 'Reason',

  changesTitle: 'Changes of alarms and of the site file',
  changeOf: { alarms: 'alarms', file: 'site file' } as Record<string, string>,
  unreasoned: (n: number): string =>
    `${plural(n, 'record has', 'records have')} no reason.`,
  noChanges: 'No change is on record.',
  inForceSince: 'In force since',
  what: 'What changed',
  noReason: 'No reason',
  firstOne: 'none is needed',
  firstOf: { alarms: 'The first settings on record', file: 'The first file on record' },
  notKnown: 'Not known: the settings before are lost',
};
