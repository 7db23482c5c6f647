// SPDX-License-Identifier: Apache-2.0
/** The ground, and the zones on it: of what has begun, and of what was computed last. */
import type { Impact, LiveZones } from '../../api/emergency-types';
import { t } from '../../i18n';
import { routeTo } from '../../lib/route';
import { EmergencyTabs } from '../../parts/EmergencyTabs';
import { GroundMap } from '../../parts/ground/GroundMap';
import { ImpactSide, useImpactView } from '../../parts/impact/ImpactSide';
import { ground, loadGround, tried } from '../../state/emergency';
import { assets } from '../../state/plant';
import { usePoll } from '../../state/poll';
import { route } from '../../state/route';
import { impactOf, threats } from '../../state/zones';
import { BeginCard } from './BeginCard';
import { LiveCard } from './LiveCard';

const GROUND_MS = 60_000;
/** In the address, for what was computed by hand. */
const TRIED = 'computed';

interface Shown {
  name: string;
  threat: LiveZones | null;
  impact: Impact | null;
}

/** All that can be shown; the address says which. What has begun stands before what is tried. */
function useShown(): { list: Shown[]; shown: Shown | null } {
  const list: Shown[] = threats.value.map((one) => ({
    name: one.live.scenario,
    threat: one,
    impact: impactOf(one),
  }));
  if (tried.value) list.push({ name: TRIED, threat: null, impact: tried.value });
  const wanted = route.value.query.scenario;
  return { list, shown: list.find((one) => one.name === wanted) ?? list[0] ?? null };
}

export function MapPage() {
  usePoll(loadGround, GROUND_MS);
  const { list, shown } = useShown();
  const view = useImpactView(shown?.impact ?? null);
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
          {list.length > 1 && shown && <Choice list={list} shown={shown.name} />}
          {shown === null && <Nothing />}
          {shown?.threat && <LiveCard key={shown.name} threat={shown.threat} />}
          {shown?.impact && <ImpactSide impact={shown.impact} view={view} />}
          <BeginCard />
        </div>
      </div>
    </>
  );
}

function Choice({ list, shown }: { list: readonly Shown[]; shown: string }) {
  const words = t().emergency;
  return (
    <nav class="tabs" aria-label={words.shownScenario}>
      {list.map(({ name, impact }) => (
        <a
          key={name}
          href={routeTo('map', null, { scenario: name })}
          aria-current={name === shown ? 'page' : undefined}
        >
          {name === TRIED ? words.triedTab(impact?.scenario ?? '') : words.live(name)}
        </a>
      ))}
    </nav>
  );
}

function Nothing() {
  const words = t().emergency;
  return (
    <section class="panel">
      <h2>{words.noZones}</h2>
      <p class="hint">{words.noZonesHint}</p>
      <p>
        <a href="#/scenario">{words.compute}</a>
      </p>
    </section>
  );
}
