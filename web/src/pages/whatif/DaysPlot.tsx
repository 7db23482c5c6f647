// SPDX-License-Identifier: Apache-2.0
/** Alarms of each day as two bars side by side: with the settings in force, with the proposal. */
import type { BeforeAfter, WhatIfDay } from '../../api/whatif-types';
import { t } from '../../i18n';
import { formatCount } from '../../lib/number';
import { formatDate } from '../../lib/time';
import { useWidth } from '../../lib/use-width';
import { roundTop } from '../../lib/whatif';
import { timezone } from '../../state/clock';

const HEIGHT = 190;
const LEFT = 46;
const BOTTOM = 22;
const TOP = 8;
/** Room for the text of a day. */
const LABEL = 52;
/** Share of a day's room that its bars take. */
const FILLED = 0.76;

interface Props {
  daily: readonly WhatIfDay[];
  alarms: BeforeAfter;
}

export function DaysPlot({ daily, alarms }: Props) {
  const words = t().whatIf;
  const [element, width] = useWidth<HTMLElement>();
  const summary = words.plotLabel(formatCount(alarms.before), formatCount(alarms.after), daily.length);
  return (
    <figure class="days-plot" ref={element}>
      {width > 0 && <Bars list={daily} width={width} label={summary} />}
      <figcaption>
        <span class="key before">{words.before}</span>
        <span class="key after">{words.after}</span>
      </figcaption>
    </figure>
  );
}

interface BarsProps {
  list: readonly WhatIfDay[];
  width: number;
  label: string;
}

function Bars({ list, width, label }: BarsProps) {
  const words = t().whatIf;
  const top = roundTop(Math.max(...list.map((one) => Math.max(one.before, one.after)), 0));
  const room = (width - LEFT) / Math.max(1, list.length);
  const bar = Math.min((room * FILLED) / 2, 26);
  const y = (count: number) => TOP + (1 - count / top) * (HEIGHT - TOP - BOTTOM);
  const every = Math.ceil(LABEL / room);
  const side = (name: 'before' | 'after', count: number, x: number) => (
    <rect class={name} x={x} y={y(count)} width={Math.max(1, bar - 1)} height={y(0) - y(count)} />
  );
  return (
    <svg role="img" aria-label={label} width={width} height={HEIGHT}>
      {[0, top / 2, top].map((count) => (
        <g key={count}>
          <line x1={LEFT} x2={width} y1={y(count)} y2={y(count)} />
          <text x={LEFT - 8} y={y(count) + 4} text-anchor="end">
            {formatCount(count)}
          </text>
        </g>
      ))}
      {list.map(({ from, before, after }, i) => {
        const middle = LEFT + (i + 0.5) * room;
        const day = formatDate(Date.parse(from), timezone.value);
        return (
          <g key={from} data-day={day}>
            <title>{words.dayTitle(day, formatCount(before), formatCount(after))}</title>
            <rect class="room" x={middle - room / 2} y={TOP} width={room} height={HEIGHT - TOP} />
            {side('before', before, middle - bar)}
            {side('after', after, middle + 1)}
            {i % every === 0 && (
              <text x={middle} y={HEIGHT - 6} text-anchor="middle">
                {day.slice(5)}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}
