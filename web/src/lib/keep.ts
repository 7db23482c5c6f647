// SPDX-License-Identifier: Apache-2.0
/** What was asked for again and is the same stays the same object, so that nothing is drawn anew. */
export function keepSame<T>(before: T, next: T): T {
  return JSON.stringify(before) === JSON.stringify(next) ? before : next;
}

/** The same for a list whose entries have a name. */
export function keepSameIn<T>(before: readonly T[], next: readonly T[], nameOf: (one: T) => string): T[] {
  const known = new Map(before.map((one) => [nameOf(one), one]));
  return next.map((one) => {
    const old = known.get(nameOf(one));
    return old === undefined ? one : keepSame(old, one);
  });
}
