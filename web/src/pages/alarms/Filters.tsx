// SPDX-License-Identifier: Apache-2.0
/** Which alarms are listed: it all stands in the address. */
import { ALARM_FILTERS, type AlarmFilter } from '../../api/types';
import { t } from '../../i18n';
import { routeTo } from '../../lib/route';
import { PositionChoice } from '../../parts/PositionChoice';
import { standing } from '../../state/alarms';
import { go } from '../../state/route';

export interface AlarmView {
  filter: AlarmFilter;
  /** Of operators; null: all. */
  position: string | null;
  /** List also what a flood's card tells. */
  raw: boolean;
}

function isFilter(text: string | undefined): text is AlarmFilter {
  return (ALARM_FILTERS as readonly (string | undefined)[]).includes(text);
}

export function viewOf(query: Record<string, string>): AlarmView {
  return {
    filter: isFilter(query.show) ? query.show : 'standing',
    position: query.position ?? null,
    raw: query.raw === '1',
  };
}

export function addressOf({ filter, position, raw }: AlarmView): Record<string, string> {
  return {
    ...(filter !== 'standing' && { show: filter }),
    ...(position !== null && { position }),
    ...(raw && { raw: '1' }),
  };
}

export function Filters({ view, rest }: { view: AlarmView; rest: string | null }) {
  const show = (change: Partial<AlarmView>) =>
    go(routeTo('alarms', rest, addressOf({ ...view, ...change })));
  return (
    <div class="toolbar">
      <div class="segments" role="group" aria-label={t().alarms.filterLabel}>
        {ALARM_FILTERS.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={one === view.filter}
            onClick={() => show({ filter: one })}
          >
            {t().alarms.filter[one]}
            {one === 'standing' && ` (${standing.value.length})`}
          </button>
        ))}
      </div>
      <PositionChoice all position={view.position} onPosition={(position) => show({ position })} />
      <span class="hint keys-hint">{t().alarms.keys}</span>
    </div>
  );
}
