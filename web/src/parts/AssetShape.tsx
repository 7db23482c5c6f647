// SPDX-License-Identifier: Apache-2.0
/** Plain shapes for kinds of assets, drawn around (0, 0) in a square of 44. A kind is one entry. */
import type { ComponentChildren } from 'preact';

interface Kind {
  /** Words of `kind` in the site file that this shape stands for. */
  matches: RegExp;
  draw: (fill: number | null) => ComponentChildren;
}

/** Contents of a vessel, `fill` from 0 to 1, cut by the vessel's own outline below. */
function contents(fill: number | null, top: number, bottom: number, half: number) {
  if (fill === null) return null;
  const height = (bottom - top) * Math.min(1, Math.max(0, fill));
  return <rect class="contents" x={-half} y={bottom - height} width={2 * half} height={height} />;
}

const KINDS: readonly Kind[] = [
  {
    matches: /tank|vessel|drum|silo/,
    draw: (fill) => (
      <>
        <path class="body" d="M-17-13c0-4 8-6.500 17-6.500s17 2.500 17 6.500v32h-34z" />
        {contents(fill, -13, 18.5, 16.5)}
        <path
          class="line"
          d="M-17-13c0-4 8-6.500 17-6.500s17 2.500 17 6.500v32h-34zM-17-13c0 3 8 5 17 5s17-2 17-5"
        />
      </>
    ),
  },
  {
    matches: /reactor|column|kettle/,
    draw: (fill) => (
      <>
        <path class="body" d="M-14-10a14 10 0 0 1 28 0v20a14 10 0 0 1-28 0z" />
        {contents(fill, -10, 10, 13.5)}
        <path
          class="line"
          d="M-14-10a14 10 0 0 1 28 0v20a14 10 0 0 1-28 0zM0-22v30M-8 8h16M-8 5v6M8 5v6"
        />
        <path class="line thin" d="M-18-6v14a18 12 0 0 0 6 9M18-6v14a18 12 0 0 1-6 9" />
      </>
    ),
  },
  {
    matches: /pump|compressor|fan|blower/,
    draw: () => (
      <>
        <path class="body" d="M-12 13l-5 8h34l-5-8z" />
        <circle class="body" r="16" cy="1" />
        <path class="line" d="M-12 13l-5 8h34l-5-8M-9-6.500 15.500 1-9 8.500z" />
        <circle class="line" r="16" cy="1" />
      </>
    ),
  },
  {
    matches: /motor|engine|turbine|generator/,
    draw: () => (
      <>
        <rect class="body" x="-17" y="-12" width="28" height="24" rx="3" />
        <path
          class="line"
          d="M-17-9a3 3 0 0 1 3-3h22a3 3 0 0 1 3 3v18a3 3 0 0 1-3 3h-22a3 3 0 0 1-3-3zM11-4h9v8h-9M-11-6h16M-11 0h16M-11 6h16M-14 12v6M8 12v6"
        />
      </>
    ),
  },
  {
    matches: /valve/,
    draw: () => (
      <>
        <path class="body" d="M-19-4v22l38-22v22z" />
        <path class="line" d="M-19-4v22l38-22v22zM0 7v-15M-10-8a10 10 0 0 1 20 0z" />
      </>
    ),
  },
  {
    matches: /exchanger|cooler|heater|condenser/,
    draw: () => (
      <>
        <circle class="body" r="18" />
        <circle class="line" r="18" />
        <path class="line" d="M-22 6h10l6-14 8 20 6-14h14" />
      </>
    ),
  },
];

const OTHER: Kind = {
  matches: /./,
  draw: () => (
    <>
      <rect class="body" x="-17" y="-17" width="34" height="34" rx="5" />
      <path
        class="line"
        d="M-12-17h24a5 5 0 0 1 5 5v24a5 5 0 0 1-5 5h-24a5 5 0 0 1-5-5v-24a5 5 0 0 1 5-5zM-9-6h18M-9 0h18M-9 6h10"
      />
    </>
  ),
};

/** `fill`: share of the contents of a vessel, or null when no level is measured. */
export function AssetShape({ kind, fill }: { kind: string | null; fill: number | null }) {
  const shape = KINDS.find((one) => one.matches.test((kind ?? '').toLowerCase())) ?? OTHER;
  return <g class="shape">{shape.draw(fill)}</g>;
}
