// SPDX-License-Identifier: Apache-2.0
/** What is said of a zone, in the chosen language. */
import type { ModelAnswer, Zone } from '../api/emergency-types';
import { t, word } from '../i18n';
import { metres } from './ground';

export function zoneName(zone: Zone): string {
  return `${word(t().emergency.effect, zone.effect)}, ${zone.endpoint}`;
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
