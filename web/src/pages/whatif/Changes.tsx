// SPDX-License-Identifier: Apache-2.0
/** What changed in the alarms' settings and in the site file, with its reason or flagged for none. */
import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { SettingsChange } from '../../api/whatif-types';
import { t, word } from '../../i18n';
import { momentOf } from '../../state/clock';
import { usePoll } from '../../state/poll';

const REFRESH_MS = 10_000;
const MOST = 100;
/** Sentences of one change that are shown at once. */
const SENTENCES = 5;

export function Changes() {
  const words = t().whatIf;
  const [list, setList] = useState<SettingsChange[] | null>(null);
  usePoll(async () => setList(await api.changes(MOST)), REFRESH_MS);
  const flagged = (list ?? []).filter((one) => one.flagged).length;
  return (
    <section class="panel">
      <h2>{words.changesTitle}</h2>
      {list === null && <p class="hint">{t().loading}</p>}
      {flagged > 0 && <p class="failure">{words.unreasoned(flagged)}</p>}
      {list?.length === 0 && <p class="hint">{words.noChanges}</p>}
      {list && list.length > 0 && (
        <div class="table-scroll">
          <table class="changes">
            <thead>
              <tr>
                <th scope="col">{words.inForceSince}</th>
                <th scope="col">{words.what}</th>
                <th scope="col">{words.reason}</th>
                <th scope="col">{words.by}</th>
              </tr>
            </thead>
            <tbody>
              {list.map((one) => (
                <Row key={one.sequence} one={one} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Row({ one }: { one: SettingsChange }) {
  const words = t().whatIf;
  return (
    <tr class={one.flagged ? 'flagged' : ''} data-change={one.of}>
      <th scope="row">
        {momentOf(one.time)} <span class="chip">{word(words.changeOf, one.of)}</span>
      </th>
      <td>
        <Sentences one={one} />
      </td>
      <td>
        {one.flagged && <strong class="no-reason">✕ {words.noReason}</strong>}
        {one.reason ?? (one.flagged ? '' : words.firstOne)}
      </td>
      <td>{one.by ?? one.owner ?? '–'}</td>
    </tr>
  );
}

function Sentences({ one }: { one: SettingsChange }) {
  const words = t().whatIf;
  if (one.before === null) return <>{words.firstOf[one.of]}</>;
  if (one.changes === null) return <>{words.notKnown}</>;
  const rest = one.changes.length - SENTENCES + one.more;
  return (
    <ul>
      {one.changes.slice(0, SENTENCES).map((text) => (
        <li key={text}>{one.of === 'file' ? <code>{text}</code> : text}</li>
      ))}
      {rest > 0 && <li class="muted">{words.moreChanges(rest)}</li>}
    </ul>
  );
}
