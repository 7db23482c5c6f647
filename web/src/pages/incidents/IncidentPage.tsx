// SPDX-License-Identifier: Apache-2.0
/** One incident: where, who, what is done, what was done. */
import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { Incident, IncidentEvent } from '../../api/incident-types';
import { t } from '../../i18n';
import { GroundMap } from '../../parts/ground/GroundMap';
import { ImpactSide, useImpactView } from '../../parts/impact/ImpactSide';
import { ReportHead } from '../../parts/impact/Report';
import { ground, loadGround } from '../../state/emergency';
import { incidents } from '../../state/incidents';
import { explain } from '../../state/notices';
import { assets } from '../../state/plant';
import { usePoll } from '../../state/poll';
import { About } from './About';
import { Alerts } from './Alerts';
import { Command } from './Command';
import { Lessons } from './Lessons';
import { People } from './People';
import { Plan } from './Plan';
import { Resources } from './Resources';
import { Tasks } from './Tasks';
import { Timeline } from './Timeline';
import { usePlan } from './use-plan';

const GROUND_MS = 60_000;

/** All of it, asked for again when the list says that it has changed. */
function useIncident(id: number) {
  const [whole, setWhole] = useState<Incident | null>(null);
  const [timeline, setTimeline] = useState<IncidentEvent[]>([]);
  const [problem, setProblem] = useState('');
  const brief = incidents.value?.find((one) => one.id === id);
  useEffect(() => {
    let over = false;
    Promise.all([api.incident(id), api.incidentTimeline(id)]).then(
      ([incident, events]) => {
        if (over) return;
        setWhole(incident);
        setTimeline(events);
        setProblem('');
      },
      (error) => !over && setProblem(explain(error)),
    );
    return () => {
      over = true;
    };
  }, [id, brief?.sequence]);
  return { incident: whole, timeline, problem };
}

export function IncidentPage({ id }: { id: number }) {
  usePoll(loadGround, GROUND_MS);
  const { incident, timeline, problem } = useIncident(id);
  const impact = incident?.impact ?? null;
  const view = useImpactView(impact);
  const plan = usePlan(incident);
  if (problem !== '') return <p class="panel failure">{problem}</p>;
  if (!incident) return <p class="hint">{t().loading}</p>;
  return (
    <div class={`incident-page ${incident.drill ? 'drill' : ''}`}>
      <ReportHead title={incident.name} computed={impact?.computed ?? null} />
      <About incident={incident} />
      <div class="incident-columns">
        <div class="incident-main">
          {ground.value && (
            <section class="panel ground-panel">
              <GroundMap
                ground={ground.value}
                assets={assets.value ?? []}
                {...view.map}
                picked={incident.at}
                routes={plan.routes}
              />
            </section>
          )}
          <Command incident={incident} />
          <Tasks incident={incident} />
          <Plan incident={incident} plan={plan} />
          <Resources incident={incident} />
          <People incident={incident} />
        </div>
        <div class="incident-side">
          <Timeline incident={incident} events={timeline} />
          <Alerts incident={incident} />
          <Lessons incident={incident} />
          {impact && <ImpactSide impact={impact} view={view} />}
        </div>
      </div>
    </div>
  );
}
