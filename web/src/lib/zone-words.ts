// SPDX-License-Identifier: Apache-2.0
/** What is said of a zone, in the chosen language. */
import type { Formula, ModelAnswer, Zone } from '../api/emergency-types';
import { language, t, word } from '../i18n';
import { metres } from './ground';
import { formatNumber, formatUnit, withUnit } from './number';

export function zoneName(zone: Zone): string {
  return `${word(t().emergency.effect, zone.effect)}, ${endpointOf(zone)}`;
}

/** An answer that was kept before titles had Chinese has none. */
export function formulaTitle({ title, title_zh }: Formula): string {
  return language.value === 'zh-CN' && title_zh ? title_zh : title;
}

/** "12.5 kW/m²". */
export function endpointOf({ endpoint }: Pick<Zone, 'endpoint'>): string {
  return endpoint.replace(/\bm2\b/, 'm²');
}

/** Units of people for those of SI that levels are in. */
const LEVEL_UNITS: Record<string, { factor: number; unit: string }> = {
  Pa: { factor: 1e-3, unit: 'kPa' },
  'W/m2': { factor: 1e-3, unit: 'kW/m²' },
};

export function levelOf({ effect, level, unit }: Zone): string {
  if (effect === 'toxic' && unit === '1') return `${formatNumber(level * 1e6)} ppm`;
  const known = LEVEL_UNITS[unit];
  if (known) return `${formatNumber(level * known.factor)} ${known.unit}`;
  return withUnit(formatNumber(level), formatUnit(unit));
}

/** A distance, or which kind of answer it is instead. */
export function zoneReach(zone: Pick<Zone, 'kind' | 'distance' | 'near' | 'text'>): string {
  if (zone.kind === 'two') return `${metres(zone.near)} – ${metres(zone.distance)}`;
  return reachOf(zone);
}

export function reachOf(answer: Pick<ModelAnswer, 'kind' | 'distance' | 'text'>): string {
  if (answer.kind === 'value') return metres(answer.distance);
  if (answer.kind === 'two') return answer.text;
  return word(t().emergency.answer, answer.kind);
}
