// SPDX-License-Identifier: Apache-2.0
/** The ground, and the zones on it. */
import { t } from '../../i18n';
import { EmergencyTabs } from '../../parts/EmergencyTabs';
import { GroundMap } from '../../parts/ground/GroundMap';
import { ImpactSide, useImpactView } from '../../parts/impact/ImpactSide';
import { ground, loadGround, tried } from '../../state/emergency';
import { assets } from '../../state/plant';
import { usePoll } from '../../state/poll';

const GROUND_MS = 60_000;

export function MapPage() {
  usePoll(loadGround, GROUND_MS);
  const view = useImpactView(tried.value);
  const words = t().emergency;
  return (
    <>
      <EmergencyTabs />
      <h1 class="unseen">{words.map}</h1>
      <div class="ground-page">
        <section class="panel ground-panel">
          {ground.value ? (
            <GroundMap ground={ground.value} assets={assets.value ?? []} {...view.map} />
          ) : (
            <p class="hint">{t().loading}</p>
          )}
        </section>
        <div class="ground-side">
          {tried.value ? (
            <ImpactSide impact={tried.value} view={view} />
          ) : (
            <section class="panel">
              <h2>{words.noZones}</h2>
              <p class="hint">{words.noZonesHint}</p>
              <p>
                <a href="#/scenario">{words.compute}</a>
              </p>
            </section>
          )}
        </div>
      </div>
    </>
  );
}
