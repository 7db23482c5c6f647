// SPDX-License-Identifier: Apache-2.0
/** Two days of the site's calendar, both included. */
import { useState } from 'preact/hooks';
import { t } from '../i18n';
import { daysBetween } from '../lib/kpi';
import type { Span } from '../lib/range';
import { formatDate } from '../lib/time';
import { timezone } from '../state/clock';

interface Props {
  span: Span | null;
  onSpan: (span: Span) => void;
  /** What the button says. */
  action: string;
}

export function Days({ span, onSpan, action }: Props) {
  const words = t().kpi;
  const day = (ms: number | undefined) => (ms === undefined ? '' : formatDate(ms, timezone.value));
  const [first, setFirst] = useState(day(span?.from));
  const [last, setLast] = useState(day(span ? span.to - 1 : undefined));
  const [wrong, setWrong] = useState(false);
  const submit = (event: Event) => {
    event.preventDefault();
    const next = daysBetween(first, last, timezone.value);
    setWrong(next === null);
    if (next) onSpan(next);
  };
  return (
    <form class="days" onSubmit={submit}>
      <label class="inline">
        {words.from}
        <input
          type="date"
          required
          value={first}
          onInput={(event) => setFirst(event.currentTarget.value)}
        />
      </label>
      <label class="inline">
        {words.to}
        <input
          type="date"
          required
          value={last}
          onInput={(event) => setLast(event.currentTarget.value)}
        />
      </label>
      <button type="submit">{action}</button>
      {wrong && <span class="failure">{words.wrongRange}</span>}
    </form>
  );
}
