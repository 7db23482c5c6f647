// SPDX-License-Identifier: Apache-2.0
/** What the public was told. */
import { useState } from 'preact/hooks';
import type { Incident } from '../../api/incident-types';
import { t, word } from '../../i18n';
import { standingAlert, takes } from '../../lib/incident';
import { Dialog } from '../../parts/Dialog';
import { said } from '../../parts/Entry';
import { DrillMark } from '../../parts/IncidentMarks';
import { momentOf } from '../../state/clock';
import { tell } from '../../state/incidents';
import { may } from '../../state/session';

export function Alerts({ incident }: { incident: Incident }) {
  const words = t().incidents;
  const [message, setMessage] = useState<string | null>(null);
  const choices = standingAlert(incident) ? ['Update', 'Cancel'] : ['Alert'];
  return (
    <section class="panel">
      <h2>{words.alerts}</h2>
      {incident.alerts.length === 0 && <p class="hint">{words.noAlerts}</p>}
      <ul class="plain-list">
        {incident.alerts.map((one) => (
          <li key={one.sequence}>
            <strong>{word(words.messages, one.message)}</strong> {incident.drill && <DrillMark />}{' '}
            {momentOf(one.time)} · {one.by}
            <span class="message">{one.text}</span>
          </li>
        ))}
      </ul>
      {may('operator') && takes(incident.state, 'publish') && (
        <div class="buttons no-print">
          {choices.map((one) => (
            <button key={one} type="button" onClick={() => setMessage(one)}>
              {word(words.publish, one)}
            </button>
          ))}
        </div>
      )}
      {message && <Publish incident={incident} message={message} onEnd={() => setMessage(null)} />}
    </section>
  );
}

interface PublishProps {
  incident: Incident;
  message: string;
  onEnd: () => void;
}

function Publish({ incident, message, onEnd }: PublishProps) {
  const words = t().incidents;
  const [text, setText] = useState('');
  const [addresses, setAddresses] = useState('');
  const title = word(words.publish, message);
  const submit = async () => {
    if (await tell(incident.id, { type: 'publish', message, ...said({ text, addresses }) })) onEnd();
  };
  return (
    <Dialog title={title} action={title} danger={!incident.drill} onCancel={onEnd} onSubmit={submit}>
      {incident.drill && (
        <p>
          <DrillMark /> {words.exercise}
        </p>
      )}
      <p>
        <a href={`/api/v1/incidents/${incident.id}/cap?draft=${message}`} target="_blank" rel="noreferrer">
          {words.capDraft}
        </a>
      </p>
      <label>
        {words.alertText}
        <textarea rows={3} value={text} onInput={(event) => setText(event.currentTarget.value)} />
      </label>
      <label>
        {words.addresses}
        <input value={addresses} onInput={(event) => setAddresses(event.currentTarget.value)} />
      </label>
    </Dialog>
  );
}
