// SPDX-License-Identifier: Apache-2.0
/**
 * The settings of one alarm, or of all that a pattern names, in the text of a site file: as they
 * are, and the text with one of them changed. What a rule can say is said by a rule, so that the
 * other alarms of a signal keep theirs; docs/site.md names the keys.
 */
import { withItem, withKey, written } from './yaml/edit';
import {
  itemsOf,
  readYaml,
  textOf,
  valueOf,
  type YamlMap,
  type YamlNode,
} from './yaml/read';

/** Settings that stand in a rule of `alarms`, in the order of a form. */
export const RULE_SETTINGS = [
  'deadband',
  'on_delay',
  'off_delay',
  'priority',
  'latch',
  're_alarm',
  'shelve_max',
  'suppress_when',
] as const;
/** Settings that stand where the signal or the detector is described. */
export const OWN_SETTINGS = ['limit', 'model', 'budget'] as const;
export type SettingName = (typeof RULE_SETTINGS)[number] | (typeof OWN_SETTINGS)[number];

/** What a key of a condition names. */
export interface Subject {
  kind: 'signal' | 'detector' | 'pattern' | 'other';
  /** Path of the signal or name of the detector. */
  of: string;
  /** "hihi", "silence", "model", ... */
  condition: string;
}

const DETECTOR = 'detector ';

export function subjectOfKey(key: string): Subject {
  const colon = key.lastIndexOf(':');
  const [before, condition] = [key.slice(0, Math.max(0, colon)), key.slice(colon + 1)];
  if (key.includes('*')) return { kind: 'pattern', of: key, condition };
  if (before.startsWith(DETECTOR))
    return { kind: 'detector', of: before.slice(DETECTOR.length), condition };
  return { kind: before.includes('/') ? 'signal' : 'other', of: before, condition };
}

/** Where a signal says what a condition of it is held against. */
const LIMITS: readonly string[] = ['lolo', 'lo', 'hi', 'hihi'];
const OWN_KEY: Record<string, string> = {
  rate: 'rate_limit',
  stuck: 'stuck',
  silence: 'deadline',
  shift: 'shift',
  novel: 'novel',
};

/** The settings that a form has for it, in their order. */
export function settingsFor({ kind, condition }: Subject): SettingName[] {
  const isLimit = LIMITS.includes(condition);
  const own: SettingName[] = [];
  if (kind === 'signal' && (isLimit || OWN_KEY[condition] !== undefined)) own.push('limit');
  if (kind === 'detector' && condition === 'model') own.push('model', 'budget');
  const hasDeadband = isLimit || kind === 'pattern';
  return [...own, ...RULE_SETTINGS.filter((name) => name !== 'deadband' || hasDeadband)];
}

/** Whether a pattern of a rule names a condition: `*` stops at `/`, `**` does not. */
export function patternNames(pattern: string, key: string): boolean {
  const source = pattern
    .split(/(\*\*|\*)/)
    .map((part) => {
      if (part === '**') return '.*';
      return part === '*' ? '[^/]*' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
    })
    .join('');
  return new RegExp(`^${source}$`).test(key);
}

function isNamed(list: YamlNode | null, key: string, name: string): YamlNode | null {
  return itemsOf(list).find((one) => textOf(valueOf(one, key)) === name) ?? null;
}

/** The text of a site file, read once. */
export class SiteText {
  readonly document: YamlNode | null;

  /** Throws NotRead. */
  constructor(readonly text: string) {
    this.document = readYaml(text);
  }

