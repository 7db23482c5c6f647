// SPDX-License-Identifier: Apache-2.0
/** The path of a proof as a small bar, a piece for each stage, with its times in words. */
import type { ProofItem } from '../../api/alarm-types';
import { t } from '../../i18n';
import { formatMs, STAGES, stageTimes, totalMs } from '../../lib/proofs';

export function Legend() {
  return (
    <ul class="stage-legend" aria-label={t().prooftests.times}>
      {STAGES.map((stage) => (
        <li key={stage}>
          <span class={`stage ${stage}`} /> {t().prooftests.stages[stage]}
        </li>
      ))}
    </ul>
  );
}

export function Stages({ item, most }: { item: ProofItem; most: number }) {
  const words = t().prooftests;
  const times = stageTimes(item);
  if (times.length === 0) return <>–</>;
  return (
    <>
      <span class="stages" aria-hidden="true">
        {times.map(({ stage, ms }) => (
          <span key={stage} class={`stage ${stage}`} style={{ width: `${(ms / most) * 100}%` }} />
        ))}
      </span>
      <span class="message muted">
        <strong>{words.milliseconds(formatMs(totalMs(times)))}</strong>{' '}
        {times.map(({ stage, ms }) => `${words.stages[stage]} ${formatMs(ms)}`).join(' · ')}
      </span>
    </>
  );
}
