// SPDX-License-Identifier: Apache-2.0
/** The fields of a scenario. */
import { t, word } from '../../i18n';
import type { ReleaseKind } from '../../api/emergency-types';
import type { FieldFaults } from '../../lib/scenario-faults';
import {
  CONGESTIONS,
  draftOf,
  EMPTY,
  fieldsFor,
  GUIDELINES,
  LEVELS,
  RELEASE_KINDS,
  type Draft,
} from '../../lib/scenario';
import { chosenScenario, draft, ground } from '../../state/emergency';
import { assets } from '../../state/plant';
import { may } from '../../state/session';
import { ChemicalField } from './ChemicalField';
import { NumberField } from './NumberField';
import { UncertainFields } from './UncertainFields';
import { WeatherFields } from './WeatherFields';

interface Props {
  faults: FieldFaults;
  busy: boolean;
  onRun: () => void;
}

export const change = (next: Partial<Draft>): void => {
  draft.value = { ...draft.value, ...next };
};

export function Form({ faults, busy, onRun }: Props) {
  const words = t().emergency;
  return (
    <form
      class="panel scenario-form no-print"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onRun();
      }}
    >
      <Begin />
      <Where faults={faults} />
      <What faults={faults} />
      <WeatherFields faults={faults} />
      <UncertainFields faults={faults} />
      <Levels fault={faults.fields.endpoints} />
      {faults.rest.length > 0 && (
        <ul class="failure" role="alert">
          {faults.rest.map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      )}
      <button type="submit" class="primary" disabled={busy || !may('operator')}>
        {busy ? words.computing : words.run}
      </button>
      {!may('operator') && <p class="hint">{t().dialog.needsRole(t().roles.operator)}</p>}
    </form>
  );
}

/** Those of the site file are a beginning. */
function Begin() {
  const words = t().emergency;
  const known = ground.value?.scenarios ?? [];
  if (known.length === 0) return null;
  const take = (name: string) => {
    const one = known.find((two) => two.name === name);
    chosenScenario.value = one?.name ?? '';
    draft.value = one ? draftOf(one, draft.value) : { ...EMPTY, weather: draft.value.weather };
  };
  return (
    <label>
      {words.beginWith}
      <select value={chosenScenario.value} onChange={(event) => take(event.currentTarget.value)}>
        <option value="">{words.beginEmpty}</option>
        {known.map((one) => (
          <option key={one.name} value={one.name}>
            {one.title}
          </option>
        ))}
      </select>
    </label>
  );
}

function Where({ faults }: { faults: FieldFaults }) {
  const words = t().emergency;
  const { asset, east, north } = draft.value;
  const chosen = assets.value?.find((one) => one.name === asset);
  return (
    <fieldset class="labelled">
      <legend>{words.where}</legend>
      <label>
        {words.asset}
        <select
          value={asset}
          aria-describedby={faults.fields.asset ? 'fault-asset' : undefined}
          onChange={(event) => change({ asset: event.currentTarget.value, east: '', north: '' })}
        >
          <option value="">{words.noAsset}</option>
          {assets.value?.map((one) => (
            <option key={one.name} value={one.name}>
              {one.name}
            </option>
          ))}
        </select>
      </label>
      <Fault name="asset" text={faults.fields.asset} />
      <div class="field-row">
        <NumberField
          name="at"
          label={words.east}
          unit="m"
          value={east}
          placeholder={chosen?.at ? String(chosen.at[0]) : ''}
          fault={faults.fields.at}
          onText={(text) => change({ east: text })}
        />
        <NumberField
          name="north"
          label={words.north}
          unit="m"
          value={north}
          placeholder={chosen?.at ? String(chosen.at[1]) : ''}
          onText={(text) => change({ north: text })}
        />
      </div>
      <p class="hint">{words.whereHint}</p>
    </fieldset>
  );
}

function What({ faults }: { faults: FieldFaults }) {
  const words = t().emergency;
  const { asset, kind, release, amount, congestion } = draft.value;
  const holds = assets.value?.find((one) => one.name === asset)?.holds;
  return (
    <fieldset class="labelled">
      <legend>{words.what}</legend>
      <ChemicalField fault={faults.fields.chemical} held={holds?.chemical ?? ''} />
      <label>
        {words.releaseKind}
        <select value={kind} onChange={(event) => change({ kind: event.currentTarget.value as ReleaseKind })}>
          {RELEASE_KINDS.map((one) => (
            <option key={one} value={one}>
              {word(words.releaseKinds, one)}
            </option>
          ))}
        </select>
      </label>
      <Fault name="release" text={faults.fields.release ?? faults.fields['release.kind']} />
      <div class="field-grid">
        <NumberField
          name="amount"
          label={words.amount}
          unit="t"
          value={amount}
          placeholder={holds?.amount_kg ? String(holds.amount_kg / 1000) : ''}
          fault={faults.fields.amount}
          onText={(text) => change({ amount: text })}
        />
        {fieldsFor(kind).map((field) => (
          <NumberField
            key={field.name}
            name={`release.${field.name}`}
            label={words.release[field.name]}
            unit={field.shown ?? field.unit}
            value={release[field.name] ?? ''}
            bounds={field}
            needed={field.needed}
            fault={faults.fields[`release.${field.name}`]}
            onText={(text) => change({ release: { ...draft.value.release, [field.name]: text } })}
          />
        ))}
        {(release.volume ?? '') !== '' && kind !== 'charge' && (
          <label>
            {words.congestion}
            <select value={congestion} onChange={(event) => change({ congestion: event.currentTarget.value })}>
              {CONGESTIONS.map((one) => (
                <option key={one} value={one}>
                  {words.congestions[one]}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
    </fieldset>
  );
}

function Levels({ fault }: { fault: string | undefined }) {
  const words = t().emergency;
  const { guidelines, levels } = draft.value;
  const toggle = (name: string) =>
    change({ guidelines: guidelines.includes(name) ? guidelines.filter((one) => one !== name) : [...guidelines, name] });
  return (
    <fieldset class="labelled">
      <legend>{words.levels}</legend>
      <p class="hint">{words.levelsHint}</p>
      <div class="effects">
        {GUIDELINES.map((name) => (
          <label key={name} class="check">
            <input type="checkbox" checked={guidelines.includes(name)} onChange={() => toggle(name)} />
            {name}
          </label>
        ))}
      </div>
      <div class="field-grid">
        {LEVELS.map(({ name, shown }) => (
          <NumberField
            key={name}
            name={`endpoints.${name}`}
            label={words.levelNames[name]}
            unit={shown}
            value={levels[name] ?? ''}
            onText={(text) => change({ levels: { ...draft.value.levels, [name]: text } })}
          />
        ))}
      </div>
      <Fault name="endpoints" text={fault} />
    </fieldset>
  );
}

export function Fault({ name, text }: { name: string; text: string | undefined }) {
  if (text === undefined) return null;
  return (
    <p class="failure" id={`fault-${name}`} role="alert">
      {text}
    </p>
  );
}
