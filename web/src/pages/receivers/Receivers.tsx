// SPDX-License-Identifier: Apache-2.0
/** Who is told of alarms, what waits for them, and what went wrong last. */
import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { Receiver } from '../../api/alarm-types';
import { t } from '../../i18n';
import { formatCount } from '../../lib/number';
import { routeTo } from '../../lib/route';
import { AlarmTabs } from '../../parts/AlarmTabs';
import { durationOf, momentOf } from '../../state/clock';
import { tellDone, tellFailure } from '../../state/notices';
import { usePoll } from '../../state/poll';
import { route } from '../../state/route';
import { may } from '../../state/session';
import { Messages } from './Messages';

const REFRESH_MS = 2_000;

export function Receivers() {
  const [list, setList] = useState<Receiver[] | null>(null);
  const load = async () => setList(await api.receivers());
  usePoll(load, REFRESH_MS);
  const chosen = route.value.rest;
  return (
    <>
      <AlarmTabs />
      <section class="panel">
        <h1>{t().receivers.title}</h1>
        {list === null && <p class="hint">{t().loading}</p>}
        {list?.length === 0 && <p class="hint">{t().receivers.none}</p>}
        {list && list.length > 0 && <Table list={list} onTest={load} />}
      </section>
      {chosen !== null && <Messages key={chosen} name={chosen} />}
    </>
  );
}

function Table({ list, onTest }: { list: readonly Receiver[]; onTest: () => Promise<void> }) {
  const words = t().receivers;
  return (
    <div class="table-scroll">
      <table class="receiver-list">
        <thead>
          <tr>
            <th scope="col">{words.name}</th>
            <th scope="col">{words.state}</th>
            <th scope="col">{words.place}</th>
            <th scope="col" class="number">
              {words.waiting}
            </th>
            <th scope="col" class="number">
              {words.confirmed}
            </th>
            <th scope="col" class="number">
              {words.givenUp}
            </th>
            <th scope="col">{words.lastConfirmed}</th>
            <th scope="col">{words.lastHeartbeat}</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {list.map((one) => (
            <Row key={one.name} one={one} onTest={onTest} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ one, onTest }: { one: Receiver; onTest: () => Promise<void> }) {
  const words = t().receivers;
  const allowed = may('engineer');
  const test = async () => {
    try {
      const { id } = await api.testReceiver(one.name);
      tellDone(words.sent(id));
      await onTest();
    } catch (error) {
      tellFailure(error);
    }
  };
  return (
    <tr data-receiver={one.name}>
      <th scope="row">
        <a href={routeTo('receivers', one.name)}>{one.name}</a>
      </th>
      <td>
        <State one={one} />
        {one.lacks !== null && <span class="message">{one.lacks}</span>}
      </td>
      <td class="place">
        {one.kind}, {one.format}
        <span class="message muted">{one.place}</span>
      </td>
      <td class="number live">
        {formatCount(one.waiting)}
        {one.unkept > 0 && <span class="message">{words.unkept(formatCount(one.unkept))}</span>}
      </td>
      <td class="number live">{formatCount(one.confirmed)}</td>
      <td class="number live">{formatCount(one.given_up)}</td>
      <td class="nowrap live">{momentOf(one.last_confirmed) || '–'}</td>
      <td class="nowrap live">{momentOf(one.last_heartbeat) || '–'}</td>
      <td>
        <button
          type="button"
          aria-label={words.testTitle(one.name)}
          title={allowed ? words.testTitle(one.name) : t().dialog.needsRole(t().roles.engineer)}
          disabled={!allowed}
          onClick={() => void test()}
        >
          {words.test}
        </button>
      </td>
    </tr>
  );
}

function State({ one }: { one: Receiver }) {
  const words = t().receivers;
  if (one.failing_s === null) {
    const idle = one.last_confirmed === null && one.last_heartbeat === null;
    return <span class={`source-state ${idle ? 'connecting' : 'running'}`}>{idle ? words.idle : words.works}</span>;
  }
  return (
    <>
      <span class="source-state lost">{words.failing(durationOf(one.failing_s * 1000))}</span>
      <span class="message">
        <span lang="en">{one.error}</span>
        {one.again_s !== null && ` (${words.again(durationOf(one.again_s * 1000))})`}
      </span>
    </>
  );
}
