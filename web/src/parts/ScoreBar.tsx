// SPDX-License-Identifier: Apache-2.0
/** A score as a bar from 0 to 2 with its limit, 1, in the middle; the number stands beside it. */
import type { Detector } from '../api/types';
import { t } from '../i18n';
import { formatNumber } from '../lib/number';

export function scoreText(score: number | null): string {
  return formatNumber(score, [0, 10]);
}

export function ScoreBar({
  detector,
}: {
  detector: Pick<Detector, 'score' | 'state' | 'priority'>;
}) {
  const { score, state, priority } = detector;
  const share = Math.min(2, Math.max(0, score ?? 0)) / 2;
  const alarm = state === 'alarm' || (score !== null && score > 1);
  return (
    <span class={`score ${alarm ? `alarm priority-${priority}` : ''}`}>
      <span class="score-bar" role="img" aria-label={t().detectors.scoreLabel(scoreText(score))}>
        <span class="score-fill" style={{ width: `${share * 100}%` }} />
        <span class="score-limit" />
      </span>
      <span class="score-number live">
        {scoreText(score)}
        {score !== null && score > 2 ? ' ›' : ''}
      </span>
    </span>
  );
}
