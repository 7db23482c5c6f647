// SPDX-License-Identifier: Apache-2.0
/** The weather of a scenario: a dial for the wind, numbers for the rest. */
import { t } from '../../i18n';
import type { Signal } from '../../api/types';
import type { WeatherSignals } from '../../api/emergency-types';
import type { FieldFaults } from '../../lib/scenario-faults';
import { STABILITIES, WEATHER_FIELDS, type Draft, type WeatherNumber } from '../../lib/scenario';
import { WindDial } from '../../parts/WindDial';
import { draft, ground } from '../../state/emergency';
import { signalsByPath } from '../../state/plant';
import { change, Fault } from './Form';
import { NumberField } from './NumberField';

const setWeather = (name: WeatherNumber, text: string) =>
  change({ weather: { ...draft.value.weather, [name]: text } });

export function WeatherFields({ faults }: { faults: FieldFaults }) {
  const words = t().emergency;
  const { weather, stability, night, urban } = draft.value;
  const from = Number(weather.wind_from);
  const speed = Number(weather.wind);
  return (
    <fieldset class="labelled">
      <legend>{words.weather}</legend>
      <div class="wind-row">
        <WindDial
          from={Number.isFinite(from) ? from : 0}
          speed={Number.isFinite(speed) && weather.wind !== '' ? speed : null}
          stability={stability}
          onTurn={(degrees) => setWeather('wind_from', String(degrees))}
        />
        <div class="wind-side">
          {WEATHER_FIELDS.slice(0, 2).map((field) => (
            <Field key={field.name} field={field} faults={faults} />
          ))}
          <label>
            {words.stability}
            <select value={stability} onChange={(event) => change({ stability: event.currentTarget.value })}>
              {STABILITIES.map((name) => (
                <option key={name} value={name}>
                  {name === '' ? words.byWeather : `${name}, ${words.stabilities[name]}`}
                </option>
              ))}
            </select>
          </label>
          <Fault name="weather.stability" text={faults.fields['weather.stability']} />
        </div>
      </div>
      <div class="field-grid">
        {WEATHER_FIELDS.slice(2).map((field) => (
          <Field key={field.name} field={field} faults={faults} />
        ))}
      </div>
      <div class="effects">
        <label class="check">
          <input type="checkbox" checked={night} onChange={(event) => change({ night: event.currentTarget.checked })} />
          {words.night}
        </label>
        <label class="check">
          <input type="checkbox" checked={urban} onChange={(event) => change({ urban: event.currentTarget.checked })} />
          {words.urban}
        </label>
      </div>
      <Fault name="weather" text={faults.fields.weather} />
      {ground.value?.weather && <Station signals={ground.value.weather} />}
    </fieldset>
  );
}

function Field({ field, faults }: { field: (typeof WEATHER_FIELDS)[number]; faults: FieldFaults }) {
  const { name } = field;
  return (
    <NumberField
      name={`weather.${name}`}
      label={t().emergency.weatherFields[name]}
      unit={field.shown ?? field.unit}
      value={draft.value.weather[name] ?? ''}
      bounds={field}
      fault={faults.fields[`weather.${name}`]}
      onText={(text) => setWeather(name, text)}
    />
  );
}

/** What the weather station says now. */
function Station({ signals }: { signals: WeatherSignals }) {
  const words = t().emergency;
  const take = () => {
    const weather: Draft['weather'] = {};
    for (const { name, unit } of WEATHER_FIELDS) {
      const path = signals[name === 'wind' ? 'wind_speed' : name];
      const text = path === null ? undefined : valueIn(signalsByPath.value.get(path), name === 'wind_from' ? 'deg' : unit);
      if (text !== undefined) weather[name] = text;
    }
    change({ weather: { ...draft.value.weather, ...weather }, urban: signals.urban });
  };
  return (
    <button type="button" onClick={take}>
      {words.takeStation}
    </button>
  );
}

/** The newest good value, when it is in the unit of the field. */
function valueIn(one: Signal | undefined, unit: string): string | undefined {
  const latest = one?.latest;
  if (!one || !latest || latest.value === null || latest.quality !== 'good' || one.unit !== unit) return undefined;
  return String(Number(latest.value.toPrecision(4)));
}
