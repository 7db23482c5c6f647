// SPDX-License-Identifier: Apache-2.0
/** The curves in words: number, colour, name, value at the cursor or now, extremes, limits. */
import { t } from '../../i18n';
import { formatNumber, formatUnit, withUnit } from '../../lib/number';
import { extremes, indexBefore } from '../../lib/series';
import { LiveValue } from '../../parts/LiveValue';
import type { Line } from '../../parts/chart/model';
import { lineVariable } from '../../parts/chart/theme';
import { rangeOf, signalsByPath } from '../../state/plant';

interface Props {
  lines: readonly Line[];
  cursor: number | null;
  onFocus: (number: number | null) => void;
  onRemove: (path: string) => void;
}

export function Legend({ lines, cursor, onFocus, onRemove }: Props) {
  return (
    <div class="table-scroll">
      <table class="legend">
        <thead>
          <tr>
            <th scope="col">{t().trends.signals}</th>
            <th class="number">{cursor === null ? t().trends.latest : t().trends.atCursor}</th>
            <th class="number">{t().trends.minMax}</th>
            <th>{t().trends.limits}</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr
              key={line.path}
              onMouseEnter={() => onFocus(line.number)}
              onMouseLeave={() => onFocus(null)}
            >
              <LegendCells line={line} cursor={cursor} />
              <td>
                <button
                  type="button"
                  class="plain"
                  aria-label={t().trends.remove(line.path)}
                  onFocus={() => onFocus(line.number)}
                  onBlur={() => onFocus(null)}
                  onClick={() => onRemove(line.path)}
                >
                  ×
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function LegendCells({ line, cursor }: { line: Line; cursor: number | null }) {
  const known = signalsByPath.value.get(line.path);
  const range = rangeOf(known);
  const unit = formatUnit(known?.unit);
  const { low, high } = extremes(line.band);
  const at = cursor === null ? -1 : indexBefore(line.band.times, cursor / 1000);
  return (
    <>
      <th scope="row">
        <span class="swatch" style={{ background: lineVariable(line.number) }}>
          {line.number}
        </span>
        {line.path}
        {known?.title && known.title !== known.name && <span class="muted"> {known.title}</span>}
      </th>
      <td class="number">
        {cursor === null && known ? (
          <LiveValue signal={known} />
        ) : (
          withUnit(formatNumber(line.band.mean[at], range), unit)
        )}
      </td>
      <td class="number">
        {formatNumber(low, range)} … {formatNumber(high, range)}
      </td>
      <td class="limits">
        {line.limits.map(({ name, value }) => `${name} ${formatNumber(value)}`).join(', ')}
      </td>
    </>
  );
}
