// SPDX-License-Identifier: Apache-2.0
/** The sign of a priority: its own shape, digit and colour, so that colour is never alone. */
import type { Priority } from '../api/types';
import { t } from '../i18n';
import { rank } from '../lib/alarms';

const SHAPES: Record<Priority, string> = {
  critical: 'M1.5 1.5h17v17h-17z',
  high: 'M10 .8 19.400 18.500H.600z',
  medium: 'M10 .6 19.400 10 10 19.400 .600 10z',
  low: 'M10 1a9 9 0 1 0 0 18 9 9 0 0 0 0-18z',
};

interface Props {
  priority: Priority;
  /** Returned to normal: the outline alone. */
  hollow?: boolean;
  size?: number;
  /** The word stands beside it: nothing to read aloud. */
  silent?: boolean;
}

export function PrioritySign({ priority, hollow = false, size = 20, silent = false }: Props) {
  const label = t().priority[priority] ?? priority;
  return (
    <svg
      class={`sign priority-${priority} ${hollow ? 'hollow' : ''}`}
      width={size}
      height={size}
      viewBox="0 0 20 20"
      {...(silent ? { 'aria-hidden': 'true' } : { role: 'img', 'aria-label': label })}
    >
      <path d={SHAPES[priority] ?? SHAPES.low} />
      <text x="10" y={priority === 'high' ? 16 : 14.2} text-anchor="middle">
        {rank(priority) + 1}
      </text>
    </svg>
  );
}