  /** The value as it is written in the file; null where nothing is said of it. */
  setting(key: string, name: SettingName): string | null {
    const subject = subjectOfKey(key);
    const own = this.#ownPlace(subject, name);
    if (own) return textOf(valueOf(own.map, own.key));
    const rule = this.#giver(key, name);
    if (rule) return textOf(valueOf(rule, name));
    return textOf(valueOf(this.#fallback(subject), name));
  }

  /** The text with the setting changed; null takes it out where it is said of this alone. */
  with(key: string, name: SettingName, value: string | null): string {
    const subject = subjectOfKey(key);
    const yaml = value === null ? null : written(value);
    if (name === 'limit' && LIMITS.includes(subject.condition) && subject.kind === 'signal')
      return this.#withLimit(subject, yaml);
    const own = this.#ownPlace(subject, name);
    if (own) return withKey(this.text, own.map, own.key, yaml);
    if (yaml === null) return this.#without(key, name);
    const rule = this.#ruleFor(key, name);
    if (rule) return withKey(this.text, rule, name, yaml);
    const item = [['match', `[${JSON.stringify(key)}]`], [name, yaml]] as const;
    return withItem(this.text, this.document, 'alarms', item);
  }

  #without(key: string, name: SettingName): string {
    const rule = this.#giver(key, name);
    const place = rule ?? this.#fallback(subjectOfKey(key));
    const isWider = rule !== null && !this.#isOf(rule, key);
    return place && !isWider ? withKey(this.text, place, name, null) : this.text;
  }

  #signal(path: string): YamlMap | null {
    const slash = path.lastIndexOf('/');
    const asset = isNamed(valueOf(this.document, 'assets'), 'name', path.slice(0, slash));
    const found = isNamed(valueOf(asset, 'signals'), 'name', path.slice(slash + 1));
    return found?.kind === 'map' ? found : null;
  }

  #detector(name: string): YamlMap | null {
    const found = isNamed(valueOf(this.document, 'detectors'), 'name', name);
    return found?.kind === 'map' ? found : null;
  }

  /** Where a setting stands that no rule can say. */
  #ownPlace({ kind, of, condition }: Subject, name: SettingName) {
    if (kind === 'detector' && (name === 'model' || name === 'budget')) {
      const map = this.#detector(of);
      return map && { map, key: name };
    }
    if (kind !== 'signal' || name !== 'limit') return null;
    const signal = this.#signal(of);
    if (!LIMITS.includes(condition)) {
      const key = OWN_KEY[condition];
      return signal && key !== undefined ? { map: signal, key } : null;
    }
    const limits = valueOf(signal, 'limits');
    return limits?.kind === 'map' ? { map: limits, key: condition } : null;
  }

  #withLimit({ of, condition }: Subject, yaml: string | null): string {
    const signal = this.#signal(of);
    const limits = valueOf(signal, 'limits');
    if (limits?.kind === 'map') {
      const isLast = yaml === null && limits.entries.every((one) => one.key === condition);
      if (!isLast || !signal) return withKey(this.text, limits, condition, yaml);
      return withKey(this.text, signal, 'limits', null);
    }
    if (!signal || yaml === null) return this.text;
    return withKey(this.text, signal, 'limits', `{${condition}: ${yaml}}`);
  }

  /** What an alarm has when no rule says it: the signal's or the detector's own. */
  #fallback({ kind, of, condition }: Subject): YamlMap | null {
    if (kind === 'detector') return this.#detector(of);
    const isOwn = LIMITS.includes(condition) || condition === 'rate';
    return kind === 'signal' && isOwn ? this.#signal(of) : null;
  }

  #rules(): YamlMap[] {
    const all = itemsOf(valueOf(this.document, 'alarms'));
    return all.filter((one): one is YamlMap => one.kind === 'map');
  }

  #matches(rule: YamlMap): string[] {
    return itemsOf(valueOf(rule, 'match')).map((one) => textOf(one) ?? '');
  }

  #isOf(rule: YamlMap, key: string): boolean {
    const patterns = this.#matches(rule);
    return patterns.length === 1 && patterns[0] === key;
  }

  /** The last rule that says it of this; a pattern is named by the rule that has it alone. */
  #giver(key: string, name: SettingName): YamlMap | null {
    const names = (rule: YamlMap) =>
      key.includes('*')
        ? this.#isOf(rule, key)
        : this.#matches(rule).some((pattern) => patternNames(pattern, key));
    const giving = this.#rules().filter((one) => valueOf(one, name) !== null && names(one));
    return giving[giving.length - 1] ?? null;
  }

  /** A rule of this alone, behind which no other one says the same setting. */
  #ruleFor(key: string, name: SettingName): YamlMap | null {
    const rules = this.#rules();
    const own = rules.map((one) => this.#isOf(one, key)).lastIndexOf(true);
    const said = rules.slice(own + 1).some((one) => {
      const mayName = key.includes('*') || this.#matches(one).some((it) => patternNames(it, key));
      return mayName && valueOf(one, name) !== null;
    });
    return own < 0 || said ? null : (rules[own] ?? null);
  }
}
