// SPDX-License-Identifier: Apache-2.0
/** Resources of an incident: requested, on the way, on the scene. */
import { useState } from 'preact/hooks';
import type { Incident, IncidentResource } from '../../api/incident-types';
import { t } from '../../i18n';
import { RESOURCE_STEPS, takes } from '../../lib/incident';
import { ChoiceField, Entry } from '../../parts/Entry';
import { momentOf } from '../../state/clock';
import { ground } from '../../state/emergency';
import { tell } from '../../state/incidents';
import { may } from '../../state/session';
import { MemberTable } from './MemberTable';
import { StateChoice } from './StateChoice';

export function Resources({ incident }: { incident: Incident }) {
  const words = t().incidents;
  return (
    <section class="panel incident-resources">
      <h2>{words.resources}</h2>
      <MemberTable columns={[words.name, words.state, words.task, words.changed]} none={words.noResources}>
        {incident.resources.map((one) => (
          <Row key={one.name} incident={incident} resource={one} />
        ))}
      </MemberTable>
      {may('operator') && takes(incident.state, 'resource') && <Request incident={incident} />}
    </section>
  );
}

function Row({ incident, resource }: { incident: Incident; resource: IncidentResource }) {
  const words = t().incidents;
  const known = ground.value?.resources.find((one) => one.name === resource.name);
  const about = known && [known.type, words.crew(known.crew), known.ppe && words.ppe(known.ppe)];
  const task = incident.tasks.find((one) => one.id === resource.task);
  return (
    <tr data-resource={resource.name}>
      <th scope="row">
        {resource.name}
        <span class="message">{about?.filter(Boolean).join(', ')}</span>
      </th>
      <td>
        <StateChoice
          label={words.stateOf(resource.name)}
          state={resource.state}
          next={takes(incident.state, 'resource') ? (RESOURCE_STEPS[resource.state] ?? []) : []}
          names={words.resourceStates}
          onState={(state) => void tell(incident.id, { type: 'resource', name: resource.name, state })}
        />
      </td>
      <td>{task ? `${task.id}. ${task.what}` : '–'}</td>
      <td class="nowrap">{momentOf(resource.changed)}</td>
    </tr>
  );
}

function Request({ incident }: { incident: Incident }) {
  const words = t().incidents;
  const [name, setName] = useState('');
  const [task, setTask] = useState('');
  const held = new Set(incident.resources.filter((one) => one.state !== 'released').map((one) => one.name));
  const free = ground.value?.resources.filter((one) => !held.has(one.name)) ?? [];
  const submit = async () => {
    const event = { type: 'resource', name, state: 'requested', ...(task !== '' && { task: Number(task) }) };
    if (await tell(incident.id, event)) setName('');
  };
  return (
    <Entry action={words.request} disabled={name === ''} onSubmit={submit}>
      <ChoiceField
        label={words.resource}
        value={name}
        empty="–"
        onText={setName}
        options={free.map((one) => [one.name, one.type ? `${one.name} (${one.type})` : one.name] as const)}
      />
      <ChoiceField
        label={words.task}
        value={task}
        empty="–"
        onText={setTask}
        options={incident.tasks.map((one) => [String(one.id), `${one.id}. ${one.what}`] as const)}
      />
    </Entry>
  );
}
