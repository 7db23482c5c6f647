// SPDX-License-Identifier: Apache-2.0
/** Alarms as a table that hands can leave the mouse for. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Alarm, AlarmAction, AlarmFilter } from '../../api/types';
import { t, word } from '../../i18n';
import { isStanding, isUnacknowledged, subjectOf } from '../../lib/alarms';
import { parseTime } from '../../lib/time';
import { begin } from '../../parts/AlarmActions';
import { PrioritySign } from '../../parts/PrioritySign';
import { reasonOf } from '../../parts/reason';
import { clockOf, momentOf } from '../../state/clock';

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
};

/** Rows drawn at most. */
const ROWS = 500;

export function AlarmList({ list, filter, selected, onOpen }: Props) {
  const body = useRef<HTMLTableSectionElement>(null);
  const [current, setCurrent] = useState<number | null>(null);
  const rows = list.slice(0, ROWS);
  // One row is in the tab order: the one last used, else the first.
  const tabbed = rows.find((one) => one.id === (current ?? selected))?.id ?? rows[0]?.id;
  const acted = useRef(false);
  useEffect(() => {
    // An answered alarm moves down the list; the focus goes with its row.
    if (!acted.current) return;
    acted.current = false;
    body.current?.querySelector<HTMLElement>(`[data-alarm="${current}"]`)?.focus();
  }, [list]);

  function keyDown(event: KeyboardEvent, alarm: Alarm, row: HTMLElement): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const letter = LETTERS[event.key.toLowerCase()];
    if (event.key === 'ArrowDown') focus(row.nextElementSibling);
    else if (event.key === 'ArrowUp') focus(row.previousElementSibling);
    else if (event.key === 'Home') focus(body.current?.firstElementChild);
    else if (event.key === 'End') focus(body.current?.lastElementChild);
    else if (event.key === 'Enter') onOpen(alarm);
    else if (event.key === 'Escape') onOpen(null);
    else if (letter) acted.current = begin(alarm, letter);
    else return;
    event.preventDefault();
  }

  if (rows.length === 0) return <p class="empty-list">{t().alarms.empty[filter]}</p>;
  return (
    <table class="alarm-list" role="grid" aria-label={t().alarms.list}>
      <thead>
        <tr>
          <th scope="col">
            <span class="unseen">{t().alarms.priority}</span>
          </th>
          <th scope="col">{t().alarms.subject}</th>
          <th scope="col">{t().alarms.state}</th>
          <th scope="col">{t().alarms.since}</th>
        </tr>
      </thead>
      <tbody ref={body}>
        {rows.map((alarm) => (
          <tr
            key={alarm.id}
            data-alarm={alarm.id}
            data-key={alarm.key}
            data-state={alarm.state}
            class={rowClass(alarm)}
            aria-selected={alarm.id === selected}
            tabIndex={alarm.id === tabbed ? 0 : -1}
            onClick={() => onOpen(alarm)}
            onFocus={() => setCurrent(alarm.id)}
            onKeyDown={(event) => keyDown(event, alarm, event.currentTarget)}
          >
            <Cells alarm={alarm} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function focus(element: Element | null | undefined): void {
  if (element instanceof HTMLElement) element.focus();
}

function rowClass(alarm: Alarm): string {
  return [
    `priority-${alarm.priority}`,
    isStanding(alarm) ? '' : 'quiet',
    isUnacknowledged(alarm) ? 'unacknowledged' : '',
  ].join(' ');
}

function Cells({ alarm }: { alarm: Alarm }) {
  const until = parseTime(alarm.shelved_until);
  return (
    <>
      <td>
        <PrioritySign priority={alarm.priority} hollow={!alarm.active} size={22} />
      </td>
      <td class="subject">
        <strong>{subjectOf(alarm)}</strong>{' '}
        <span class="kind">{word(t().alarmKind, alarm.kind)}</span>
        <span class="alarm-reason">{reasonOf(alarm)}</span>
        <Causes alarm={alarm} />
      </td>
      <td class="state">
        <span class={`chip ${isUnacknowledged(alarm) ? 'waiting' : ''}`}>
          {word(t().alarmState, alarm.state)}
        </span>
        {until !== null && alarm.state === 'shelved' && (
          <span class="muted">{t().alarms.shelvedUntil(clockOf(until))}</span>
        )}
      </td>
      <td class="since">{momentOf(alarm.since)}</td>
    </>
  );
}

function Causes({ alarm }: { alarm: Alarm }) {
  const causes = alarm.reason?.causes ?? [];
  if (causes.length === 0) return null;
  const names = causes.slice(0, 3).map((cause) => cause.signal);
  return (
    <span class="alarm-causes">
      {t().alarms.causes}: {names.join(', ')}
    </span>
  );
}
