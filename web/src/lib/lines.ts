// SPDX-License-Identifier: Apache-2.0
/** What differs between two texts, line by line. */

export interface LineChange {
  added: boolean;
  /** From 1, in the text that has the line. */
  line: number;
  text: string;
}

export interface LineDiff {
  /** In the order of the texts, what was taken out before what came in its place. */
  changes: LineChange[];
  /** Where a line of the old text stands in the new one, both from 0; absent where it is gone. */
  kept: ReadonlyMap<number, number>;
}

/** Texts that differ in more places than this are told as replaced: nobody reads such a list. */
const MOST = 1000;

/**
 * The shortest list of changes, by the greedy algorithm of E. W. Myers, "An O(ND) Difference
 * Algorithm and Its Variations", Algorithmica 1, 1986, figure 2.
 */
export function diffLines(before: string, after: string): LineDiff {
  const [a, b] = [before.split('\n'), after.split('\n')];
  const trail: Int32Array[] = [];
  const size = Math.min(MOST, a.length + b.length) + 1;
  // Furthest line of `a` on each diagonal k = x - y.
  const ends = new Int32Array(2 * size + 1);
  for (let d = 0; d < size; d++) {
    trail.push(ends.slice());
    for (let k = -d; k <= d; k += 2) {
      let x = comesDown(ends, size, k, d) ? at(ends, size + k + 1) : at(ends, size + k - 1) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      ends[size + k] = x;
      if (x >= a.length && x - k >= b.length) return walkBack(a, b, trail, size);
    }
  }
  return replaced(a, b);
}

const at = (ends: Int32Array, i: number): number => ends[i] ?? 0;

/** The way to diagonal k comes by a line of the new text, not by one less of the old. */
function comesDown(ends: Int32Array, size: number, k: number, d: number): boolean {
  return k === -d || (k !== d && at(ends, size + k - 1) < at(ends, size + k + 1));
}

function walkBack(a: string[], b: string[], trail: Int32Array[], size: number): LineDiff {
  const changes: LineChange[] = [];
  const kept = new Map<number, number>();
  let [x, y] = [a.length, b.length];
  for (let d = trail.length - 1; d >= 0; d--) {
    const ends = trail[d] ?? new Int32Array();
    const k = x - y;
    const down = comesDown(ends, size, k, d);
    const fromX = d === 0 ? 0 : at(ends, size + (down ? k + 1 : k - 1));
    const fromY = d === 0 ? 0 : fromX - (down ? k + 1 : k - 1);
    while (x > fromX && y > fromY) kept.set(--x, --y);
    if (d === 0) break;
    if (down) changes.push({ added: true, line: y, text: b[--y] ?? '' });
    else changes.push({ added: false, line: x, text: a[--x] ?? '' });
  }
  return { changes: changes.reverse(), kept };
}

function replaced(a: string[], b: string[]): LineDiff {
  const tell = (added: boolean) => (text: string, i: number) => ({ added, line: i + 1, text });
  return { changes: [...a.map(tell(false)), ...b.map(tell(true))], kept: new Map() };
}
