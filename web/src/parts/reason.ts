// SPDX-License-Identifier: Apache-2.0
/** The reason of an alarm as a sentence of the chosen language. */
import type { Alarm } from '../api/types';
import { t } from '../i18n';
import { subjectOf } from '../lib/alarms';
import { formatNumber, formatUnit, withUnit } from '../lib/number';
import { parseDuration } from '../lib/time';
import { durationOf, momentOf } from '../state/clock';
import { signalsByPath } from '../state/plant';

/** Causes named in a sentence; the alarm's own page has all. */
const CAUSES = 2;

/** Scores have two decimals, as on the bars. */
const SCORES: readonly [number, number] = [0, 10];

/** Until when and by what it is set aside; "" when it is not. */
export function asideOf(alarm: Alarm): string {
  const words = t().alarms;
  const shelved = momentOf(alarm.shelved_until);
  if (alarm.state === 'shelved')
    return alarm.one_shot ? words.oneShotUntil(shelved) : words.shelvedUntil(shelved);
  if (alarm.state === 'out-of-service' && alarm.out_until)
    return words.outUntil(momentOf(alarm.out_until));
  if (alarm.state === 'suppressed' && alarm.suppressed_by)
    return words.suppressedBy(alarm.suppressed_by);
  return '';
}

/** What a reason is made of. */
export type Raised = Pick<Alarm, 'key' | 'kind' | 'signal' | 'detector' | 'source' | 'reason'>;

/** Made from the figures where the language can, else davy's own sentence. */
export function reasonOf(alarm: Raised): string {
  const { reason, kind } = alarm;
  // Never raised: there is nothing to say.
  if (!reason || reason.text === '') return '';
  const known = alarm.signal ? signalsByPath.value.get(alarm.signal) : undefined;
  const unit = formatUnit(reason.unit ?? known?.unit);
  const figure = (value: number | null | undefined) => withUnit(formatNumber(value), unit);
  const deadline = parseDuration(known?.deadline ?? null);
  const sentence = t().sentence({
    kind,
    name: known?.title ?? known?.name ?? subjectOf(alarm),
    value: kind === 'model' ? formatNumber(reason.value, SCORES) : figure(reason.value),
    limit: figure(reason.limit),
    deadline: deadline === null ? '' : durationOf(deadline),
    causes: (reason.causes ?? []).slice(0, CAUSES).map((cause) => cause.signal),
  });
  return sentence ?? reason.text;
}
