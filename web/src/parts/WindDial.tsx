// SPDX-License-Identifier: Apache-2.0
/** Where the wind comes from, turned by a pointer or by keys: a slider that is round. */
import { useRef } from 'preact/hooks';
import { t, word } from '../i18n';
import { compassOf } from '../lib/ground';
import { formatNumber } from '../lib/number';
import { turned } from '../lib/wind';

const POINTS = ['N', 'NE', 'E', 'SE', 'S', 'SW', 'W', 'NW'] as const;
const RADIUS = 66;

interface Props {
  /** Degrees from north, where it comes from. */
  from: number;
  /** m/s, for the middle; null where it is not a number. */
  speed: number | null;
  stability: string;
  onTurn: (from: number) => void;
}

export function WindDial({ from, speed, stability, onTurn }: Props) {
  const words = t().emergency;
  const svg = useRef<SVGSVGElement>(null);
  const turn = (event: PointerEvent) => {
    const box = svg.current?.getBoundingClientRect();
    if (!box) return;
    const east = event.clientX - box.left - box.width / 2;
    const south = event.clientY - box.top - box.height / 2;
    const degrees = (Math.atan2(east, -south) * 180) / Math.PI;
    onTurn(Math.round(((degrees + 360) % 360) / 5) * 5 % 360);
  };
  const point = word(words.compass, compassOf(from));
  return (
    <svg
      ref={svg}
      class="wind-dial"
      viewBox="-100 -100 200 200"
      width="200"
      height="200"
      role="slider"
      tabindex={0}
      aria-label={words.windDial}
      aria-valuemin={0}
      aria-valuemax={359}
      aria-valuenow={Math.round(from)}
      aria-valuetext={words.from(point, Math.round(from))}
      onPointerDown={(event) => {
        svg.current?.setPointerCapture(event.pointerId);
        turn(event);
      }}
      onPointerMove={(event) => svg.current?.hasPointerCapture(event.pointerId) && turn(event)}
      onKeyDown={(event) => {
        const next = turned(from, event.key, event.shiftKey);
        if (next === null) return;
        event.preventDefault();
        onTurn(next);
      }}
    >
      <circle class="rim" r={RADIUS} />
      {Array.from({ length: 36 }, (_, i) => (
        <path key={i} class="tick" d={`M0-${RADIUS}v${i % 9 === 0 ? 9 : 4}`} transform={`rotate(${i * 10})`} />
      ))}
      {POINTS.map((name, i) => {
        const angle = (i * Math.PI) / 4;
        return (
          <text key={name} class={i % 2 === 0 ? 'main' : ''} x={88 * Math.sin(angle)} y={-88 * Math.cos(angle)} dy="0.35em" text-anchor="middle">
            {word(words.compassShort, name)}
          </text>
        );
      })}
      <g transform={`rotate(${from})`}>
        <path class="arrow" d={`M0-${RADIUS - 24}V-30m-7-12 7 12 7-12`} />
        <circle class="handle" cy={-RADIUS} r="11" />
      </g>
      <text class="speed" y="2" text-anchor="middle">
        {formatNumber(speed)} m/s
      </text>
      <text class="about" y="20" text-anchor="middle">
        {point}, {stability === '' ? words.byWeather : stability}
      </text>
    </svg>
  );
}
