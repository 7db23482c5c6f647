// SPDX-License-Identifier: Apache-2.0
/** Which signals make a score, how much, and the value against what the model expected. */
import type { Contribution } from '../api/types';
import { t } from '../i18n';
import { formatNumber, formatUnit, withUnit } from '../lib/number';
import { routeTo } from '../lib/route';
import { rangeOf, signalsByPath } from '../state/plant';
import { axisOf, Bar } from './Bar';

function valueOf(signal: string, value: number | null | undefined): string {
  const known = signalsByPath.value.get(signal);
  return withUnit(formatNumber(value, rangeOf(known)), formatUnit(known?.unit));
}

export function Contributions({ list, hint }: { list: readonly Contribution[]; hint: string }) {
  const shares = list.map((one) => one.contribution ?? 0);
  const axis = axisOf(shares);
  const expects = list.some((one) => one.expected !== undefined || one.value !== undefined);
  return (
    <div class="table-scroll">
      <table class="contributions">
        <caption class="hint">{hint}</caption>
        <thead>
          <tr>
            <th scope="col">{t().alarms.signal}</th>
            <th scope="col" class="number">
              {t().detectors.contribution}
            </th>
            <th />
            {expects && <th class="number">{t().alarms.value}</th>}
            {expects && <th class="number">{t().alarms.expected}</th>}
          </tr>
        </thead>
        <tbody>
          {list.map((one, i) => (
            <tr key={one.signal}>
              <th scope="row">
                <a href={routeTo('trends', null, { signals: one.signal })}>{one.signal}</a>
              </th>
              <td class="number share live">{formatNumber(one.contribution, [0, 10])}</td>
              <td class="bar-cell">
                <Bar share={shares[i] ?? 0} axis={axis} />
              </td>
              {expects && <td class="number live">{valueOf(one.signal, one.value)}</td>}
              {expects && <td class="number live">{valueOf(one.signal, one.expected)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
