// SPDX-License-Identifier: Apache-2.0
/** An incident, or a drill of one, is opened by hand. */
import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import { t } from '../../i18n';
import { routeTo } from '../../lib/route';
import { ChoiceField, Entry, said, TextField } from '../../parts/Entry';
import { takeIncident } from '../../state/incidents';
import { tellFailure } from '../../state/notices';
import { assets } from '../../state/plant';
import { go } from '../../state/route';

export function OpenIncident() {
  const words = t().incidents;
  const [name, setName] = useState('');
  const [asset, setAsset] = useState('');
  const [description, setDescription] = useState('');
  const [drill, setDrill] = useState(false);
  const open = async () => {
    try {
      const begun = await api.openIncident({ ...said({ name, asset, description }), ...(drill && { drill }) });
      takeIncident(begun);
      go(routeTo('incidents', String(begun.id)));
    } catch (error) {
      tellFailure(error);
    }
  };
  return (
    <section class="panel">
      <h2>{words.openOne}</h2>
      <Entry
        action={drill ? words.beginDrill : words.open}
        class={drill ? '' : 'danger'}
        disabled={name.trim() === ''}
        onSubmit={open}
      >
        <TextField label={words.name} value={name} onText={setName} />
        <ChoiceField
          label={words.asset}
          value={asset}
          onText={setAsset}
          empty="–"
          options={assets.value?.map((one) => [one.name, one.name] as const) ?? []}
        />
        <TextField label={words.description} value={description} onText={setDescription} />
        <label class="check">
          <input type="checkbox" checked={drill} onChange={(event) => setDrill(event.currentTarget.checked)} />
          {words.isDrill}
        </label>
      </Entry>
    </section>
  );
}
