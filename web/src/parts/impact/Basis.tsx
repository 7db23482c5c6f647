// SPDX-License-Identifier: Apache-2.0
/** What it rests on: the substance, the weather, what is released. */
import type { Impact } from '../../api/emergency-types';
import { t, word } from '../../i18n';
import { likelihoodText } from '../../lib/likelihood';
import { momentOf } from '../../state/clock';
import { weatherText } from './weather-words';
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
            {word(words.steps, one.name)}: <strong>{one.text}</strong>
          </li>
        ))}
        <li>
          {words.likelihood}: {likelihoodText(impact.likelihood)}
          {impact.likelihood !== null && <span class="message">{words.likelihoodBasis}</span>}
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
