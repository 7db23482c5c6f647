// SPDX-License-Identifier: Apache-2.0
/** The wind dial's keys, as the ARIA practices name them for a slider. */

const STEP = 5;
const LARGE = 45;

/** The direction after a key, 0 to 359, or null for a key that turns nothing. */
export function turned(from: number, key: string, fine: boolean): number | null {
  const step = fine ? 1 : STEP;
  const by: Record<string, number> = {
    ArrowRight: step,
    ArrowUp: step,
    ArrowLeft: -step,
    ArrowDown: -step,
    PageUp: LARGE,
    PageDown: -LARGE,
  };
  if (key === 'Home') return 0;
  const change = by[key];
  return change === undefined ? null : (((from + change) % 360) + 360) % 360;
}
