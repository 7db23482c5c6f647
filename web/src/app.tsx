// SPDX-License-Identifier: Apache-2.0
/** The frame around the pages. */
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { t, word } from './i18n';
import { Alarms } from './pages/alarms/Alarms';
import { Chemicals } from './pages/chemicals/Chemicals';
import { Detectors } from './pages/Detectors';
import { Figures } from './pages/figures/Figures';
import { Handover } from './pages/handover/Handover';
import { Incidents } from './pages/incidents/Incidents';
import { Keys } from './pages/Keys';
import { MapPage } from './pages/map/MapPage';
import { Models } from './pages/models/Models';
import { Overview } from './pages/Overview';
import { Prooftests } from './pages/prooftests/Prooftests';
import { Receivers } from './pages/receivers/Receivers';
import { ScenarioPage } from './pages/scenario/ScenarioPage';
import { SignIn } from './pages/SignIn';
import { Sources } from './pages/Sources';
import { StoragePage } from './pages/storage/Storage';
import { Trends } from './pages/trends/Trends';
import { WhatIf } from './pages/whatif/WhatIf';
import { ActionDialog } from './parts/AlarmActions';
import { AlarmStrip } from './parts/AlarmStrip';
import { Banner } from './parts/Banner';
import { EmergencyStrip } from './parts/EmergencyStrip';
import { Header } from './parts/Header';
import { Notices } from './parts/Notices';
import { announced, unacknowledged } from './state/alarms';
import { connection } from './state/connection';
import { startLive } from './state/live';
import { site } from './state/plant';
import { route } from './state/route';
import { me } from './state/session';
import { startBell } from './state/sound';

const PAGES: Record<string, ComponentType> = {
  overview: Overview,
  trends: Trends,
  alarms: Alarms,
  map: MapPage,
  scenario: ScenarioPage,
  incidents: Incidents,
  figures: Figures,
  whatif: WhatIf,
  handover: Handover,
  receivers: Receivers,
  prooftests: Prooftests,
  detectors: Detectors,
  models: Models,
  chemicals: Chemicals,
  sources: Sources,
  storage: StoragePage,
  keys: Keys,
};

export function App() {
  if (me.value === undefined) return <p class="hint start">{t().loading}</p>;
  return me.value === null ? <SignIn /> : <Console />;
}

function NotFound() {
  return <p class="panel hint">{t().notFound}</p>;
}

function Console() {
  useEffect(() => {
    const stops = [startLive(), startBell()];
    return () => stops.forEach((stop) => stop());
  }, []);
  useTitle();
  const Page = Object.hasOwn(PAGES, route.value.page) ? PAGES[route.value.page] : undefined;
  const Shown = Page ?? NotFound;
  return (
    <div class={`console ${connection.value.kind === 'lost' ? 'stale' : ''}`}>
      <a class="skip" href="#content" onClick={skip}>
        {t().skip}
      </a>
      <Header />
      <Banner />
      <EmergencyStrip />
      <AlarmStrip />
      <main id="content" tabIndex={-1}>
        <Shown />
      </main>
      <Notices />
      <ActionDialog />
    </div>
  );
}

/** The address is the router's, so the jump is done by hand. */
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}

/** The tab's title tells alarms too: the tab may be behind others. */
function useTitle(): void {
  const waiting = unacknowledged.value.length;
  const count = announced.value.length;
  const page = word(t().pages, route.value.page);
  const name = site.value?.title ?? site.value?.name;
  const title = [page, name, 'davy'].filter(Boolean).join(' · ');
  useEffect(() => {
    document.title = `${waiting > 0 ? '● ' : ''}${count > 0 ? `(${count}) ` : ''}${title}`;
  }, [waiting, count, title]);
}
