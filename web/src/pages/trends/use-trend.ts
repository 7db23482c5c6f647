// SPDX-License-Identifier: Apache-2.0
/** Fetches what the chart shows: summaries by pixel, and the alarms of the same time. */
import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { StateSeries, SteppedSeries, Transition } from '../../api/types';
import { refreshMs, spanOf, viewText, type Span, type View } from '../../lib/range';
import { mayHaveStates } from '../../lib/states';
import { serverNow } from '../../state/clock';
import { signalsByPath } from '../../state/plant';
import { poll } from '../../state/poll';

export interface Trend {
  span: Span;
  series: SteppedSeries[];
  transitions: Transition[];
  /** Of those that may have some. */
  states: StateSeries[];
  /** The newest answer failed with this; what is shown is from before. */
  error: unknown;
  /** What was asked, as text: an answer to an older question is not an answer to this one. */
  asked: string;
}

/** A fixed view may still get late samples. */
const FIXED_MS = 30_000;
const MARKS_MAX = 500;

/** Asked in hundreds of pixels, so that a window that is being resized does not ask at each pixel. */
function inHundreds(pixels: number): number {
  return Math.min(2000, Math.ceil(pixels / 100) * 100);
}

export function useTrend(paths: readonly string[], view: View, width: number): Trend | null {
  const pixels = inHundreds(width);
  const [trend, setTrend] = useState<Trend | null>(null);
  const asked = `${paths.join(',')} ${viewText(view)} ${pixels}`;
  useEffect(() => {
    if (paths.length === 0 || pixels === 0) {
      setTrend(null);
      return;
    }
    const abort = new AbortController();
    const every = view.kind === 'live' ? refreshMs(view.length, pixels) : FIXED_MS;
    const stop = poll(async () => {
      const span = spanOf(view, serverNow());
      try {
        const stateful = paths.filter((path) => mayHaveStates(signalsByPath.value.get(path)));
        const [series, transitions, states] = await Promise.all([
          api.samples({ signals: paths, ...span, pixels }, abort.signal),
          api.history(span.from, span.to, { limit: MARKS_MAX }),
          stateful.length > 0 ? api.states(stateful, span, abort.signal) : [],
        ]);
        if (!abort.signal.aborted)
          setTrend({ span, series, transitions, states, error: null, asked });
      } catch (error) {
        if (abort.signal.aborted) return;
        setTrend((before) => before && { ...before, error });
        throw error;
      }
    }, every);
    return () => {
      abort.abort();
      stop();
    };
  }, [asked]);
  return trend;
}
