// SPDX-License-Identifier: Apache-2.0
/** The alarm list and, beside it, the chosen alarm; above it the floods. */
import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/client';
import { type Alarm, type AlarmFilter } from '../../api/types';
import { t } from '../../i18n';
import { isStanding, positionOf } from '../../lib/alarms';
import { routeTo } from '../../lib/route';
import { AlarmTabs } from '../../parts/AlarmTabs';
import { alarmsKnown, alarmsVersion, standing } from '../../state/alarms';
import { floods } from '../../state/floods';
import { tellFailure } from '../../state/notices';
import { owners } from '../../state/plant';
import { poll } from '../../state/poll';
import { go, route } from '../../state/route';
import { Detail } from './Detail';
import { addressOf, Filters, viewOf, type AlarmView } from './Filters';
import { FloodCards } from './FloodCard';
import { AlarmList } from './List';

export function Alarms() {
  const { rest, query } = route.value;
  const view = viewOf(query);
  const all = useList(view.filter);
  const list = all === null ? null : all.filter((one) => isOf(one, view));
  const folded = view.raw ? new Set<string>() : new Set(floods.value.map((one) => one.position));
  const shown = list?.filter((one) => !folded.has(positionOf(one, owners.value)));
  const id = rest === null ? null : Number(rest);
  const open = (alarm: Alarm | null) =>
    go(routeTo('alarms', alarm && String(alarm.id), addressOf(view)));
  return (
    <>
      <AlarmTabs />
      <div class={`alarms ${id === null ? '' : 'with-detail'}`}>
        <h1 class="unseen">{t().pages.alarms}</h1>
        <div class="alarm-side">
          <FloodCards position={view.position} />
          <section class="panel alarm-list-panel">
            <Filters view={view} rest={rest} />
            {list && shown && shown.length < list.length && (
              <p class="folded">
                {t().flood.folded(list.length - shown.length)}{' '}
                <a href={routeTo('alarms', rest, addressOf({ ...view, raw: true }))}>
                  {t().flood.raw}
                </a>
              </p>
            )}
            {shown ? (
              <AlarmList list={shown} filter={view.filter} selected={id} onOpen={open} />
            ) : (
              <p class="hint">{t().loading}</p>
            )}
          </section>
        </div>
        <aside class="panel alarm-detail" aria-label={t().alarms.reason}>
          {id === null ? (
            <p class="hint">{t().alarms.choose}</p>
          ) : (
            <Chosen id={id} list={list ?? []} onClose={() => open(null)} />
          )}
        </aside>
      </div>
    </>
  );
}

function isOf(alarm: Alarm, { filter, position }: AlarmView): boolean {
  if (position !== null && positionOf(alarm, owners.value) !== position) return false;
  if (filter === 'active') return alarm.active;
  if (filter === 'shelved') return alarm.state === 'shelved';
  return filter === 'all' || isStanding(alarm);
}

/** How often all alarms are asked for while they change. */
const ALL_MS = 1_000;

/** The standing alarms are live here; all of them are asked for when something changed. */
function useList(filter: AlarmFilter): readonly Alarm[] | null {
  const [all, setAll] = useState<Alarm[] | null>(null);
  useEffect(() => {
    if (filter !== 'all') return;
    let seen = -1;
    return poll(async () => {
      const version = alarmsVersion.peek();
      if (version === seen) return;
      setAll(await api.alarms('all').catch(told));
      seen = version;
    }, ALL_MS);
  }, [filter]);
  if (filter === 'all') return all;
  return alarmsKnown.value ? standing.value : null;
}

function told(error: unknown): never {
  tellFailure(error);
  throw error;
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
