// SPDX-License-Identifier: Apache-2.0
/** Small bars over an axis that begins at its first and ends at its last number. */

export interface HistogramBar {
  /** What a person reads when resting on it. */
  title: string;
  count: number;
}

interface Props {
  bars: readonly HistogramBar[];
  label: string;
  first: string;
  last: string;
}

const HEIGHT = 48;
/** Room of one bar; the picture is stretched to the width it has. */
const STEP = 10;

export function Histogram({ bars, label, first, last }: Props) {
  const most = Math.max(1, ...bars.map((bar) => bar.count));
  const width = bars.length * STEP;
  return (
    <figure class="histogram">
      <svg
        role="img"
        aria-label={label}
        viewBox={`0 0 ${width} ${HEIGHT}`}
        height={HEIGHT}
        preserveAspectRatio="none"
      >
        {bars.map((bar, i) => {
          // What came at all is seen, however rare.
          const high = bar.count === 0 ? 0 : Math.max(1.5, (bar.count / most) * HEIGHT);
          return (
            <rect key={i} x={i * STEP + 1} y={HEIGHT - high} width={STEP - 2} height={high}>
              <title>{bar.title}</title>
            </rect>
          );
        })}
      </svg>
      <figcaption>
        <span>{first}</span>
        <span>{last}</span>
      </figcaption>
    </figure>
  );
}
