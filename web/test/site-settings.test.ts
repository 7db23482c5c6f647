// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { patternNames, settingsFor, SiteText, subjectOfKey } from '../src/lib/site-settings';

const SITE = `site: {name: plant}
assets:
  - name: T-101
    signals:
      - {name: pressure, unit: kPa, limits: {hi: 1000, hihi: 1200}, deadband: 2%, priority: high}
      - name: level
        unit: "%"
        stuck: 10min
detectors:
  - {name: watch, model: t101@champion, signals: [T-101/*]}
alarms:
  - {match: ["**"], shelve_max: 4h, priority: low} # all
  - match: ["T-101/pressure:hi"]
    on_delay: 5s
`;

const site = new SiteText(SITE);
/** What a reader of the changed text says. */
const after = (key: string, name: Parameters<SiteText['with']>[1], value: string | null) =>
  new SiteText(site.with(key, name, value));

test('a key says what it names', () => {
  assert.deepEqual(subjectOfKey('T-101/pressure:hi'), { kind: 'signal', of: 'T-101/pressure', condition: 'hi' });
  assert.deepEqual(subjectOfKey('detector watch:model'), { kind: 'detector', of: 'watch', condition: 'model' });
  assert.equal(subjectOfKey('T-*/level:hi').kind, 'pattern');
  assert.equal(subjectOfKey('source plc-1:source').kind, 'other');
  assert.equal(subjectOfKey('davy:store').kind, 'other');
});

test('a form asks what can be said of it', () => {
  const of = (key: string) => settingsFor(subjectOfKey(key)).slice(0, 2);
  assert.deepEqual(of('T-101/pressure:hi'), ['limit', 'deadband']);
  assert.deepEqual(of('T-101/level:stuck'), ['limit', 'on_delay']);
  assert.deepEqual(of('detector watch:model'), ['model', 'budget']);
  assert.deepEqual(of('source plc-1:source'), ['on_delay', 'off_delay']);
});

// The patterns of docs/site.md, alarm rule.
test('a star stops at a slash, two do not', () => {
  assert.ok(patternNames('T-101/*:hihi', 'T-101/pressure:hihi'));
  assert.ok(!patternNames('T-101/*:hihi', 'T-101/pressure:hi'));
  assert.ok(!patternNames('*:hi', 'T-101/pressure:hi'));
  assert.ok(patternNames('**:hi', 'T-101/pressure:hi'));
  assert.ok(patternNames('detector *:model', 'detector watch:model'));
  assert.ok(!patternNames('T.101/*', 'T-101/pressure'));
});

test('a setting is that of the last rule that says it, else the own one', () => {
  const of = (name: Parameters<SiteText['setting']>[1]) => site.setting('T-101/pressure:hi', name);
  assert.equal(of('limit'), '1000');
  assert.equal(of('deadband'), '2%');
  assert.equal(of('on_delay'), '5s');
  assert.equal(of('priority'), 'low', 'the rule for all comes over the own one');
  assert.equal(of('shelve_max'), '4h');
  assert.equal(of('latch'), null);
  assert.equal(site.setting('T-101/level:stuck', 'limit'), '10min');
  assert.equal(site.setting('detector watch:model', 'model'), 't101@champion');
  assert.equal(site.setting('T-101/*', 'shelve_max'), null, 'a pattern has what is said of it');
  assert.equal(site.setting('T-999/x:hi', 'limit'), null);
});

test('a limit is changed where the signal has it', () => {
  assert.equal(site.with('T-101/pressure:hi', 'limit', '1050'), SITE.replace('hi: 1000', 'hi: 1050'));
  assert.equal(site.with('T-101/pressure:lo', 'limit', '5'), SITE.replace('hihi: 1200', 'hihi: 1200, lo: 5'));
  assert.equal(site.with('T-101/pressure:hihi', 'limit', null), SITE.replace(', hihi: 1200', ''));
  assert.equal(
    site.with('T-101/level:hi', 'limit', '90'),
    SITE.replace('stuck: 10min', 'stuck: 10min\n        limits: {hi: 90}'),
  );
  const bare = new SiteText(site.with('T-101/level:hi', 'limit', '90'));
  assert.equal(bare.with('T-101/level:hi', 'limit', null), SITE);
  assert.equal(site.with('T-101/level:stuck', 'limit', '5min'), SITE.replace('10min', '5min'));
  assert.equal(site.with('detector watch:model', 'model', 't101@3'), SITE.replace('@champion', '@3'));
});

test('a delay is changed in the rule of the alarm alone, or in a new last one', () => {
  assert.equal(site.with('T-101/pressure:hi', 'on_delay', '15s'), SITE.replace('5s', '15s'));
  assert.equal(
    site.with('T-101/pressure:hi', 'off_delay', '1min'),
    SITE.replace('on_delay: 5s', 'on_delay: 5s\n    off_delay: 1min'),
  );
  assert.equal(
    site.with('T-101/pressure:hihi', 'on_delay', '2s'),
    `${SITE}  - match: ["T-101/pressure:hihi"]\n    on_delay: 2s\n`,
  );
  assert.equal(after('T-101/*:hi', 'on_delay', '9s').setting('T-101/pressure:hi', 'on_delay'), '9s');
  assert.equal(after('T-101/pressure:hi', 'priority', 'critical').setting('T-101/pressure:hi', 'priority'), 'critical');
  assert.equal(after('T-101/pressure:hi', 'deadband', '5').setting('T-101/pressure:hihi', 'deadband'), '2%');
});

test('a rule before one that says the same is not changed, for that would do nothing', () => {
  const text = `alarms:\n  - {match: ["a/b:hi"], latch: true}\n  - {match: ["a/*"], latch: false}\n`;
  const changed = new SiteText(text).with('a/b:hi', 'latch', 'true');
  assert.equal(changed, `${text}  - match: ["a/b:hi"]\n    latch: true\n`);
});

test('what is cleared is taken out where it was said of this alone', () => {
  assert.equal(after('T-101/pressure:hi', 'on_delay', null).setting('T-101/pressure:hi', 'on_delay'), null);
  assert.equal(site.with('T-101/pressure:hi', 'deadband', null), SITE.replace(' deadband: 2%,', ''));
  assert.equal(site.with('T-101/pressure:hi', 'shelve_max', null), SITE, 'the rule for all stays');
});
