// SPDX-License-Identifier: Apache-2.0
/** A flood as one card: what came first, what can have caused what, what nobody was told. */
import { useEffect } from 'preact/hooks';
import type { Flood, PlacedAlarm } from '../../api/alarm-types';
import { t } from '../../i18n';
import { byAsset } from '../../lib/floods';
import { formatCount } from '../../lib/number';
import { routeTo } from '../../lib/route';
import { parseTime } from '../../lib/time';
import { PrioritySign } from '../../parts/PrioritySign';
import { durationOf, momentOf, now } from '../../state/clock';
import { floods, loadFloods } from '../../state/floods';
import { titled } from '../../state/plant';
import { poll } from '../../state/poll';

/** The order grows with each alarm; it is read by people. */
const REFRESH_MS = 2_000;
const LINES = 8;

/** The cards of the floods that are now; of one position when one is chosen. */
export function FloodCards({ position }: { position: string | null }) {
  const some = floods.value.length > 0;
  useEffect(() => (some ? poll(loadFloods, REFRESH_MS) : undefined), [some]);
  const shown = floods.value.filter((one) => position === null || one.position === position);
  return (
    <>
      {shown.map((one) => (
        <FloodCard key={one.position} flood={one} />
      ))}
    </>
  );
}

function FloodCard({ flood }: { flood: Flood }) {
  const words = t().flood;
  const title = words.title(titled(flood.position, flood.title));
  const began = parseTime(flood.began);
  return (
    <section class="panel flood" data-flood={flood.position} aria-label={title}>
      <header>
        <h2>{title}</h2>
        <span class="live">
          {began !== null && words.since(momentOf(flood.began), durationOf(now.value - began))}
        </span>
        <a class="raw" href={routeTo('alarms', null, { position: flood.position, raw: '1' })}>
          {words.raw}
        </a>
      </header>
      <dl class="flood-figures">
        <Count name={words.alarms} value={flood.alarms} />
        <Count name={words.tenMinutes} value={flood.ten_minutes} />
        <Count name={words.peak} value={flood.peak} />
        <Count name={words.silenced} value={flood.suppressed.since_begin} />
      </dl>
      <p class="hint">
        {words.aside(
          flood.suppressed.shelved,
          flood.suppressed.by_design,
          flood.suppressed.out_of_service,
        )}
      </p>
      {flood.first_out && (
        <p class="first-out">
          <strong>{words.firstOut}</strong>{' '}
          <a href={routeTo('alarms', String(flood.first_out.id))}>{flood.first_out.key}</a>{' '}
          <time>{momentOf(flood.first_out.time)}</time>
        </p>
      )}
      {flood.order && <Order order={flood.order} leftOut={flood.left_out} />}
    </section>
  );
}

function Count({ name, value }: { name: string; value: number }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class="live">{formatCount(value)}</dd>
    </div>
  );
}

function Order({ order, leftOut }: { order: readonly PlacedAlarm[]; leftOut: number }) {
  const words = t().flood;
  const lines = byAsset(order);
  const hidden = lines.slice(LINES).reduce((sum, line) => sum + line.more + 1, leftOut);
  return (
    <>
      <h3>{words.order}</h3>
      <ol class="flood-order">
        {lines.slice(0, LINES).map(({ alarm, more }) => (
          <li key={alarm.id}>
            <PrioritySign priority={alarm.priority} hollow={!alarm.active} size={18} />
            <a href={routeTo('alarms', String(alarm.id))}>{alarm.key}</a>
            <span class="muted">{reasonOf(alarm)}</span>
            {more > 0 && <span class="chip">{words.more(more)}</span>}
          </li>
        ))}
      </ol>
      {hidden > 0 && <p class="hint">{words.hidden(formatCount(hidden))}</p>}
      <p class="hint">{words.orderHint}</p>
    </>
  );
}

/** Why it stands where it stands. */
function reasonOf(alarm: PlacedAlarm): string {
  return t().flood.why[alarm.why]?.(alarm.of ?? '', alarm.steps) ?? alarm.text;
}
