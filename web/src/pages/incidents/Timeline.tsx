// SPDX-License-Identifier: Apache-2.0
/** What happened, the newest first, and a place to write a note. */
import { useState } from 'preact/hooks';
import type { Incident, IncidentEvent } from '../../api/incident-types';
import { t, word } from '../../i18n';
import { takes } from '../../lib/incident';
import { DrillMark } from '../../parts/IncidentMarks';
import { Entry, TextField } from '../../parts/Entry';
import { momentOf } from '../../state/clock';
import { tell } from '../../state/incidents';
import { may } from '../../state/session';

interface Props {
  incident: Incident;
  events: readonly IncidentEvent[];
}

export function Timeline({ incident, events }: Props) {
  const words = t().incidents;
  const [text, setText] = useState('');
  const submit = async () => {
    if (await tell(incident.id, { type: 'note', text: text.trim() })) setText('');
  };
  return (
    <section class="panel">
      <h2>
        {words.timeline} {incident.drill && <DrillMark />}
      </h2>
      {may('operator') && takes(incident.state, 'note') && (
        <Entry action={words.write} disabled={text.trim() === ''} onSubmit={submit}>
          <TextField label={words.note} value={text} onText={setText} />
        </Entry>
      )}
      <ol class="timeline">
        {[...events].reverse().map((one) => (
          <li key={one.sequence} data-event={one.type ?? 'begin'}>
            <span class="muted nowrap">
              <time>{momentOf(one.time)}</time> {one.by}
            </span>
            <span>{eventText(one)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** An event as a sentence: what it was, then its own words. */
function eventText(event: IncidentEvent): string {
  const words = t().incidents;
  const type = event.type ?? 'begin';
  const states: Record<string, Record<string, string>> = {
    person: words.personStates,
    task: words.taskStates,
    resource: words.resourceStates,
  };
  const unnamed = type === 'person' && !event.name && event.count;
  const numbered = event.id !== undefined && !event.what && !event.name;
  const parts = [
    unnamed ? words.unnamed(event.count ?? 1) : event.name,
    numbered ? words.number(event.id ?? 0) : undefined,
    event.what,
    event.message && word(words.messages, event.message),
    event.state && word(states[type] ?? {}, event.state),
    event.place,
    event.text,
    event.impact && words.zonesOf(event.impact.scenario ?? '', event.impact.zones),
    event.alarms?.map((one) => one.key ?? String(one.id)).join(', '),
    event.resources?.join(', '),
    event.comment,
  ].filter((part) => part !== undefined && part !== '');
  const kind = word(words.eventKinds, type);
  return parts.length === 0 ? kind : `${kind}: ${parts.join(' · ')}`;
}
