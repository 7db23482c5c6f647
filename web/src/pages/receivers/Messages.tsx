// SPDX-License-Identifier: Apache-2.0
/** The newest messages of one receiver. */
import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { ReceiverMessage } from '../../api/alarm-types';
import { t, word } from '../../i18n';
import { momentOf } from '../../state/clock';
import { explain } from '../../state/notices';
import { usePoll } from '../../state/poll';

const REFRESH_MS = 2_000;
const SHOWN = 50;

/** "alarm.raised" tells of a transition; a drill and a heartbeat tell of no alarm. */
function typeOf(message: ReceiverMessage): string {
  const [subject, transition] = message.type.split('.', 2);
  return subject === 'alarm' && transition
    ? word(t().transition, transition)
    : word(t().receivers.types, message.type);
}

export function Messages({ name }: { name: string }) {
  const words = t().receivers;
  const [list, setList] = useState<ReceiverMessage[] | null>(null);
  const [problem, setProblem] = useState('');
  usePoll(async () => {
    try {
      setList(await api.receiverMessages(name, SHOWN));
      setProblem('');
    } catch (error) {
      setProblem(explain(error));
      throw error;
    }
  }, REFRESH_MS);
  return (
    <section class="panel receiver-messages">
      <div class="toolbar">
        <h2>{words.messages(name)}</h2>
        <a href="#/receivers">{words.close}</a>
      </div>
      {problem !== '' && <p class="failure">{problem}</p>}
      {list?.length === 0 && <p class="hint">{words.noMessages}</p>}
      {list && list.length > 0 && (
        <div class="table-scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{words.due}</th>
                <th scope="col">{words.type}</th>
                <th scope="col">{words.text}</th>
                <th scope="col">{words.state}</th>
                <th scope="col" class="number">
                  {words.tries}
                </th>
                <th scope="col">{words.finished}</th>
              </tr>
            </thead>
            <tbody>
              {list.map((one) => (
                <tr key={one.id} data-message={one.id}>
                  <td class="nowrap">{momentOf(one.due)}</td>
                  <td class="nowrap">{typeOf(one)}</td>
                  <td>
                    <span lang="en">{one.text}</span>
                    {one.alarm && <span class="message muted">{one.alarm}</span>}
                  </td>
                  <td>
                    {word(words.messageState, one.state)}
                    {one.error && (
                      <span class="message" lang="en">
                        {one.error}
                      </span>
                    )}
                  </td>
                  <td class="number">{one.tries}</td>
                  <td class="nowrap">{momentOf(one.finished) || '–'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
