// SPDX-License-Identifier: Apache-2.0
/** The alarm list and, beside it, the chosen alarm. */
import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/client';
import { ALARM_FILTERS, type Alarm, type AlarmFilter } from '../../api/types';
import { t } from '../../i18n';
import { isStanding } from '../../lib/alarms';
import { routeTo } from '../../lib/route';
import { alarmsKnown, alarmsVersion, standing } from '../../state/alarms';
import { tellFailure } from '../../state/notices';
import { go, route } from '../../state/route';
import { Detail } from './Detail';
import { AlarmList } from './List';

function isFilter(text: string | undefined): text is AlarmFilter {
  return (ALARM_FILTERS as readonly (string | undefined)[]).includes(text);
}

export function Alarms() {
  const { rest, query } = route.value;
  const filter = isFilter(query.show) ? query.show : 'standing';
  const list = useList(filter);
  const id = rest === null ? null : Number(rest);
  const open = (alarm: Alarm | null) =>
    go(routeTo('alarms', alarm && String(alarm.id), filter === 'standing' ? {} : { show: filter }));
  return (
    <div class={`alarms ${id === null ? '' : 'with-detail'}`}>
      <h1 class="unseen">{t().pages.alarms}</h1>
      <section class="panel alarm-list-panel">
        <div class="toolbar">
          <div class="segments" role="group" aria-label={t().alarms.filterLabel}>
            {ALARM_FILTERS.map((one) => (
              <button
                key={one}
                type="button"
                aria-pressed={one === filter}
                onClick={() => go(routeTo('alarms', rest, one === 'standing' ? {} : { show: one }))}
              >
                {t().alarms.filter[one]}
                {one === 'standing' && ` (${standing.value.length})`}
              </button>
            ))}
          </div>
          <span class="hint keys-hint">{t().alarms.keys}</span>
        </div>
        {list === null ? (
          <p class="hint">{t().loading}</p>
        ) : (
          <AlarmList list={list} filter={filter} selected={id} onOpen={open} />
        )}
      </section>
      <aside class="panel alarm-detail" aria-label={t().alarms.reason}>
        {id === null ? (
          <p class="hint">{t().alarms.choose}</p>
        ) : (
          <Chosen id={id} list={list ?? []} onClose={() => open(null)} />
        )}
      </aside>
    </div>
  );
}

/** The standing alarms are live here; all of them are asked for when something changed. */
function useList(filter: AlarmFilter): Alarm[] | null {
  const [all, setAll] = useState<Alarm[] | null>(null);
  const version = alarmsVersion.value;
  useEffect(() => {
    if (filter !== 'all') return;
    let wanted = true;
    api.alarms('all').then((list) => wanted && setAll(list), tellFailure);
    return () => {
      wanted = false;
    };
  }, [filter, version]);
  if (filter === 'all') return all;
  if (!alarmsKnown.value) return null;
  return standing.value.filter((alarm) => {
    if (filter === 'active') return alarm.active;
    return filter === 'shelved' ? alarm.state === 'shelved' : isStanding(alarm);
  });
}

/** The alarm of the address: from the lists when it is there, else asked for. */
function Chosen({
  id,
  list,
  onClose,
}: {
  id: number;
  list: readonly Alarm[];
  onClose: () => void;
}) {
  const here = standing.value.find((one) => one.id === id) ?? list.find((one) => one.id === id);
  const [asked, setAsked] = useState<Alarm | 'unknown' | null>(null);
  const missing = here === undefined && alarmsKnown.value;
  const version = alarmsVersion.value;
  useEffect(() => {
    if (!missing) return;
    let wanted = true;
    api.alarm(id).then(
      (alarm) => wanted && setAsked(alarm),
      () => wanted && setAsked('unknown'),
    );
    return () => {
      wanted = false;
    };
  }, [id, missing, version]);
  if (here) return <Detail alarm={here} onClose={onClose} />;
  if (asked === 'unknown') return <p class="hint">{t().alarms.unknown}</p>;
  if (asked === null || asked.id !== id) return <p class="hint">{t().loading}</p>;
  return <Detail alarm={asked} onClose={onClose} />;
}
