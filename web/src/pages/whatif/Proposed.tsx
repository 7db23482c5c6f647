// SPDX-License-Identifier: Apache-2.0
/** What differs so far between the site file in force and the proposal. */
import { t } from '../../i18n';
import type { LineChange } from '../../lib/lines';
import { inForce, propose } from '../../state/proposal';

/** Lines that are shown; the text itself shows all. */
const SHOWN = 40;

export function Proposed({ changes }: { changes: readonly LineChange[] }) {
  const words = t().whatIf;
  return (
    <section class="panel proposed">
      <h2>{words.soFar}</h2>
      {changes.length === 0 ? (
        <p class="hint">{words.nothingYet}</p>
      ) : (
        <>
          <ul class="line-changes">
            {changes.slice(0, SHOWN).map((one) => (
              <li key={`${one.added} ${one.line}`} class={one.added ? 'added' : 'removed'}>
                <span class="unseen">{one.added ? words.added : words.removed}</span>
                <code>{one.text.trim()}</code>
              </li>
            ))}
          </ul>
          {changes.length > SHOWN && <p class="hint">{words.moreLines(changes.length - SHOWN)}</p>}
          <button type="button" onClick={() => propose(inForce.value ?? '')}>
            {words.startOver}
          </button>
        </>
      )}
    </section>
  );
}
