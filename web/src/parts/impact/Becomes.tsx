// SPDX-License-Identifier: Apache-2.0
/** What a release becomes: fire, explosion, cloud; in which share of all, and how often. */
import type { Impact, Outcome } from '../../api/emergency-types';
import { t, word } from '../../i18n';
import { formatNumber, formatPercent } from '../../lib/number';
import { FormulaText } from './ZoneDetail';

export function Becomes({ impact }: { impact: Impact }) {
  const words = t().emergency;
  const list = (impact.outcomes ?? []).filter((one) => one.share !== 0);
  if (list.length === 0) return null;
  const used = [...new Set(list.map((one) => one.by))];
  return (
    <section class="panel becomes">
      <h2>{words.becomes}</h2>
      <div class="table-scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{words.outcomeTitle}</th>
              <th scope="col" class="number">{words.share}</th>
              <th scope="col" class="number">{words.aYear}</th>
            </tr>
          </thead>
          <tbody>
            {list.map((one) => (
              <Row key={one.outcome} one={one} />
            ))}
          </tbody>
        </table>
      </div>
      {used.map((name) => {
        const formula = impact.formulas[name];
        return formula && <FormulaText key={name} formula={formula} />;
      })}
    </section>
  );
}

function Row({ one }: { one: Outcome }) {
  const words = t().emergency;
  return (
    <tr data-outcome={one.outcome}>
      <th scope="row">
        {word(words.outcome, one.outcome)}
        {one.share === null && <span class="message">{one.text}</span>}
      </th>
      <td class="number">
        {one.share === null ? word(words.answer, 'no data') : formatPercent(one.share)}
      </td>
      <td class="number">{formatNumber(one.frequency)}</td>
    </tr>
  );
}
