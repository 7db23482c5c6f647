// SPDX-License-Identifier: Apache-2.0
/** People who are missing, safe or hurt. */
import { useState } from 'preact/hooks';
import type { Incident, IncidentPerson } from '../../api/incident-types';
import { t, word } from '../../i18n';
import { NEW_PERSON, PERSON_STEPS } from '../../lib/incident';
import { Dialog } from '../../parts/Dialog';
import { ChoiceField, Entry, said, TextField } from '../../parts/Entry';
import { momentOf } from '../../state/clock';
import { tell } from '../../state/incidents';
import { may } from '../../state/session';
import { MemberTable } from './MemberTable';
import { StateChoice } from './StateChoice';

export function People({ incident }: { incident: Incident }) {
  const words = t().incidents;
  const [withdrawn, setWithdrawn] = useState<IncidentPerson | null>(null);
  const change = (person: IncidentPerson, state: string) => {
    if (state === 'withdrawn') setWithdrawn(person);
    else void tell(incident.id, { type: 'person', id: person.id, state });
  };
  return (
    <section class="panel incident-people">
      <h2>{words.people}</h2>
      <MemberTable columns={[words.who, words.state, words.place, words.changed]} none={words.nobody}>
        {incident.people.map((one) => (
          <tr key={one.id} data-person={one.id} class={one.state}>
            <th scope="row">{whoOf(one)}</th>
            <td>
              <StateChoice
                label={words.stateOf(whoOf(one))}
                state={one.state}
                next={PERSON_STEPS[one.state] ?? []}
                names={words.personStates}
                onState={(state) => change(one, state)}
              />
            </td>
            <td>
              {one.place}
              {one.comment && <span class="message">{one.comment}</span>}
            </td>
            <td class="nowrap">{momentOf(one.changed)}</td>
          </tr>
        ))}
      </MemberTable>
      {may('operator') && <EnterPerson id={incident.id} />}
      {withdrawn && <Withdraw incident={incident} person={withdrawn} onEnd={() => setWithdrawn(null)} />}
    </section>
  );
}

function whoOf({ name, count }: Pick<IncidentPerson, 'name' | 'count'>): string {
  if (name === null) return t().incidents.unnamed(count);
  return count > 1 ? `${name} (${count})` : name;
}

function EnterPerson({ id }: { id: number }) {
  const words = t().incidents;
  const [name, setName] = useState('');
  const [count, setCount] = useState('1');
  const [place, setPlace] = useState('');
  const [state, setState] = useState<string>('missing');
  const submit = async () => {
    const event = { type: 'person', state, count: Number(count), ...said({ name, place }) };
    if (!(await tell(id, event))) return;
    setName('');
    setPlace('');
    setCount('1');
  };
  return (
    <Entry action={words.enterPerson} onSubmit={submit}>
      <TextField label={words.who} value={name} placeholder={words.nameUnknown} onText={setName} />
      <TextField label={words.howMany} value={count} type="number" short onText={setCount} />
      <TextField label={words.place} value={place} onText={setPlace} />
      <ChoiceField
        label={words.state}
        value={state}
        short
        onText={setState}
        options={NEW_PERSON.map((one) => [one, word(words.personStates, one)] as const)}
      />
    </Entry>
  );
}

interface WithdrawProps {
  incident: Incident;
  person: IncidentPerson;
  onEnd: () => void;
}

/** Nothing is erased: what was entered by mistake is taken back with a word. */
function Withdraw({ incident, person, onEnd }: WithdrawProps) {
  const words = t().incidents;
  const [comment, setComment] = useState('');
  const submit = async () => {
    if (comment.trim() === '') return;
    const event = { type: 'person', id: person.id, state: 'withdrawn', comment: comment.trim() };
    if (await tell(incident.id, event)) onEnd();
  };
  return (
    <Dialog title={words.withdraw(whoOf(person))} action={words.takeBack} onCancel={onEnd} onSubmit={submit}>
      <label>
        {words.why}
        <textarea rows={2} value={comment} onInput={(event) => setComment(event.currentTarget.value)} />
      </label>
    </Dialog>
  );
}
