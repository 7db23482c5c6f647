// SPDX-License-Identifier: Apache-2.0
/** What would it have done: proposed settings of the alarms over what is stored. */
import { t } from '../../i18n';
import { AlarmTabs } from '../../parts/AlarmTabs';
import { route } from '../../state/route';
import { may } from '../../state/session';
import { Ask } from './Ask';
import { Asked } from './Asked';
import { Changes } from './Changes';
import { Run } from './Run';

export function WhatIf() {
  const { rest } = route.value;
  return (
    <>
      <AlarmTabs />
      <div class="whatif">
        {may('engineer') ? <Engineer id={rest === null ? null : Number(rest)} /> : <Forbidden />}
        {rest === null && <Changes />}
      </div>
    </>
  );
}

function Engineer({ id }: { id: number | null }) {
  if (id !== null) return <Run key={id} id={id} />;
  return (
    <>
      <Ask />
      <Asked />
    </>
  );
}

function Forbidden() {
  return (
    <section class="panel">
      <h1>{t().whatIf.title}</h1>
      <p class="hint">{t().dialog.needsRole(t().roles.engineer)}</p>
    </section>
  );
}
