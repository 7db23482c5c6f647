// SPDX-License-Identifier: Apache-2.0
/** How far a scenario reaches while some of its figures are not known. */
import type { Quantile, Spread, SpreadZone } from '../../api/emergency-types';
import { t, word } from '../../i18n';
import { metres } from '../../lib/ground';
import { SeveritySign } from './Zones';

const BAR_PX = 7;
const HIGH_PX = 34;

export function SpreadTable({ spread }: { spread: Spread }) {
  const words = t().emergency;
  return (
    <section class="panel spread">
      <h2>{words.spread}</h2>
      <p class="hint">{words.spreadHint(spread.draws)}</p>
      <div class="table-scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{words.zone}</th>
              <th scope="col" class="number">5 %</th>
              <th scope="col" class="number">50 %</th>
              <th scope="col" class="number">95 %</th>
              <th scope="col">{words.distances}</th>
              <th scope="col">{words.movedBy}</th>
            </tr>
          </thead>
          <tbody>
            {spread.zones.map((zone) => (
              <Row key={`${zone.effect} ${zone.endpoint}`} zone={zone} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Row({ zone }: { zone: SpreadZone }) {
  const words = t().emergency;
  const doubts = [
    zone.not_reached > 0 && words.drawsNotReached(zone.not_reached),
    zone.outside > 0 && words.drawsOutside(zone.outside),
    zone.unknown > 0 && words.drawsUnknown(zone.unknown),
  ];
  const moves = [...zone.moves].sort((a, b) => Math.abs(b.correlation) - Math.abs(a.correlation));
  return (
    <tr data-spread={zone.endpoint}>
      <th scope="row">
        <SeveritySign severity={zone.severity} /> {zone.endpoint}
        <div class="message">{word(words.effect, zone.effect)}</div>
        <div class="message">{doubts.filter(Boolean).join(', ')}</div>
      </th>
      {[zone.p5, zone.p50, zone.p95].map((one, i) => (
        <td key={i} class="number live">
          {far(one.distance)}
          <span class="message">{between(one)}</span>
        </td>
      ))}
      <td>
        <Bars zone={zone} />
      </td>
      <td>
        {moves.map((one) => (
          <div key={one.figure} class="nowrap">
            {word(words.movingFigures, one.figure)} {one.correlation > 0 ? '+' : '−'}
            {Math.abs(one.correlation).toFixed(2)}
          </div>
        ))}
      </td>
    </tr>
  );
}

/** Null is beyond all distances. */
const far = (distance: number | null): string => (distance === null ? '∞' : metres(distance));
const between = ({ low, high }: Quantile): string => `${far(low)} – ${far(high)}`;

function Bars({ zone }: { zone: SpreadZone }) {
  const { from, to, counts } = zone.histogram;
  if (from === null || to === null) return <>–</>;
  const most = Math.max(1, ...counts);
  const ends = `${metres(from)} – ${metres(to)}`;
  return (
    <>
      <svg class="spread-bars" width={BAR_PX * counts.length} height={HIGH_PX} role="img" aria-label={ends}>
        {counts.map((count, i) => {
          const high = (HIGH_PX * count) / most;
          return <rect key={i} x={BAR_PX * i} y={HIGH_PX - high} width={BAR_PX - 1} height={high} />;
        })}
      </svg>
      <span class="message nowrap">{ends}</span>
    </>
  );
}
