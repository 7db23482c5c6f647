// SPDX-License-Identifier: Apache-2.0
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { rowsBetween, type RowSpan } from './rows';

/** Rows drawn above and below what is seen. */
const MARGIN = 8;
/** Until a row was measured. */
const HEIGHT_GUESS = 60;

export interface Rows {
  span: RowSpan;
  /** Of one row, in pixels. */
  height: number;
}

/**
 * Which rows of equal height, inside of `body`, the window shows. A list of ten thousand costs what
 * its thirty visible rows cost.
 */
export function useRows(body: RefObject<HTMLElement>, count: number): Rows {
  const [height, setHeight] = useState(HEIGHT_GUESS);
  const [span, setSpan] = useState<RowSpan>({ first: 0, end: Math.min(count, 40) });
  const look = () => {
    const element = body.current;
    if (!element) return;
    const row = element.querySelector<HTMLElement>('[data-row]')?.offsetHeight || height;
    const top = -element.getBoundingClientRect().top;
    const next = rowsBetween(top, top + window.innerHeight, row, count, MARGIN);
    if (row !== height) setHeight(row);
    setSpan((old) => (old.first === next.first && old.end === next.end ? old : next));
  };
  useLayoutEffect(look, [count]);
  useEffect(() => {
    window.addEventListener('scroll', look, { passive: true });
    window.addEventListener('resize', look);
    return () => {
      window.removeEventListener('scroll', look);
      window.removeEventListener('resize', look);
    };
  }, [count, height]);
  return { span: { first: Math.min(span.first, count), end: Math.min(span.end, count) }, height };
}
