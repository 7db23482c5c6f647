// SPDX-License-Identifier: Apache-2.0
/** Signs of an incident: that it is a drill, and how bad it is. */
import type { Incident } from '../api/incident-types';
import { t, word } from '../i18n';

export function DrillMark() {
  return <strong class="drill-mark">{t().incidents.drill}</strong>;
}

/** Colours of zones for davy's scale of five: 4 and 5 are deadly. */
const SEVERITY = [0, 0, 1, 2, 3, 3] as const;

export function ScaleSign({ incident }: { incident: Incident }) {
  const { scale } = incident.severity;
  const text = word(t().incidents.scales, String(scale));
  return (
    <span class={`severity severity-${SEVERITY[scale] ?? 3}`} role="img" aria-label={text} title={text}>
      {scale}
    </span>
  );
}
