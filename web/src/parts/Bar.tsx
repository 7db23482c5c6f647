// SPDX-License-Identifier: Apache-2.0
/** A bar of a table of shares, with zero where the negative ones need it. */

/** The ends of an axis that holds zero and every share. */
export function axisOf(shares: readonly number[]): [number, number] {
  return [Math.min(0, ...shares), Math.max(0, ...shares)];
}

export function Bar({ share, axis: [low, high] }: { share: number; axis: [number, number] }) {
  const span = high - low || 1;
  const left = `${((Math.min(0, share) - low) / span) * 100}%`;
  const width = `${(Math.abs(share) / span) * 100}%`;
  return (
    <span class="bar">
      <span class={share < 0 ? 'fill negative' : 'fill'} style={{ left, width }} />
    </span>
  );
}
