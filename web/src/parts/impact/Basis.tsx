// SPDX-License-Identifier: Apache-2.0
/** What it rests on: the substance, the weather, what is released. */
import type { Impact, ImpactWeather } from '../../api/emergency-types';
import { t, word } from '../../i18n';
import { compassOf } from '../../lib/ground';
import { formatNumber, formatPercent } from '../../lib/number';
import { likelihoodText } from '../../lib/likelihood';
import { momentOf } from '../../state/clock';
import { FormulaText } from './ZoneDetail';

export function Basis({ impact }: { impact: Impact }) {
  const words = t().emergency;
  const { chemical } = impact;
  const used = [...new Set(impact.source.flatMap((one) => (one.formula === null ? [] : [one.formula])))];
  return (
    <section class="panel basis">
      <h2>{words.basis}</h2>
      <ul class="plain-list">
        {chemical && (
          <li>
            {words.chemical}: <strong>{chemical.name}</strong> {chemical.cas && `CAS ${chemical.cas}`}
          </li>
        )}
        <li>
          {words.weather}: {weatherText(impact.weather)}
        </li>
        {impact.source.map((one) => (
          <li key={one.name}>
            {one.name}: <strong>{one.text}</strong>
          </li>
        ))}
        <li>
          {words.likelihood}: {likelihoodText(impact.likelihood)}
        </li>
        <li>{words.computed(momentOf(impact.computed))}</li>
      </ul>
      {used.map((name) => {
        const formula = impact.formulas[name];
        return formula && <FormulaText key={name} formula={formula} />;
      })}
    </section>
  );
}

/** "3 m/s from SW (225°), class D, 20 °C, 60 %, rural". */
export function weatherText(weather: ImpactWeather): string {
  const words = t().emergency;
  const parts: string[] = [];
  if (weather.wind !== null) {
    const from = weather.wind_from === null ? '' : ` ${words.from(word(words.compass, compassOf(weather.wind_from)), Math.round(weather.wind_from))}`;
    parts.push(`${formatNumber(weather.wind)} m/s${from}`);
  }
  if (weather.stability) parts.push(words.stabilityClass(weather.stability));
  if (weather.temperature !== null) parts.push(`${formatNumber(weather.temperature - 273.15)} °C`);
  if (weather.humidity !== null) parts.push(`${words.humidity} ${formatPercent(weather.humidity)}`);
  parts.push(weather.urban ? words.urban : words.rural);
  return parts.join(', ');
}
