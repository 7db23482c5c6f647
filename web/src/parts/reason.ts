// SPDX-License-Identifier: Apache-2.0
/** The reason of an alarm as a sentence of the chosen language. */
import type { Alarm } from '../api/types';
import { LIMIT_NAMES, type LimitName } from '../api/types';
import { t } from '../i18n';
import { formatNumber, formatUnit, withUnit } from '../lib/number';
import { signalsByPath } from '../state/plant';

function isLimit(kind: string): kind is LimitName {
  return (LIMIT_NAMES as readonly string[]).includes(kind);
}

/** Made from the figures where the language can, else davy's own sentence. */
export function reasonOf(alarm: Alarm): string {
  const { reason, kind } = alarm;
  const said = reason?.text ?? '';
  if (!isLimit(kind) || typeof reason?.value !== 'number' || typeof reason.limit !== 'number')
    return said;
  const known = alarm.signal ? signalsByPath.value.get(alarm.signal) : undefined;
  const unit = formatUnit(reason.unit ?? known?.unit);
  const show = (value: number) => withUnit(formatNumber(value), unit);
  const name = known?.title ?? known?.name ?? alarm.signal ?? '';
  return t().limitSentence(name, kind, show(reason.value), show(reason.limit)) ?? said;
}
