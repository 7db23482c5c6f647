// SPDX-License-Identifier: Apache-2.0
/** What others say of a chemical: classes of an authority, levels of exposure. */
import type { ChemicalAegl, ChemicalGiven } from '../../api/chemical-types';
import { t, word } from '../../i18n';
import { formatNumber } from '../../lib/number';

export function Given({ list }: { list: readonly ChemicalGiven[] }) {
  const words = t().chemicals;
  if (list.length === 0) return null;
  return (
    <>
      <h2>{words.given}</h2>
      <p class="hint">{words.givenHint}</p>
      <ul class="given-classes">
        {list.map((row) => (
          <li key={row.hazard} data-given={row.hazard}>
            {word(words.ghs, row.hazard)} <strong>{word(words.givenCategory, row.category)}</strong>
          </li>
        ))}
      </ul>
    </>
  );
}

/** A row for each level, a column for each time. */
export function Exposure({ list }: { list: readonly ChemicalAegl[] }) {
  const words = t().chemicals;
  if (list.length === 0) return null;
  const minutes = [...new Set(list.map((one) => one.minutes))];
  const levels = [...new Set(list.map((one) => one.level))];
  const at = (level: number, time: number) =>
    list.find((one) => one.level === level && one.minutes === time)?.ppm;
  return (
    <>
      <h2>{words.aegl}</h2>
      <div class="table-scroll">
        <table class="aegl">
          <thead>
            <tr>
              <th scope="col">ppm</th>
              {minutes.map((time) => (
                <th key={time} scope="col" class="number">
                  {words.minutes(time)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {levels.map((level) => (
              <tr key={level}>
                <th scope="row">{words.level(level)}</th>
                {minutes.map((time) => (
                  <td key={time} class="number">
                    {formatNumber(at(level, time))}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="hint" lang="en">
        {list[0]?.source}
      </p>
    </>
  );
}
