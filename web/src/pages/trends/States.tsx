// SPDX-License-Identifier: Apache-2.0
/** How long the chosen signals that have few values stood at each, in the time shown. */
import type { StateSeries } from '../../api/types';
import { t } from '../../i18n';
import { formatNumber, formatPercent } from '../../lib/number';
import { sharesOf, type StateShare } from '../../lib/states';
import { Bar } from '../../parts/Bar';
import { durationOf } from '../../state/clock';

export function States({ states }: { states: readonly StateSeries[] }) {
  const told = states
    .map((one) => ({ path: one.signal, shares: sharesOf(one) }))
    .filter(({ shares }) => shares.length > 0);
  if (told.length === 0) return null;
  return (
    <section class="states">
      <h2>{t().trends.states}</h2>
      <div class="table-scroll">
        <table class="legend">
          <thead>
            <tr>
              <th scope="col">{t().trends.signals}</th>
              <th class="number">{t().trends.state}</th>
              <th class="number">{t().trends.share}</th>
              <th />
              <th class="number">{t().trends.held}</th>
            </tr>
          </thead>
          {told.map(({ path, shares }) => (
            <tbody key={path} data-states={path}>
              {shares.map((one, i) => (
                <StateRow key={String(one.value)} path={i === 0 ? path : ''} one={one} />
              ))}
            </tbody>
          ))}
        </table>
      </div>
    </section>
  );
}

function StateRow({ path, one }: { path: string; one: StateShare }) {
  return (
    <tr class={one.value === null ? 'muted' : ''}>
      <th scope="row">{path}</th>
      <td class="number">{one.value === null ? t().trends.notKnown : formatNumber(one.value)}</td>
      <td class="number">{formatPercent(Math.round(one.share * 1000) / 1000)}</td>
      <td>
        <Bar share={one.share} axis={[0, 1]} />
      </td>
      <td class="number">{durationOf(one.milliseconds)}</td>
    </tr>
  );
}
