// SPDX-License-Identifier: Apache-2.0
/** An event before an alarm in the chosen language; davy's own sentence where it knows no words. */
import type { Reason, RelatedEvent } from '../api/types';
import { t, word } from '../i18n';
import { reasonOf } from './reason';

/** What happened. */
export function toldOf(event: RelatedEvent): string {
  const { code, values } = event;
  if (code === null) return event.text;
  if (event.kind === 'action')
    return [word(t().transition, code), values.comment].filter(Boolean).join(': ');
  if (event.kind === 'alarm' || event.kind === 'source') return raisedOf(event) || event.text;
  return t().told[code]?.(values) ?? event.text;
}

function raisedOf(event: RelatedEvent): string {
  const { signal, detector, source, reason } = event.values;
  return reasonOf({
    key: event.key ?? '',
    kind: event.code ?? '',
    signal: signal ?? undefined,
    detector: detector ?? undefined,
    source: source ?? undefined,
    reason: (reason as Reason | null | undefined) ?? null,
  });
}

/** How it stands to the alarm. */
export function whyOf(event: RelatedEvent): string {
  return t().advice.why[event.near]?.(event.asset ?? '', event.steps) ?? event.why;
}

/** What it is of: a key, a model, or the site as a whole. */
export function eventSubject(event: RelatedEvent): string {
  return event.key ?? word(t().subjects, event.subject ?? '');
}
