// SPDX-License-Identifier: Apache-2.0
/** Which rows of a long list are drawn, and how much room the others keep. */

export interface RowSpan {
  first: number;
  /** Not included. */
  end: number;
}

/** The rows of equal height that lie between two heights, with some more at both ends. */
export function rowsBetween(
  top: number,
  bottom: number,
  height: number,
  count: number,
  margin: number,
): RowSpan {
  const within = (row: number) => Math.min(count, Math.max(0, row));
  return {
    first: within(Math.floor(top / height) - margin),
    end: within(Math.ceil(bottom / height) + margin),
  };
}

/** A drawn row, or a gap of so many rows. */
export type Piece = { row: number } | { gap: number };

/** The list as drawn rows and gaps. Row `pinned` (-1: none) is drawn wherever it is. */
export function pieces(span: RowSpan, pinned: number, count: number): Piece[] {
  const list: Piece[] = [];
  let next = 0;
  const upTo = (row: number) => {
    if (row > next) list.push({ gap: row - next });
    next = row;
  };
  const draw = (row: number) => {
    upTo(row);
    list.push({ row });
    next = row + 1;
  };
  if (pinned >= 0 && pinned < span.first) draw(pinned);
  for (let row = span.first; row < span.end; row++) draw(row);
  if (pinned >= span.end && pinned < count) draw(pinned);
  upTo(count);
  return list;
}
