// SPDX-License-Identifier: Apache-2.0
/** Values and units as they are shown. */

const MINUS = '\u2212';
/** Shown where there is no number. */
export const NOTHING = '\u2013';

/** Decimals that tell a five-hundredth of a span apart: 1600 kPa needs none, 20 mm/s two. */
export function decimalsFor(span: number): number {
  if (!(span > 0) || !Number.isFinite(span)) return 0;
  return Math.min(6, Math.max(0, Math.ceil(-Math.log10(span / 500) - 1e-9)));
}

/** About five significant digits, trailing zeros dropped. */
function significant(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) return value.toExponential(2);
  return String(Number(value.toPrecision(size >= 1000 ? 5 : 4)));
}

/**
 * A value for people: decimals by the instrument's range where it has one, else five digits.
 * A null or NaN is a dash, never a zero.
 */
export function formatNumber(
  value: number | null | undefined,
  range: readonly [number, number] | null = null,
): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NOTHING;
  const text = range ? value.toFixed(decimalsFor(range[1] - range[0])) : significant(value);
  return text.replace(/^-(?=[0.]*$)/, '').replace('-', MINUS);
}

/** 12345678 -> "12,345,678"; the thin grouping is the same in both languages. */
export function formatCount(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NOTHING;
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, '\u202F');
}

const BYTES = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** 1234567 -> "1.2 MB"; a kilobyte has 1000 bytes. */
export function formatBytes(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined || !Number.isFinite(bytes)) return NOTHING;
  let unit = 0;
  for (; bytes >= 999.5 && unit + 1 < BYTES.length; unit++) bytes /= 1000;
  return `${bytes < 9.95 && unit > 0 ? bytes.toFixed(1) : bytes.toFixed(0)} ${BYTES[unit]}`;
}

/** 0.25 -> "25 %". */
export function formatPercent(share: number): string {
  return `${formatNumber(share * 100)} %`;
}

const UNITS: Record<string, string> = {
  '1': '',
  Cel: '°C',
  '[degF]': '°F',
  deg: '°',
  Ohm: 'Ω',
};
const POWERS: Record<string, string> = { '2': '²', '3': '³' };

/** A UCUM code as people write it: Cel is °C, m3/h is m³/h, {rpm} is rpm. */
export function formatUnit(ucum: string | null | undefined): string {
  if (!ucum) return '';
  const known = UNITS[ucum];
  if (known !== undefined) return known;
  return ucum
    .replace(/\{([^}]*)\}/g, '$1')
    .replace(/^\/(?=[a-z])/, '1/')
    .replace(/\bCel\b/g, '°C')
    .replace(/\bu(?=[a-zA-Z])/g, 'µ')
    .replace(/([a-zA-Z])([23])(?![0-9])/g, (_, letter: string, power: string) => {
      return letter + (POWERS[power] ?? power);
    })
    .replace(/\./g, '·');
}

/** Value and unit; a percent sign stands close. */
export function withUnit(text: string, unit: string): string {
  if (unit === '') return text;
  return unit === '%' || unit === '°' ? text + unit : `${text} ${unit}`;
}
