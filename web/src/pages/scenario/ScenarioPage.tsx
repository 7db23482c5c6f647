// SPDX-License-Identifier: Apache-2.0
/** A scenario is made, computed and looked at. */
import { useRef, useState } from 'preact/hooks';
import { api, ApiError } from '../../api/client';
import { t } from '../../i18n';
import { faultsOf, type FieldFaults } from '../../lib/scenario-faults';
import { nameOf, orderOf } from '../../lib/scenario';
import { EmergencyTabs } from '../../parts/EmergencyTabs';
import { GroundMap } from '../../parts/ground/GroundMap';
import { ImpactSide, useImpactView } from '../../parts/impact/ImpactSide';
import { ReportHead, ReportModels } from '../../parts/impact/Report';
import { SpreadTable } from '../../parts/impact/SpreadTable';
import { chosenScenario, draft, ground, loadGround, tried, triedOrder } from '../../state/emergency';
import { explain } from '../../state/notices';
import { assets } from '../../state/plant';
import { usePoll } from '../../state/poll';
import { Form } from './Form';

const GROUND_MS = 60_000;
/** As many as the daemon computes at once. */
const DRAWS = 200;
const NO_FAULTS: FieldFaults = { fields: {}, rest: [] };

export function ScenarioPage() {
  usePoll(loadGround, GROUND_MS);
  const words = t().emergency;
  const [faults, setFaults] = useState<FieldFaults>(NO_FAULTS);
  const [busy, setBusy] = useState(false);
  const result = useRef<HTMLDivElement>(null);
  const impact = tried.value;
  const view = useImpactView(impact);

  const run = async () => {
    setBusy(true);
    try {
      const name = chosenScenario.value || nameOf(draft.value);
      // A scenario file in the part of YAML that is JSON.
      const said = orderOf(draft.value, name);
      const order = JSON.stringify(said);
      tried.value = await api.impact(order, said.uncertain === undefined ? 0 : DRAWS);
      triedOrder.value = order;
      setFaults(NO_FAULTS);
      result.current?.focus();
    } catch (error) {
      tried.value = null;
      const told = error instanceof ApiError ? faultsOf(error.body) : null;
      setFaults(told ?? { fields: {}, rest: [explain(error)] });
    }
    setBusy(false);
  };

  const { east, north } = draft.value;
  const picked = east === '' || north === '' ? null : ([Number(east), Number(north)] as const);
  return (
    <>
      <EmergencyTabs />
      <h1 class="unseen">{words.editor}</h1>
      <div class="scenario-page">
        <Form faults={faults} busy={busy} onRun={run} />
        <div class="scenario-result" ref={result} tabIndex={-1} aria-label={words.result}>
          {impact && <ReportHead title={`${words.editor} ${impact.scenario}`} computed={impact.computed} />}
          <section class="panel ground-panel">
            {ground.value && (
              <GroundMap
                ground={ground.value}
                assets={assets.value ?? []}
                {...view.map}
                picked={picked}
                onPick={([e, n]) => {
                  draft.value = { ...draft.value, east: String(Math.round(e)), north: String(Math.round(n)) };
                }}
              />
            )}
          </section>
          {impact && (
            <>
              <div class="buttons no-print">
                <button type="button" onClick={() => window.print()}>
                  {words.print}
                </button>
              </div>
              <div class="impact-columns">
                <ImpactSide impact={impact} view={view} />
              </div>
              {impact.spread && <SpreadTable spread={impact.spread} />}
              <ReportModels impact={impact} />
            </>
          )}
        </div>
      </div>
    </>
  );
}
