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
            <span>{eventText(one, incident)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Whom or what it is about; an event that changes somebody has the number alone. */
function nameOf(event: IncidentEvent, incident: Incident): string | undefined {
  const person = incident.people.find((one) => one.id === event.id);
  if (event.type === 'task')
    return event.what ?? incident.tasks.find((one) => one.id === event.id)?.what;
  if (event.type !== 'person') return event.name;
  return event.name ?? person?.name ?? t().incidents.unnamed(event.count ?? person?.count ?? 1);
}

/** An event as a sentence: what it was, then its own words. */
function eventText(event: IncidentEvent, incident: Incident): string {
  const words = t().incidents;
  const type = event.type ?? 'begin';
  const states: Record<string, Record<string, string>> = {
    person: words.personStates,
    task: words.taskStates,
    resource: words.resourceStates,
  };
  const parts = [
    nameOf(event, incident),
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
