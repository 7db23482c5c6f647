// SPDX-License-Identifier: Apache-2.0
/** Scenarios of the site that a person may begin. */
import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { ground } from '../../state/emergency';
import { may } from '../../state/session';
import { threats } from '../../state/zones';
import { Change } from './LiveCard';

export function BeginCard() {
  const words = t().emergency;
  const [begun, setBegun] = useState<string | null>(null);
  const on = new Set(threats.value.map((one) => one.live.scenario));
  const off = ground.value?.scenarios.filter((one) => !on.has(one.name)) ?? [];
  if (off.length === 0 || !may('operator')) return null;
  return (
    <section class="panel">
      <h2>{words.scenarios}</h2>
      <ul class="begin-list">
        {off.map((one) => (
          <li key={one.name}>
            <span>{one.title}</span>
            <button type="button" onClick={() => setBegun(one.name)}>
              {words.begin}
            </button>
          </li>
        ))}
      </ul>
      {begun && <Change scenario={begun} action="begin" onEnd={() => setBegun(null)} />}
    </section>
  );
}
