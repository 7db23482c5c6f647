// SPDX-License-Identifier: Apache-2.0
/** The plant seen from above: a shape for each asset where it stands, its newest values beside it. */
import type { Alarm, Asset, Signal } from '../api/types';
import { t, word } from '../i18n';
import { isUnacknowledged, subjectOf } from '../lib/alarms';
import { place, scaleBar, sheetHeight, type Placed, type Plan } from '../lib/map';
import { formatCount, formatNumber } from '../lib/number';
import { routeTo } from '../lib/route';
import { useWidth } from '../lib/use-width';
import { announced, worst } from '../state/alarms';
import { ageOf, signalsByAsset } from '../state/plant';
import { AssetShape } from './AssetShape';
import { LiveValue, shown } from './LiveValue';
import { PrioritySign } from './PrioritySign';

/** Values beside a shape; the rest is on the trend page. */
const LINES = 4;
const WIDE = { width: 228, height: 104 };
const NARROW = { width: 70, height: 76 };
/** Below the assets: north and the scale. */
const GROUND = 34;
/** Above this many assets, or on a narrow screen, values stand below the map. */
const MANY = 30;
export const NARROW_BELOW = 640;

export function isCompact(width: number, assets: number): boolean {
  return width < NARROW_BELOW || assets > MANY;
}

export function holdsText(asset: Asset): string {
  const { holds } = asset;
  if (!holds) return '';
  const kg = holds.amount_kg;
  const amount =
    kg === null ? '' : kg >= 1000 ? `${formatNumber(kg / 1000)} t` : `${formatNumber(kg)} kg`;
  return t().overview.holds(amount, holds.chemical).trim();
}

/** Signals of an asset, those with an alarm first. */
export function ordered(signals: readonly Signal[]): Signal[] {
  const alarming = new Set(announced.value.map((alarm) => alarm.signal));
  return [...signals].sort(
    (a, b) => Number(alarming.has(b.signal)) - Number(alarming.has(a.signal)),
  );
}

/** Share of a vessel's contents by its level signal, or null. */
function fillOf(signals: readonly Signal[]): number | null {
  const level = signals.find((one) => /level/i.test(one.name) && one.unit === '%');
  const value = level?.latest?.value ?? null;
  return value === null ? null : value / 100;
}

/** Everything the shape says, in words. */
function description(asset: Asset, signals: readonly Signal[], alarm: Alarm | undefined): string {
  const kind = word(t().assetKind, asset.kind ?? '');
  const values = signals.map((one) => {
    const { text, doubt } = shown(one);
    return `${one.title ?? one.name} ${text}${doubt === '' ? '' : ` (${doubt})`}`;
  });
  const state = alarm
    ? `${t().priority[alarm.priority]}: ${subjectOf(alarm)}`
    : t().overview.normal;
  const title = [asset.title ?? '', kind, holdsText(asset)].filter((part) => part !== '');
  return `${asset.name}, ${[...title, state].join(', ')}. ${values.join(', ')}`;
}

export function PlantMap({ assets }: { assets: readonly Asset[] }) {
  const [element, width] = useWidth<HTMLDivElement>();
  const placed = assets.filter((asset) => asset.at !== null);
  const points = placed.map((asset) => asset.at ?? ([0, 0] as const));
  const compact = isCompact(width, placed.length);
  const box = compact ? NARROW : WIDE;
  const sheet = { width, height: sheetHeight(points, box, width) };
  const plan = place(points, box, sheet);
  const height = sheet.height + GROUND;
  return (
    <div class="map" ref={element}>
      {width > 0 && (
        <svg
          width={width}
          height={height}
          viewBox={`0 0 ${width} ${height}`}
          role="group"
          aria-label={t().overview.mapLabel(placed.length)}
        >
          <Ground plan={plan} height={height} />
          {placed.map((asset, i) => {
            const at = plan.places[i];
            return at && <MapAsset key={asset.name} asset={asset} at={at} compact={compact} />;
          })}
        </svg>
      )}
    </div>
  );
}

/** North arrow and scale bar. */
function Ground({ plan, height }: { plan: Plan; height: number }) {
  const metres = scaleBar(plan.scale, 110);
  const length = metres * plan.scale;
  return (
    <g class="ground" aria-hidden="true">
      <g transform={`translate(14,${height - 24})`}>
        <path d="M0-16 6 6 0 2-6 6z" />
        <text y="19" text-anchor="middle">
          {t().overview.north}
        </text>
      </g>
      <g transform={`translate(38,${height - 8})`}>
        <path class="bar" d={`M0-5v5h${length}v-5`} />
        <text x={length / 2} y="-6" text-anchor="middle">
          {formatCount(metres)} m
        </text>
      </g>
    </g>
  );
}

function MapAsset({ asset, at, compact }: { asset: Asset; at: Placed; compact: boolean }) {
  const signals = ordered(signalsByAsset.value.get(asset.name) ?? []);
  const alarm = worst.value.get(asset.name);
  const silent = signals.length > 0 && signals.every((one) => ageOf(one).silent);
  const state = [
    'asset',
    alarm ? `priority-${alarm.priority} ${alarm.active ? 'alarm' : 'returned'}` : '',
    alarm && isUnacknowledged(alarm) ? 'unacknowledged' : '',
    silent ? 'silent' : '',
  ].join(' ');
  const box = compact ? NARROW : WIDE;
  const shapeAt = compact ? [0, -12] : [-box.width / 2 + 32, 2];
  const moved = Math.hypot(at.x - at.trueX, at.y - at.trueY) > box.height / 2;
  const { name } = asset;
  return (
    <>
      {moved && <path class="leader" d={`M${at.trueX} ${at.trueY}L${at.x} ${at.y}`} />}
      <a
        class={state}
        href={routeTo('trends', null, { asset: name })}
        aria-label={description(asset, signals, alarm)}
        data-asset={name}
      >
        <g transform={`translate(${at.x},${at.y})`}>
          <rect
            class="card"
            x={-box.width / 2}
            y={-box.height / 2}
            width={box.width}
            height={box.height}
            rx="6"
          />
          <g transform={`translate(${shapeAt[0]},${shapeAt[1]})`}>
            <AssetShape kind={asset.kind} fill={fillOf(signals)} />
          </g>
          {alarm && (
            <g transform={`translate(${box.width / 2 - 13},${-box.height / 2 - 7})`}>
              <PrioritySign priority={alarm.priority} hollow={!alarm.active} silent />
            </g>
          )}
          {compact ? (
            <text class="name" y={box.height / 2 - 9} text-anchor="middle">
              {name}
            </text>
          ) : (
            <Values name={name} signals={signals} />
          )}
        </g>
      </a>
    </>
  );
}

interface ValuesProps {
  name: string;
  signals: readonly Signal[];
}

/** Name and newest values, right of the shape. */
function Values({ name, signals }: ValuesProps) {
  const alarming = new Set(announced.value.map((alarm) => alarm.signal));
  const lines = signals.slice(0, signals.length > LINES ? LINES - 1 : LINES);
  const rest = signals.length - lines.length;
  return (
    <foreignObject
      x={-WIDE.width / 2 + 62}
      y={-WIDE.height / 2}
      width={WIDE.width - 62}
      height={WIDE.height}
    >
      <div class="map-values">
        <strong>{name}</strong>
        {lines.map((one) => (
          <span key={one.signal} class={alarming.has(one.signal) ? 'in-alarm' : ''}>
            <span>{one.name}</span>
            <LiveValue signal={one} />
          </span>
        ))}
        {rest > 0 && <span>{t().overview.more(rest)}</span>}
      </div>
    </foreignObject>
  );
}
