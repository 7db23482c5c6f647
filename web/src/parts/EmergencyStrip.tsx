// SPDX-License-Identifier: Apache-2.0
/** What has begun is told on every page: zones of this moment, and open incidents. */
import type { LiveZones } from '../api/emergency-types';
import type { Incident } from '../api/incident-types';
import { t, word } from '../i18n';
import { likelihoodText } from '../lib/likelihood';
import { routeTo } from '../lib/route';
import { readingOrder } from '../lib/ground';
import { zoneName, zoneReach } from '../lib/zone-words';
import { openIncidents } from '../state/incidents';
import { impactOf, threats } from '../state/zones';
import { DrillMark, ScaleSign } from './IncidentMarks';
import { SeveritySign } from './impact/Zones';
import { staleText, windText } from './impact/weather-words';

/** Of each; the page has the rest. */
const LINES = 3;

export function EmergencyStrip() {
  return (
    <>
      <div aria-live="assertive">
        {threats.value.slice(0, LINES).map((one) => (
          <ThreatLine key={one.live.scenario} threat={one} />
        ))}
        <More count={threats.value.length - LINES} page="map" />
      </div>
      {openIncidents.value.slice(0, LINES).map((one) => (
        <IncidentLine key={one.id} incident={one} />
      ))}
      <More count={openIncidents.value.length - LINES} page="incidents" />
    </>
  );
}

function More({ count, page }: { count: number; page: string }) {
  if (count <= 0) return null;
  return (
    <p class="strip">
      <a href={routeTo(page)}>{t().emergency.moreLines(count)}</a>
    </p>
  );
}

function ThreatLine({ threat }: { threat: LiveZones }) {
  const words = t().emergency;
  const impact = impactOf(threat);
  const worst = impact && readingOrder(impact.zones).find((zone) => zone.ring.length > 2);
  const { scenario, assumed, problem } = threat.live;
  return (
    <section class={`strip threat severity-${worst?.severity ?? 3}`} aria-label={words.live(scenario)} data-threat={scenario}>
      {worst ? <SeveritySign severity={worst.severity} /> : <span aria-hidden="true">⚠</span>}
      <a class="strip-text" href={routeTo('map', null, { scenario })}>
        <strong>{words.live(scenario)}</strong>{' '}
        {worst && `${zoneName(worst)}: ${zoneReach(worst)}. `}
        {impact && impact.likelihood !== null && (
          <span title={words.likelihoodBasis}>{`${likelihoodText(impact.likelihood)}. `}</span>
        )}
        {impact && windText(impact.weather)}
      </a>
      {assumed.length > 0 && <strong class="stale-weather">{staleText(threat.live)}</strong>}
      {problem && <strong class="failure">{words.notComputed}</strong>}
    </section>
  );
}

function IncidentLine({ incident }: { incident: Incident }) {
  const words = t().incidents;
  const { missing } = incident.toll;
  return (
    <section class={`strip incident-strip ${incident.drill ? 'drill' : ''}`} aria-label={incident.name} data-open-incident={incident.id}>
      <ScaleSign incident={incident} />
      <a class="strip-text" href={routeTo('incidents', String(incident.id))}>
        <strong>{incident.name}</strong> {word(words.states, incident.state)}
        {missing > 0 && `, ${words.missingCount(missing)}`}
      </a>
      {incident.drill && <DrillMark />}
    </section>
  );
}
