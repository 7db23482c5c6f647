// SPDX-License-Identifier: Apache-2.0
/** What is to be done, by whom, and how far it is. */
import { useState } from 'preact/hooks';
import type { Incident, IncidentTask } from '../../api/incident-types';
import { t } from '../../i18n';
import { takes, TASK_STEPS } from '../../lib/incident';
import { ChoiceField, Entry, said, TextField } from '../../parts/Entry';
import { momentOf } from '../../state/clock';
import { ground } from '../../state/emergency';
import { tell } from '../../state/incidents';
import { may } from '../../state/session';
import { MemberTable } from './MemberTable';
import { StateChoice } from './StateChoice';

const PPE = ['A', 'B', 'C', 'D'].map((level) => [level, level] as const);

export function Tasks({ incident }: { incident: Incident }) {
  const words = t().incidents;
  return (
    <section class="panel incident-tasks">
      <h2>{words.tasks}</h2>
      <MemberTable columns={[words.what, words.state, words.needs, words.changed]} none={words.noTasks}>
        {incident.tasks.map((one) => (
          <Row key={one.id} incident={incident} task={one} />
        ))}
      </MemberTable>
      {may('operator') && takes(incident.state, 'task') && <EnterTask id={incident.id} />}
    </section>
  );
}

function Row({ incident, task }: { incident: Incident; task: IncidentTask }) {
  const words = t().incidents;
  const needs = [
    task.capability,
    task.crew === null ? null : words.crew(task.crew),
    task.ppe === null ? null : words.ppe(task.ppe),
  ];
  return (
    <tr data-task={task.id}>
      <th scope="row">
        {task.id}. {task.what}
        <span class="message">{[task.place, task.owner].filter(Boolean).join(' · ')}</span>
      </th>
      <td>
        <StateChoice
          label={words.stateOf(task.what)}
          state={task.state}
          next={takes(incident.state, 'task') ? (TASK_STEPS[task.state] ?? []) : []}
          names={words.taskStates}
          onState={(state) => void tell(incident.id, { type: 'task', id: task.id, state })}
        />
      </td>
      <td>
        {needs.filter(Boolean).join(', ')}
        <span class="message">{task.resources.join(', ')}</span>
      </td>
      <td class="nowrap">{momentOf(task.changed)}</td>
    </tr>
  );
}

function EnterTask({ id }: { id: number }) {
  const words = t().incidents;
  const [what, setWhat] = useState('');
  const [place, setPlace] = useState('');
  const [capability, setCapability] = useState('');
  const [ppe, setPpe] = useState('');
  const known = [...new Set(ground.value?.resources.flatMap((one) => one.capabilities) ?? [])].sort();
  const submit = async () => {
    if (!(await tell(id, { type: 'task', ...said({ what, place, capability, ppe }) }))) return;
    setWhat('');
    setPlace('');
  };
  return (
    <Entry action={words.enterTask} disabled={what.trim() === ''} onSubmit={submit}>
      <TextField label={words.what} value={what} onText={setWhat} />
      <TextField label={words.place} value={place} onText={setPlace} />
      <TextField label={words.capability} value={capability} list="incident-capabilities" short onText={setCapability} />
      <datalist id="incident-capabilities">
        {known.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
      <ChoiceField label={words.ppeLevel} value={ppe} empty="–" short options={PPE} onText={setPpe} />
    </Entry>
  );
}
