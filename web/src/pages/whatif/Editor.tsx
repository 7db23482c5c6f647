// SPDX-License-Identifier: Apache-2.0
/** Text with numbers of its lines, marks at those that were changed, and faults behind theirs. */
import type { MutableRef } from 'preact/hooks';
import { useImperativeHandle, useMemo, useRef } from 'preact/hooks';
import type { SiteFault } from '../../api/whatif-types';

/** Pixels, as styles/whatif.css has them. */
const LINE = 18;
const PADDING = 8;
/** Lines above the one that is shown. */
const ABOVE = 4;

export interface EditorHandle {
  /** Put the cursor there, and the line where it is seen. */
  show: (offset: number, line: number) => void;
}

interface Props {
  handle: MutableRef<EditorHandle | null>;
  label: string;
  text: string;
  /** Lines from 1. */
  changed: readonly number[];
  faults: readonly SiteFault[];
  describedBy: string | undefined;
  onText: (text: string) => void;
}

const topOf = (line: number): string => `${PADDING + (line - 1) * LINE}px`;

/** As high as the text, but never more than a part of the window, and room to write. */
const heightOf = (lines: number): string =>
  `clamp(260px, ${2 * PADDING + (lines + 2) * LINE}px, 62vh)`;

/** Columns that a line takes: those of Chinese letters are twice as wide. */
function widthOf(line: string): number {
  let width = 0;
  for (const letter of line) width += letter > '\u2E7F' ? 2 : 1;
  return width;
}

export function Editor({ handle, label, text, changed, faults, describedBy, onText }: Props) {
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  const notes = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => text.split('\n'), [text]);
  const numbers = useMemo(() => lines.map((_, i) => i + 1).join('\n'), [lines.length]);
  const follow = () => {
    const { scrollTop = 0, scrollLeft = 0 } = area.current ?? {};
    if (gutter.current) gutter.current.style.transform = `translateY(${-scrollTop}px)`;
    if (notes.current)
      notes.current.style.transform = `translate(${-scrollLeft}px, ${-scrollTop}px)`;
  };
  useImperativeHandle(handle, () => ({
    show: (offset, line) => {
      area.current?.focus();
      area.current?.setSelectionRange(offset, offset);
      area.current?.scrollTo(0, Math.max(0, line - 1 - ABOVE) * LINE);
      follow();
    },
  }));
  return (
    <div class="editor code" style={{ height: heightOf(lines.length) }}>
      <div class="gutter" aria-hidden="true">
        <div ref={gutter}>
          {changed.map((line) => (
            <span key={line} class="changed-mark" style={{ top: topOf(line) }} />
          ))}
          {faults.map(({ line, column, path }) => (
            <span key={`${line}:${column} ${path}`} class="fault-mark" style={{ top: topOf(line) }}>
              ✕
            </span>
          ))}
          <pre>{numbers}</pre>
        </div>
      </div>
      <div class="editor-text">
        <textarea
          ref={area}
          aria-label={label}
          aria-invalid={faults.length > 0}
          aria-describedby={describedBy}
          wrap="off"
          spellcheck={false}
          autoComplete="off"
          value={text}
          onScroll={follow}
          onInput={(event) => onText(event.currentTarget.value)}
        />
        <div class="fault-notes" aria-hidden="true">
          <div ref={notes}>
            {faults.map(({ line, column, path, what, remedy }) => (
              <span
                key={`${line}:${column} ${path}`}
                class="fault-note"
                style={{ top: topOf(line), paddingLeft: `calc(${PADDING}px + ${widthOf(lines[line - 1] ?? '') + 2}ch)` }}
              >
                {what}
                {remedy && `; ${remedy}`}
              </span>
            ))}
          </div>
        </div>
      </div>
    </div>
  );
}
