// SPDX-License-Identifier: Apache-2.0
/** Floods, priorities and operator positions, before and after. */
import type { ComponentChildren } from 'preact';
import type { BeforeAfter, FloodSum, WhatIfAnswer, WhatIfFloods } from '../../api/whatif-types';
import { t } from '../../i18n';
import { formatCount } from '../../lib/number';
import { differenceText } from '../../lib/whatif';
import { PrioritySign } from '../../parts/PrioritySign';
import { durationOf } from '../../state/clock';
import { titleOf } from '../../state/plant';

export function Floods({ list }: { list: readonly WhatIfFloods[] }) {
  const words = t().whatIf;
  const text = ({ count, seconds, peak }: FloodSum) =>
    count === 0 ? words.noFlood(formatCount(peak)) : words.flood(count, durationOf(seconds * 1000), formatCount(peak));
  return (
    <section class="panel">
      <h2>{words.floods}</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">{t().positions.label}</th>
            <th scope="col">{words.before}</th>
            <th scope="col">{words.after}</th>
          </tr>
        </thead>
        <tbody>
          {list.map((one) => (
            <tr key={one.position} data-flood={one.position}>
              <th scope="row">{titleOf(one.position) || t().positions.all}</th>
              <td>{text(one.before)}</td>
              <td>{text(one.after)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="hint">{words.floodHint}</p>
    </section>
  );
}

export function Priorities({ list }: { list: WhatIfAnswer['priorities'] }) {
  return (
    <Counts title={t().kpi.priorities} name={t().alarms.priority}>
      {list.map((one) => (
        <CountRow key={one.priority} of={one}>
          <PrioritySign priority={one.priority} size={16} silent /> {t().priority[one.priority]}
        </CountRow>
      ))}
    </Counts>
  );
}

export function Positions({ list }: { list: WhatIfAnswer['positions'] }) {
  if (list.length < 2) return null;
  return (
    <Counts title={t().whatIf.byPosition} name={t().positions.label}>
      {list.map((one) => (
        <CountRow key={one.position} of={one}>
          {titleOf(one.position) || one.position}
        </CountRow>
      ))}
    </Counts>
  );
}

interface CountsProps {
  title: string;
  /** What each row is. */
  name: string;
  children: ComponentChildren;
}

function Counts({ title, name, children }: CountsProps) {
  const words = t().whatIf;
  return (
    <section class="panel">
      <h2>{title}</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">{name}</th>
            <th scope="col" class="number">{words.before}</th>
            <th scope="col" class="number">{words.after}</th>
            <th scope="col" class="number">{words.difference}</th>
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}

function CountRow({ of, children }: { of: BeforeAfter; children: ComponentChildren }) {
  return (
    <tr>
      <th scope="row">{children}</th>
      <td class="number live">{formatCount(of.before)}</td>
      <td class="number live">{formatCount(of.after)}</td>
      <td class="number live">{differenceText(of.before, of.after)}</td>
    </tr>
  );
}
