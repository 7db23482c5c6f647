// SPDX-License-Identifier: Apache-2.0
/** Which alarms came, which went, and which ring more or less often. */
import { useState } from 'preact/hooks';
import type { ConditionCount } from '../../api/whatif-types';
import { t } from '../../i18n';
import { formatCount, formatNumber } from '../../lib/number';
import { differenceText, sortConditions, turnOf, TURNS, type Turn } from '../../lib/whatif';

/** Rows that are drawn until somebody wants all. */
const ROWS = 50;
const SIGNS: Record<Turn, string> = { came: '＋', more: '▲', fewer: '▼', went: '✕', same: '＝' };

export function Conditions({ list }: { list: readonly ConditionCount[] }) {
  const words = t().whatIf;
  const [turn, setTurn] = useState<Turn | null>(null);
  const [all, setAll] = useState(false);
  const sorted = sortConditions(list);
  const wanted = sorted.filter((one) => turn === null || turnOf(one) === turn);
  const shown = all ? wanted : wanted.slice(0, ROWS);
  const count = (one: Turn) => sorted.filter((it) => turnOf(it) === one).length;
  const most = Math.max(...list.map((one) => Math.max(one.before, one.after)), 1);
  return (
    <>
      <div class="segments" role="group" aria-label={words.conditions}>
        <button type="button" aria-pressed={turn === null} onClick={() => setTurn(null)}>
          {words.all} {list.length}
        </button>
        {TURNS.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={turn === one}
            disabled={count(one) === 0}
            onClick={() => setTurn(one)}
          >
            <span aria-hidden="true">{SIGNS[one]}</span> {words.turn[one]} {count(one)}
          </button>
        ))}
      </div>
      <div class="table-scroll">
        <table class="whatif-conditions">
          <thead>
            <tr>
              <th scope="col">{words.condition}</th>
              <th scope="col" class="turn-column">{words.verdict}</th>
              <th scope="col" class="number">{words.before}</th>
              <th scope="col" class="number">{words.after}</th>
              <th scope="col" class="number">{words.difference}</th>
              <th scope="col" class="pair-column">{words.perDay}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((one) => (
              <Row key={one.condition} one={one} most={most} />
            ))}
          </tbody>
        </table>
      </div>
      {shown.length < wanted.length && (
        <button type="button" onClick={() => setAll(true)}>
          {words.showAll(wanted.length)}
        </button>
      )}
    </>
  );
}

function Row({ one, most }: { one: ConditionCount; most: number }) {
  const words = t().whatIf;
  const turn = turnOf(one);
  const perDay = (value: number | null) =>
    formatNumber(value === null ? null : Number(value.toPrecision(3)));
  return (
    <tr data-condition={one.condition} data-turn={turn}>
      <th scope="row">{one.condition}</th>
      <td class="turn">
        <span aria-hidden="true">{SIGNS[turn]}</span> {words.turn[turn]}
      </td>
      <td class="number live">{formatCount(one.before)}</td>
      <td class="number live">{formatCount(one.after)}</td>
      <td class="number live">{differenceText(one.before, one.after)}</td>
      <td class="pair">
        <span class="pair-row">
          <PairBar side="before" share={one.before / most} />
          <span class="live">{perDay(one.before_per_day)}</span>
        </span>
        <span class="pair-row">
          <PairBar side="after" share={one.after / most} />
          <span class="live">{perDay(one.after_per_day)}</span>
        </span>
      </td>
    </tr>
  );
}

function PairBar({ side, share }: { side: 'before' | 'after'; share: number }) {
  return (
    <span class="pair-room">
      {/* What rang at all is seen, however rarely. */}
      {share > 0 && <span class={`pair-bar ${side}`} style={{ width: `${share * 100}%` }} />}
    </span>
  );
}
