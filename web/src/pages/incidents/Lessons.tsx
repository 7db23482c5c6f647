// SPDX-License-Identifier: Apache-2.0
/** What is to be done otherwise the next time. */
import { useState } from 'preact/hooks';
import type { Incident } from '../../api/incident-types';
import { t } from '../../i18n';
import { Entry, said, TextField } from '../../parts/Entry';
import { momentOf } from '../../state/clock';
import { tell } from '../../state/incidents';
import { may } from '../../state/session';

export function Lessons({ incident }: { incident: Incident }) {
  const words = t().incidents;
  const [text, setText] = useState('');
  const [owner, setOwner] = useState('');
  const submit = async () => {
    if (!(await tell(incident.id, { type: 'lesson', ...said({ text, owner }) }))) return;
    setText('');
    setOwner('');
  };
  return (
    <section class="panel">
      <h2>{words.lessons}</h2>
      <ul class="plain-list">
        {incident.lessons.map((one) => (
          <li key={`${one.time} ${one.text}`}>
            {one.text}
            <span class="message">
              {[one.owner && words.ownedBy(one.owner), momentOf(one.time), one.by].filter(Boolean).join(' · ')}
            </span>
          </li>
        ))}
      </ul>
      {may('operator') && (
        <Entry action={words.write} disabled={text.trim() === ''} onSubmit={submit}>
          <TextField label={words.lesson} value={text} onText={setText} />
          <TextField label={words.owner} value={owner} short onText={setOwner} />
        </Entry>
      )}
    </section>
  );
}
