// SPDX-License-Identifier: Apache-2.0
/** The plan of dispatch: asked for by a person, and again whenever the incident changes. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { Impact } from '../../api/emergency-types';
import type { DispatchPlan, Incident } from '../../api/incident-types';
import type { Route } from '../../parts/ground/draw-zones';
import { explain } from '../../state/notices';

export interface PlanState {
  answer: DispatchPlan | null;
  problem: string;
  busy: boolean;
  ask: () => void;
  /** Zones that will be in force when the wind has turned; null: those of now stay. */
  forecast: Impact | null;
  setForecast: (impact: Impact | null) => void;
  routes: readonly Route[];
}

export function usePlan(incident: Incident | null): PlanState {
  const [answer, setAnswer] = useState<DispatchPlan | null>(null);
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const [forecast, setForecast] = useState<Impact | null>(null);
  const before = useRef<DispatchPlan | null>(null);
  const latest = useRef(0);

  const ask = async () => {
    if (!incident) return;
    const turn = ++latest.current;
    setBusy(true);
    try {
      const plan = await api.planDispatch(incident.id, before.current, forecast);
      if (turn !== latest.current) return;
      before.current = plan;
      setAnswer(plan);
      setProblem('');
    } catch (error) {
      if (turn === latest.current) setProblem(explain(error));
    }
    if (turn === latest.current) setBusy(false);
  };

  // A plan that stands is compared with what is true now.
  useEffect(() => {
    if (before.current !== null && incident?.state !== 'closed') void ask();
  }, [incident?.sequence]);

  // So it is when other zones are expected.
  useEffect(() => {
    if (before.current !== null && incident?.state !== 'closed') void ask();
  }, [forecast]);

  const routes = useMemo(
    () => (answer?.assignments ?? []).flatMap((one) => (one.route ? [{ resource: one.resource, path: one.route }] : [])),
    [answer],
  );
  return { answer, problem, busy, ask: () => void ask(), forecast, setForecast, routes };
}
