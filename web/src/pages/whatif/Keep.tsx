// SPDX-License-Identifier: Apache-2.0
/** Keep what was found as the reason of a change to come: management of change. */
import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { WhatIf } from '../../api/whatif-types';
import { t } from '../../i18n';
import { momentOf } from '../../state/clock';
import { tellDone, tellFailure } from '../../state/notices';

export function Keep({ one, onKept }: { one: WhatIf; onKept: (one: WhatIf) => void }) {
  const words = t().whatIf;
  const [reason, setReason] = useState(one.comment);
  const [busy, setBusy] = useState(false);
  async function keep(event: Event): Promise<void> {
    event.preventDefault();
    setBusy(true);
    try {
      // The answer stays: it is the same, and long.
      onKept({ ...one, ...(await api.keepWhatIf(one.id, reason.trim())) });
      tellDone(words.keptDone);
    } catch (error) {
      tellFailure(error);
    }
    setBusy(false);
  }
  return (
    <section class="panel keep">
      <h2>{words.keepTitle}</h2>
      <p class="hint">{words.keepHint}</p>
      {one.kept && (
        <p class="given">
          {words.keptBy(one.kept.by, momentOf(one.kept.time))} <strong>{one.kept.reason}</strong>
        </p>
      )}
      {!one.kept && (
        <form onSubmit={(event) => void keep(event)}>
          <label>
            {t().dialog.reason}
            <input
              required
              maxLength={500}
              value={reason}
              onInput={(event) => setReason(event.currentTarget.value)}
            />
          </label>
          <button type="submit" class="primary" disabled={busy || reason.trim() === ''}>
            {words.keep}
          </button>
        </form>
      )}
    </section>
  );
}
