// SPDX-License-Identifier: Apache-2.0
/** Joins the event stream and the polls to the state while someone is signed in. */
import { follow } from '../api/events';
import type { ServerEvent } from '../api/sse';
import type { Alarm, ScoreEvent, Source } from '../api/types';
import type { Flood } from '../api/alarm-types';
import { forgetAlarms, loadAlarms, takeAlarm } from './alarms';
import { streamLost, streamOpened, streamReset } from './connection';
import { forgetEmergency } from './emergency';
import type { Incident } from '../api/incident-types';
import { forgetFloods, loadFloods, takeFlood } from './floods';
import { forgetIncidents, loadIncidents, takeIncident } from './incidents';
import * as plant from './plant';
import { poll } from './poll';
import { forgetZones, loadZones } from './zones';
import { forgetProposal } from './proposal';

/** Values, once a second. */
const VALUES_MS = 1_000;
/** What the stream also tells, in case it told too little. */
const CHECK_MS = 5_000;
/** What changes when the site file is read again. */
const SITE_MS = 30_000;

/** Keep everything live until the returned function is called. */
export function startLive(): () => void {
  streamReset();
  const stops = [
    poll(plant.loadSignals, VALUES_MS),
    poll(async () => {
      await Promise.all([plant.loadSources(), plant.loadDetectors(), loadAlarms(), loadFloods()]);
    }, CHECK_MS),
    poll(loadIncidents, CHECK_MS),
    poll(loadZones, SITE_MS),
    poll(async () => {
      await Promise.all([plant.loadSite(), plant.loadAssets()]);
    }, SITE_MS),
    follow({ opened, event, lost: streamLost }),
  ];
  return () => {
    for (const stop of stops) stop();
    plant.forgetPlant();
    forgetAlarms();
    forgetFloods();
    forgetProposal();
    forgetEmergency();
    forgetIncidents();
    forgetZones();
  };
}

/** After a break nobody knows what was missed: ask for everything. */
function opened(): void {
  streamOpened();
  void Promise.allSettled([
    loadAlarms(),
    loadFloods(),
    loadIncidents(),
    loadZones(),
    plant.loadSources(),
    plant.loadDetectors(),
    plant.loadAssets(),
    plant.loadSite(),
  ]);
}

const TAKERS: Record<string, (data: unknown) => void> = {
  // The event has no rings.
  zone: () => void loadZones().catch(() => {}),
  incident: (data) => takeIncident((data as { incident: Incident }).incident),
  flood: (data) => takeFlood(data as Flood),
  alarm: (data) => takeAlarm(data as Alarm),
  score: (data) => plant.takeScore(data as ScoreEvent),
  source: (data) => plant.takeSource(data as Source),
  gap: () => void Promise.allSettled([loadAlarms(), loadIncidents(), loadZones(), plant.loadSources(), plant.loadDetectors()]),
};

function event(event: ServerEvent): void {
  const take = TAKERS[event.name];
  if (!take) return;
  let data: unknown;
  try {
    data = JSON.parse(event.data);
  } catch {
    return;
  }
  take(data);
}
