// SPDX-License-Identifier: Apache-2.0
/** A form for the settings of one alarm, or of all that a pattern names. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import { api } from '../../api/client';
import { t, word } from '../../i18n';
import { PRIORITIES } from '../../lib/alarms';
import { byName, aliasesOf } from '../../lib/models';
import { formatUnit } from '../../lib/number';
import { routeTo } from '../../lib/route';
import { conditionsOf } from '../../lib/site-conditions';
import {
  patternNames,
  settingsFor,
  SiteText,
  subjectOfKey,
  type SettingName,
} from '../../lib/site-settings';
import { proposed } from '../../state/proposal';
import { signalsByPath } from '../../state/plant';
import { go, route } from '../../state/route';

/** Alarms that a browser is told of while somebody types. */
const SUGGESTED = 300;

function readSite(text: string): SiteText | null {
  try {
    return new SiteText(text);
  } catch {
    return null;
  }
}

export function AlarmForm({ before }: { before: string }) {
  const words = t().whatIf;
  const text = proposed.value;
  const site = useMemo(() => readSite(text), [text]);
  const old = useMemo(() => readSite(before), [before]);
  const key = route.value.query.alarm ?? '';
  const known = useMemo(() => conditionsOf(site?.document ?? null), [site]);
  if (site === null || old === null) return <p class="failure">{words.formIsLost}</p>;
  return (
    <>
      <Choice chosen={key} known={known} />
      {key !== '' && <Named name={key} known={known} />}
      {key !== '' && (
        <div class="settings">
          {settingsFor(subjectOfKey(key)).map((name) => (
            <Setting key={`${key} ${name}`} of={key} name={name} site={site} old={old} />
          ))}
        </div>
      )}
    </>
  );
}

function Choice({ chosen, known }: { chosen: string; known: readonly string[] }) {
  const words = t().whatIf;
  const [typed, setTyped] = useState(chosen);
  useEffect(() => setTyped(chosen), [chosen]);
  const suggested = useMemo(() => {
    const part = typed.toLowerCase();
    return known.filter((one) => one.toLowerCase().includes(part)).slice(0, SUGGESTED);
  }, [typed, known]);
  const choose = (next: string) => {
    const alarm = next.trim();
    if (alarm !== chosen) go(routeTo('whatif', null, alarm === '' ? undefined : { alarm }), true);
  };
  return (
    <form
      class="choice"
      onSubmit={(event) => {
        event.preventDefault();
        choose(typed);
      }}
    >
      <label>
        {words.subject}
        <input
          list="whatif-alarms"
          value={typed}
          placeholder="T-101/pressure:hi, T-1*/level:*"
          autoComplete="off"
          spellcheck={false}
          onInput={(event) => {
            setTyped(event.currentTarget.value);
            // One that was picked from the list needs no Enter.
            if (known.includes(event.currentTarget.value)) choose(event.currentTarget.value);
          }}
          onChange={(event) => choose(event.currentTarget.value)}
        />
      </label>
      <datalist id="whatif-alarms">
        {suggested.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
      {chosen === '' && <p class="hint">{words.subjectHint}</p>}
    </form>
  );
}

/** How many alarms it is, so that a pattern that names none is seen before it is run. */
function Named({ name, known }: { name: string; known: readonly string[] }) {
  const count = known.filter((one) => patternNames(name, one)).length;
  if (count === 0) return <p class="failure">{t().whatIf.namesNothing}</p>;
  return name.includes('*') ? <p class="hint">{t().whatIf.names(count)}</p> : null;
}

interface SettingProps {
  of: string;
  name: SettingName;
  site: SiteText;
  old: SiteText;
}

function Setting({ of, name, site, old }: SettingProps) {
  const words = t().whatIf;
  const now = site.setting(of, name);
  const was = old.setting(of, name);
  const { kind, of: path, condition } = subjectOfKey(of);
  const unit = name === 'limit' && kind === 'signal' ? signalsByPath.value.get(path)?.unit : '';
  const label = name === 'limit' ? word(t().alarmKind, condition) : words.settings[name];
  const [refused, setRefused] = useState(false);
  const take = (value: string) => {
    const wanted = value.trim() === '' ? null : value.trim();
    proposed.value = site.with(of, name, wanted);
    setRefused(wanted !== now && proposed.value === site.text);
  };
  const hint = refused ? words.widerRule : words.settingHint[name];
  return (
    <div class={`setting ${name} ${now === was ? '' : 'changed'}`} data-setting={name}>
      <label>
        {label}
        {unit && formatUnit(unit) !== '' && ` (${formatUnit(unit)})`}
        <Control name={name} value={now ?? ''} onValue={take} />
      </label>
      <p class="hint">
        {now === was ? hint : words.inForce(was === null ? words.notSet : shown(name, was))}
      </p>
    </div>
  );
}

function shown(name: SettingName, value: string): string {
  if (name === 'priority') return word(t().priority, value);
  return name === 'latch' ? word(t().whatIf.yesNo, value) : value;
}

interface ControlProps {
  name: SettingName;
  value: string;
  onValue: (value: string) => void;
}

function Control({ name, value, onValue }: ControlProps) {
  if (name === 'priority') return <Select value={value} onValue={onValue} choices={PRIORITIES} name={name} />;
  if (name === 'latch')
    return <Select value={value} onValue={onValue} choices={['true', 'false']} name={name} />;
  return <Text value={value} onValue={onValue} name={name} />;
}

/** What is typed is kept until it is left: the form is drawn anew while values of the plant come. */
function Text({ name, value, onValue }: ControlProps) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  return (
    <>
      <input
        value={typed}
        placeholder={t().whatIf.notSet}
        autoComplete="off"
        spellcheck={false}
        list={name === 'model' ? 'whatif-models' : undefined}
        onInput={(event) => setTyped(event.currentTarget.value)}
        onChange={(event) => {
          onValue(event.currentTarget.value);
          // Where that changed nothing the old value stands again.
          setTyped(value);
        }}
      />
      {name === 'model' && <Models />}
    </>
  );
}

interface SelectProps extends ControlProps {
  choices: readonly string[];
}

function Select({ name, value, choices, onValue }: SelectProps) {
  return (
    <select value={value} onChange={(event) => onValue(event.currentTarget.value)}>
      <option value="">{t().whatIf.notSet}</option>
      {choices.map((one) => (
        <option key={one} value={one}>
          {shown(name, one)}
        </option>
      ))}
    </select>
  );
}

/** What a detector can be bound to: labels and versions of every model. */
function Models() {
  const [names, setNames] = useState<string[]>([]);
  useEffect(() => {
    const name = ([model, versions]: [string, Parameters<typeof aliasesOf>[0][]]) =>
      versions.flatMap((one) => [...aliasesOf(one), one.version].map((it) => `${model}@${it}`));
    api.models().then(
      (all) => setNames([...byName(all)].flatMap(name)),
      // Without suggestions the name is typed.
      () => setNames([]),
    );
  }, []);
  return (
    <datalist id="whatif-models">
      {names.map((one) => (
        <option key={one} value={one} />
      ))}
    </datalist>
  );
}
