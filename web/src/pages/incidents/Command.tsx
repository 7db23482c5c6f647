// SPDX-License-Identifier: Apache-2.0
/** Who commands, what is to be reached, and what is dangerous there: the head of ICS 201 and 204. */
import { useState } from 'preact/hooks';
import type { Incident } from '../../api/incident-types';
import { t } from '../../i18n';
import { takes } from '../../lib/incident';
import { Dialog } from '../../parts/Dialog';
import { tell } from '../../state/incidents';
import { may } from '../../state/session';

export function Command({ incident }: { incident: Incident }) {
  const words = t().incidents;
  const [writing, setWriting] = useState(false);
  const { commander, objectives, safety } = incident;
  const said = [
    [words.commander, commander],
    [words.objectives, objectives],
    [words.safety, safety],
  ] as const;
  const open = may('operator') && takes(incident.state, 'update');
  if (!open && !commander && !objectives && !safety) return null;
  return (
    <section class="panel incident-command">
      <h2>{words.command}</h2>
      <dl>
        {said.map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text ?? '–'}</dd>
          </div>
        ))}
      </dl>
      {open && (
        <div class="buttons no-print">
          <button type="button" onClick={() => setWriting(true)}>
            {words.writeCommand}
          </button>
        </div>
      )}
      {writing && <Write incident={incident} onEnd={() => setWriting(false)} />}
    </section>
  );
}

/** What has changed is told; what is emptied stays as it was, because nothing is erased. */
function Write({ incident, onEnd }: { incident: Incident; onEnd: () => void }) {
  const words = t().incidents;
  const [commander, setCommander] = useState(incident.commander ?? '');
  const [objectives, setObjectives] = useState(incident.objectives ?? '');
  const [safety, setSafety] = useState(incident.safety ?? '');
  const submit = async () => {
    const event: Record<string, string> = {};
    for (const [name, text, before] of [
      ['commander', commander, incident.commander],
      ['objectives', objectives, incident.objectives],
      ['safety', safety, incident.safety],
    ] as const)
      if (text.trim() !== '' && text.trim() !== before) event[name] = text.trim();
    if (Object.keys(event).length === 0 || (await tell(incident.id, { type: 'update', ...event }))) onEnd();
  };
  return (
    <Dialog title={words.command} action={words.writeDown} onCancel={onEnd} onSubmit={submit}>
      <label>
        {words.commander}
        <input value={commander} autoComplete="off" onInput={(event) => setCommander(event.currentTarget.value)} />
      </label>
      <label>
        {words.objectives}
        <textarea rows={3} value={objectives} onInput={(event) => setObjectives(event.currentTarget.value)} />
      </label>
      <label>
        {words.safety}
        <textarea rows={3} value={safety} onInput={(event) => setSafety(event.currentTarget.value)} />
      </label>
    </Dialog>
  );
}
