// SPDX-License-Identifier: Apache-2.0
/** Time range buttons, and by button what dragging does: zoom, move, go back; and the samples as a file. */
import { csvAddress } from '../../api/client';
import { t } from '../../i18n';
import { moved, PRESETS, spanOf, zoomed, type View } from '../../lib/range';
import { dateTimeOf, serverNow } from '../../state/clock';

interface Props {
  paths: readonly string[];
  view: View;
  onView: (view: View) => void;
  onReset: () => void;
}

export function Toolbar({ paths, view, onView, onReset }: Props) {
  const now = serverNow();
  const span = spanOf(view, now);
  const fix = (next: { from: number; to: number }) => onView({ kind: 'fixed', span: next });
  return (
    <div class="toolbar">
      <div class="segments" role="group" aria-label={t().trends.range}>
        {PRESETS.map(({ name, length, value, unit }) => {
          const on = view.kind === 'live' && view.length === length;
          return (
            <button
              key={name}
              type="button"
              aria-pressed={on}
              onClick={() => onView({ kind: 'live', length })}
            >
              {t().duration(value, unit)}
            </button>
          );
        })}
      </div>
      <div class="segments">
        <button
          type="button"
          aria-label={t().trends.back}
          title={t().trends.back}
          onClick={() => fix(moved(span, -0.5, now))}
        >
          ◀
        </button>
        <button
          type="button"
          aria-label={t().trends.zoomIn}
          title={t().trends.zoomIn}
          onClick={() => fix(zoomed(span, 0.5))}
        >
          +
        </button>
        <button
          type="button"
          aria-label={t().trends.zoomOut}
          title={t().trends.zoomOut}
          onClick={() => fix(zoomed(span, 2))}
        >
          −
        </button>
        <button
          type="button"
          aria-label={t().trends.forward}
          title={t().trends.forward}
          onClick={() => fix(moved(span, 0.5, now))}
        >
          ▶
        </button>
      </div>
      {view.kind === 'live' ? (
        <span class="following">
          <span class="pulse" /> {t().trends.live}
        </span>
      ) : (
        <button type="button" class="primary" title={t().trends.follow} onClick={onReset}>
          {t().trends.reset}
        </button>
      )}
      {paths.length > 0 && (
        <a
          class="download"
          download="samples.csv"
          title={t().trends.downloadHelp}
          href={csvAddress(paths, span.from, span.to)}
          onClick={(event) => {
            const { from, to } = spanOf(view, serverNow()); // a live view went on since it was drawn
            event.currentTarget.href = csvAddress(paths, from, to);
          }}
        >
          {t().trends.download}
        </a>
      )}
      {view.kind === 'fixed' && (
        <span class="span-text muted">
          {dateTimeOf(span.from)} … {dateTimeOf(span.to)}
        </span>
      )}
    </div>
  );
}
