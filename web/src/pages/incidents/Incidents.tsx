// SPDX-License-Identifier: Apache-2.0
/** The incident board: all incidents, or one of them. */
import type { Incident } from '../../api/incident-types';
import { t, word } from '../../i18n';
import { inOrder } from '../../lib/incident';
import { routeTo } from '../../lib/route';
import { EmergencyTabs } from '../../parts/EmergencyTabs';
import { DrillMark, ScaleSign } from '../../parts/IncidentMarks';
import { momentOf } from '../../state/clock';
import { incidents } from '../../state/incidents';
import { route } from '../../state/route';
import { may } from '../../state/session';
import { IncidentPage } from './IncidentPage';
import { OpenIncident } from './OpenIncident';

export function Incidents() {
  const { rest } = route.value;
  return (
    <>
      <EmergencyTabs />
      {rest === null ? <Board /> : <IncidentPage key={rest} id={Number(rest)} />}
    </>
  );
}

function Board() {
  const words = t().incidents;
  const list = incidents.value;
  return (
    <div class="incident-board">
      <section class="panel">
        <h1>{words.title}</h1>
        {list === null && <p class="hint">{t().loading}</p>}
        {list?.length === 0 && <p class="hint">{words.none}</p>}
        {list && list.length > 0 && <List list={inOrder(list)} />}
      </section>
      {may('operator') ? <OpenIncident /> : <p class="hint">{t().dialog.needsRole(t().roles.operator)}</p>}
    </div>
  );
}

function List({ list }: { list: readonly Incident[] }) {
  const words = t().incidents;
  return (
    <div class="table-scroll">
      <table class="incident-list">
        <thead>
          <tr>
            <th scope="col">{words.name}</th>
            <th scope="col">{words.state}</th>
            <th scope="col">{words.scale}</th>
            <th scope="col" class="number">{words.missing}</th>
            <th scope="col">{words.opened}</th>
          </tr>
        </thead>
        <tbody>
          {list.map((one) => (
            <tr key={one.id} data-incident={one.id} class={one.drill ? 'drill' : ''}>
              <th scope="row">
                <a href={routeTo('incidents', String(one.id))}>{one.name}</a> {one.drill && <DrillMark />}
              </th>
              <td>{word(words.states, one.state)}</td>
              <td class="nowrap">
                <ScaleSign incident={one} /> {word(words.scales, String(one.severity.scale))}
              </td>
              <td class={`number live ${one.toll.missing > 0 ? 'failure' : ''}`}>{one.toll.missing}</td>
              <td class="nowrap">
                {momentOf(one.opened)} · {one.opened_by}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
