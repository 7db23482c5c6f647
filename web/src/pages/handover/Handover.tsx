// SPDX-License-Identifier: Apache-2.0
/** The shift handover of a position: the page of now, who signs, and past pages as signed. */
import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { Handover as HandoverPage, PastHandover } from '../../api/alarm-types';
import { t } from '../../i18n';
import { SITE_POSITION } from '../../lib/alarms';
import { routeTo } from '../../lib/route';
import { AlarmTabs } from '../../parts/AlarmTabs';
import { PositionChoice } from '../../parts/PositionChoice';
import { momentOf } from '../../state/clock';
import { explain } from '../../state/notices';
import { usePoll } from '../../state/poll';
import { go, route } from '../../state/route';
import { Page } from './Page';
import { Sign } from './Sign';

const REFRESH_MS = 5_000;

export function Handover() {
  const { rest, query } = route.value;
  const position = query.position ?? SITE_POSITION;
  const id = rest === null ? null : Number(rest);
  const choose = (next: string | null) =>
    go(routeTo('handover', null, next === null ? {} : { position: next }));
  return (
    <>
      <AlarmTabs />
      <div class="handover">
        <div class="toolbar">
          <PositionChoice position={position} onPosition={choose} />
          {id !== null && (
            <a href={routeTo('handover', null, { position })}>← {t().handover.back}</a>
          )}
          <button type="button" onClick={() => window.print()}>
            {t().handover.print}
          </button>
        </div>
        {id === null ? (
          <Now key={position} position={position} />
        ) : (
          <Signed key={`${position} ${id}`} position={position} id={id} />
        )}
      </div>
    </>
  );
}

function Now({ position }: { position: string }) {
  const [page, setPage] = useState<HandoverPage | null>(null);
  const [past, setPast] = useState<PastHandover[]>([]);
  const [problem, setProblem] = useState('');
  const load = async () => {
    try {
      const [now, before] = await Promise.all([api.handover(position), api.handovers(position)]);
      setPage(now);
      setPast(before);
      setProblem('');
    } catch (error) {
      setProblem(explain(error));
      throw error;
    }
  };
  usePoll(load, REFRESH_MS);
  if (problem !== '' && !page) return <p class="panel failure">{problem}</p>;
  if (!page) return <p class="panel hint">{t().loading}</p>;
  const since = page.since ? t().handover.since(momentOf(page.since)) : t().handover.never;
  return (
    <>
      <Page page={page} line={`${t().handover.now(momentOf(page.now))}; ${since}.`} />
      {problem !== '' && <p class="failure">{problem}</p>}
      <Sign page={page} position={position} onSigned={load} />
      <Past list={past} position={position} />
    </>
  );
}

function Signed({ position, id }: { position: string; id: number }) {
  const [page, setPage] = useState<HandoverPage | null>(null);
  const [problem, setProblem] = useState('');
  useEffect(() => {
    let wanted = true;
    api.signedHandover(position, id).then(
      (signed) => wanted && setPage(signed),
      (error: unknown) => wanted && setProblem(explain(error)),
    );
    return () => {
      wanted = false;
    };
  }, []);
  if (problem !== '') return <p class="panel failure">{problem}</p>;
  if (!page) return <p class="panel hint">{t().loading}</p>;
  return <Page page={page} line={t().handover.signed(momentOf(page.now))} />;
}

function Past({ list, position }: { list: readonly PastHandover[]; position: string }) {
  const words = t().handover;
  return (
    <section class="panel past-handovers">
      <h2>{words.past}</h2>
      {list.length === 0 ? (
        <p class="hint">{words.noPast}</p>
      ) : (
        <div class="table-scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{words.giver}</th>
                <th scope="col">{words.taker}</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {list.map((one) => (
                <tr key={one.id} data-handover={one.id}>
                  <SideCell side={one.given} />
                  <SideCell side={one.taken} />
                  <td>
                    <a href={routeTo('handover', String(one.id), { position })}>{words.open}</a>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function SideCell({ side }: { side: PastHandover['taken'] }) {
  if (side === null) return <td class="muted">{t().handover.notTaken}</td>;
  return (
    <td>
      <strong>{side.by}</strong> <time>{momentOf(side.time)}</time>
      {side.comment && <span class="comment"> {side.comment}</span>}
    </td>
  );
}
