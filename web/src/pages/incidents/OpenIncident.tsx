// SPDX-License-Identifier: Apache-2.0
/** An incident, or a drill of one, is opened by hand; a scenario that has begun fills the form. */
import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/client';
import { t } from '../../i18n';
import { routeTo } from '../../lib/route';
import { ChoiceField, Entry, said, TextField } from '../../parts/Entry';
import { standing } from '../../state/alarms';
import { ground, loadGround } from '../../state/emergency';
import { takeIncident, tell } from '../../state/incidents';
import { tellFailure } from '../../state/notices';
import { assets } from '../../state/plant';
import { usePoll } from '../../state/poll';
import { go, route } from '../../state/route';
import { impactOf, threats } from '../../state/zones';

const GROUND_MS = 60_000;

/** What a scenario that has begun gives to an incident. */
function useBegun() {
  const scenario = route.value.query.scenario ?? '';
  const threat = threats.value.find((one) => one.live.scenario === scenario);
  const known = ground.value?.scenarios.find((one) => one.name === scenario);
  const keys = new Set(threat?.live.alarms ?? []);
  const ids = standing.value.filter((one) => keys.has(one.key)).map((one) => one.id);
  return {
    scenario,
    title: known?.title ?? scenario,
    asset: known?.asset ?? '',
    ids,
    impact: threat ? impactOf(threat) : null,
  };
}

export function OpenIncident() {
  usePoll(loadGround, GROUND_MS);
  const words = t().incidents;
  const begun = useBegun();
  const [name, setName] = useState('');
  const [asset, setAsset] = useState('');
  const [description, setDescription] = useState('');
  const [drill, setDrill] = useState(false);
  useEffect(() => {
    if (begun.scenario === '') return;
    setName(begun.title);
    setAsset(begun.asset);
  }, [begun.scenario, begun.title]);
  const open = async () => {
    try {
      const opened = await api.openIncident({
        ...said({ name, asset, description, scenario: begun.scenario }),
        ...(begun.ids.length > 0 && { alarms: begun.ids }),
        ...(drill && { drill }),
      });
      takeIncident(opened);
      // davy attaches them itself, with what they were computed from.
      if (begun.impact) await tell(opened.id, { type: 'impact', scenario: begun.scenario });
      go(routeTo('incidents', String(opened.id)));
    } catch (error) {
      tellFailure(error);
    }
  };
  return (
    <section class="panel">
      <h2>{words.openOne}</h2>
      {begun.impact && <p class="hint">{words.withZones(begun.scenario)}</p>}
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
