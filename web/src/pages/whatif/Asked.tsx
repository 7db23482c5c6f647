// SPDX-License-Identifier: Apache-2.0
/** What was asked before, by whom, and what came of it. */
import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { WhatIf } from '../../api/whatif-types';
import { t } from '../../i18n';
import { routeTo } from '../../lib/route';
import { momentOf } from '../../state/clock';
import { usePoll } from '../../state/poll';
import { pastText } from './Run';

const REFRESH_MS = 5_000;

export function Asked() {
  const words = t().whatIf;
  const [list, setList] = useState<WhatIf[]>([]);
  usePoll(async () => setList(await api.whatIfs()), REFRESH_MS);
  if (list.length === 0) return null;
  return (
    <section class="panel">
      <h2>{words.askedBefore}</h2>
      <div class="table-scroll">
        <table class="asked">
          <thead>
            <tr>
              <th scope="col">{words.question}</th>
              <th scope="col">{words.stateTitle}</th>
              <th scope="col">{words.over}</th>
              <th scope="col">{words.by}</th>
              <th scope="col">{words.reason}</th>
            </tr>
          </thead>
          <tbody>
            {list.map((one) => (
              <tr key={one.id} data-whatif={one.id}>
                <th scope="row">
                  <a href={routeTo('whatif', String(one.id))}>{momentOf(one.created)}</a>
                  {one.comment !== '' && <span class="message">{one.comment}</span>}
                </th>
                <td>{words.state[one.state]}</td>
                <td>{pastText(one)}</td>
                <td>{one.by}</td>
                <td>{one.kept?.reason ?? '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
