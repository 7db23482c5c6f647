// SPDX-License-Identifier: Apache-2.0
/** How alarms are spread: averages hide the night of the flood. */
import type { Bins, PositionKpi } from '../../api/alarm-types';
import { t } from '../../i18n';
import { barsOf, type Bar } from '../../lib/kpi';
import { formatCount } from '../../lib/number';
import { parseTime } from '../../lib/time';
import { Histogram } from '../../parts/Histogram';
import { dateTimeOf } from '../../state/clock';

const BARS = 24;

interface Spread {
  bins: Bins;
  median: number | null;
  p95: number | null;
  most: number | null;
}

export function Distributions({ of }: { of: PositionKpi }) {
  const words = t().kpi;
  const waits: Spread = {
    bins: of.acknowledge.counts,
    median: of.acknowledge.median_s,
    p95: of.acknowledge.p95_s,
    most: of.acknowledge.most_s,
  };
  const spread = (counts: PositionKpi['per_day']): Spread => ({ ...counts, bins: counts.counts });
  return (
    <section class="distributions">
      <h3>{words.distributions}</h3>
      <Distribution name={words.perDay} of={spread(of.per_day)} />
      <Distribution name={words.perHour} of={spread(of.per_hour)} />
      <Distribution name={words.perTenMinutes} of={spread(of.per_ten_minutes)} />
      <Distribution name={words.acknowledge} of={waits} />
      <p class="hint">{words.rounded}</p>
      <OverTime of={of} />
    </section>
  );
}

const rangeText = ({ from, to }: Bar) => (from === to ? String(from) : `${from}–${to}`);

function Distribution({ name, of }: { name: string; of: Spread }) {
  const words = t().kpi;
  const bars = barsOf(of.bins, BARS);
  const text = words.spread(formatCount(of.median), formatCount(of.p95), formatCount(of.most));
  return (
    <div class="distribution">
      <h4>{name}</h4>
      {bars.length === 0 ? (
        <p class="hint">{words.noDistribution}</p>
      ) : (
        <>
          <Histogram
            label={`${name}: ${text}`}
            first="0"
            last={String(of.most ?? bars[bars.length - 1]?.to ?? '')}
            bars={bars.map((bar) => ({
              title: words.howOften(rangeText(bar), formatCount(bar.count)),
              count: bar.count,
            }))}
          />
          <p class="hint live">{text}</p>
        </>
      )}
    </div>
  );
}

const DAY_MS = 86_400_000;

function OverTime({ of: { bars, begin, end } }: { of: PositionKpi }) {
  const from = parseTime(begin);
  if (from === null || bars.counts.length === 0) return null;
  const at = (bar: number) => dateTimeOf(from + bar * bars.days * DAY_MS);
  return (
    <div class="distribution">
      <h4>{t().kpi.overTime(bars.days)}</h4>
      <Histogram
        label={t().kpi.overTime(bars.days)}
        first={at(0)}
        last={dateTimeOf(parseTime(end) ?? from)}
        bars={bars.counts.map((count, i) => ({
          title: t().kpi.howOften(at(i), formatCount(count)),
          count,
        }))}
      />
    </div>
  );
}
