// SPDX-License-Identifier: Apache-2.0
/** Alarms as a table that hands can leave the mouse for, however many they are. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Alarm, AlarmAction, AlarmFilter } from '../../api/types';
import { t, word } from '../../i18n';
import { isStanding, isUnacknowledged, subjectOf } from '../../lib/alarms';
import { pieces } from '../../lib/rows';
import { useRows } from '../../lib/use-rows';
import { begin } from '../../parts/AlarmActions';
import { PrioritySign } from '../../parts/PrioritySign';
import { asideOf, reasonOf } from '../../parts/reason';
import { momentOf } from '../../state/clock';

interface Props {
  list: readonly Alarm[];
  filter: AlarmFilter;
  selected: number | null;
  onOpen: (alarm: Alarm | null) => void;
}

/** Letters that begin an action on the row that has the focus. */
const LETTERS: Record<string, AlarmAction> = {
  a: 'acknowledge',
  s: 'shelve',
  c: 'comment',
  u: 'unshelve',
  r: 'reset',
};

/** How far a key goes from a row; the ends of the list stop it. */
const PAGE = 10;
const STEPS: Record<string, number> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: PAGE,
  PageUp: -PAGE,
  Home: -Infinity,
  End: Infinity,
};

export function AlarmList({ list, filter, selected, onOpen }: Props) {
  const body = useRef<HTMLTableSectionElement>(null);
  const [current, setCurrent] = useState<number | null>(null);
  const wished = useRef(false);
  const { span, height } = useRows(body, list.length);
  // One row is in the tab order: the one last used, else the first.
  const used = list.findIndex((one) => one.id === (current ?? selected));
  const tabbed = Math.max(0, used);
  const held = wished.current || !!body.current?.contains(document.activeElement);
  useLayoutEffect(() => {
    // An answered alarm moves down the list, and others come above it: the focus goes with its row.
    if (!held || document.querySelector('dialog[open]')) return;
    wished.current = false;
    const row = body.current?.querySelector<HTMLElement>('[tabindex="0"]');
    if (row !== document.activeElement) row?.focus();
  });

  function step(by: number): void {
    const row = Math.min(list.length - 1, Math.max(0, tabbed + by));
    wished.current = true;
    setCurrent(list[row]?.id ?? null);
  }

  function keyDown(event: KeyboardEvent, alarm: Alarm): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const letter = LETTERS[event.key.toLowerCase()];
    const by = STEPS[event.key];
    if (by !== undefined) step(by);
    else if (event.key === 'Enter') onOpen(alarm);
    else if (event.key === 'Escape') onOpen(null);
    else if (letter) wished.current = begin(alarm, letter);
    else return;
    event.preventDefault();
  }

  if (list.length === 0) return <p class="empty-list">{t().alarms.empty[filter]}</p>;
  return (
    <table
      class="alarm-list"
      role="grid"
      aria-label={t().alarms.list}
      aria-rowcount={list.length + 1}
    >
      <Head />
      <tbody ref={body}>
        {pieces(span, used, list.length).map((piece) => {
          if ('gap' in piece)
            return <tr key={`gap-${piece.gap}`} aria-hidden="true" style={{ height: piece.gap * height }} />;
          const alarm = list[piece.row];
          if (!alarm) return null;
          return (
            <tr
              key={alarm.id}
              data-row
              data-alarm={alarm.id}
              data-key={alarm.key}
              data-state={alarm.state}
              class={rowClass(alarm)}
              aria-rowindex={piece.row + 2}
              aria-selected={alarm.id === selected}
              tabIndex={piece.row === tabbed ? 0 : -1}
              onClick={() => onOpen(alarm)}
              onFocus={() => setCurrent(alarm.id)}
              onKeyDown={(event) => keyDown(event, alarm)}
            >
              <Cells alarm={alarm} />
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Head() {
  return (
    <thead>
      <tr aria-rowindex={1}>
        <th scope="col" class="sign-column">
          <span class="unseen">{t().alarms.priority}</span>
        </th>
        <th scope="col">{t().alarms.subject}</th>
        <th scope="col" class="state-column">
          {t().alarms.state}
        </th>
        <th scope="col" class="since-column">
          {t().alarms.since}
        </th>
      </tr>
    </thead>
  );
}

function rowClass(alarm: Alarm): string {
  return [
    `priority-${alarm.priority}`,
    isStanding(alarm) ? '' : 'quiet',
    isUnacknowledged(alarm) ? 'unacknowledged' : '',
  ].join(' ');
}

function Cells({ alarm }: { alarm: Alarm }) {
  const reason = reasonOf(alarm);
  return (
    <>
      <td role="gridcell">
        <PrioritySign priority={alarm.priority} hollow={!alarm.active} size={22} />
      </td>
      <td role="gridcell" class="subject">
        <span class="line">
          <strong>{subjectOf(alarm)}</strong>{' '}
          <span class="kind">{word(t().alarmKind, alarm.kind)}</span>
        </span>
        <span class="line alarm-reason" title={reason}>
          {reason}
          <Causes alarm={alarm} />
        </span>
      </td>
      <td role="gridcell" class="state">
        <span class={`chip ${isUnacknowledged(alarm) ? 'waiting' : ''}`}>
          {word(t().alarmState, alarm.state)}
        </span>
        <span class="line muted" title={asideOf(alarm)}>
          {asideOf(alarm)}
        </span>
      </td>
      <td role="gridcell" class="since">
        {momentOf(alarm.since)}
      </td>
    </>
  );
}

function Causes({ alarm }: { alarm: Alarm }) {
  const causes = alarm.reason?.causes ?? [];
  if (causes.length === 0) return null;
  const names = causes.slice(0, 3).map((cause) => cause.signal);
  return (
    <span class="alarm-causes">
      {' '}
      {t().alarms.causes}: {names.join(', ')}
    </span>
  );
}
