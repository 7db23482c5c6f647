// SPDX-License-Identifier: Apache-2.0
/** How far to keep everybody away at once, before anything is computed or measured. */
import type { ChemicalIsolation } from '../../api/chemical-types';
import { t, word } from '../../i18n';
import { formatNumber } from '../../lib/number';

/** Where the tables end; they mean that much or more. */
const END = 11000;

const metres = (value: number): string => `${value === END ? '≥ ' : ''}${formatNumber(value)} m`;

export function Isolation({ of }: { of: ChemicalIsolation | null }) {
  const words = t().chemicals;
  if (of === null) return null;
  return (
    <>
      <h2>{words.isolation}</h2>
      <p class="hint">{words.isolationHint}</p>
      {of.in_water && <p class="hint">{words.isolationWater}</p>}
      <div class="table-scroll">
        <table class="isolation">
          <thead>
            <tr>
              <th scope="col">{words.spill}</th>
              <th scope="col" class="number">
                {words.around}
              </th>
              <th scope="col" class="number">
                {words.byDay}
              </th>
              <th scope="col" class="number">
                {words.byNight}
              </th>
            </tr>
          </thead>
          <tbody>
            {of.spills.map((one) => (
              <tr key={`${one.spill}${one.container}${one.wind}`}>
                <th scope="row">
                  {[one.spill, one.container, one.wind]
                    .flatMap((part) => (part === null ? [] : [word(words.spills, part)]))
                    .join(words.comma)}
                </th>
                <td class="number">{metres(one.around)}</td>
                <td class="number">{metres(one.day)}</td>
                <td class="number">{metres(one.night)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="hint" lang="en">
        {of.source}
      </p>
    </>
  );
}
