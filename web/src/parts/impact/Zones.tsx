// SPDX-License-Identifier: Apache-2.0
/** All zones as a table, the worst first. */
import type { Impact, Zone } from '../../api/emergency-types';
import { t, word } from '../../i18n';
import { metres, readingOrder } from '../../lib/ground';
import { formatCount } from '../../lib/number';
import { endpointOf, zoneReach } from '../../lib/zone-words';
import type { ImpactView } from './ImpactSide';

export function Zones({ impact, view }: { impact: Impact; view: ImpactView }) {
  const words = t().emergency;
  if (impact.zones.length === 0) return <p class="hint">{words.nothingComputed}</p>;
  const shown = readingOrder(impact.zones).filter((zone) => !view.hidden.has(zone.effect));
  return (
    <div class="table-scroll">
      <table class="zones">
        <thead>
          <tr>
            <th scope="col">{words.zone}</th>
            <th scope="col" class="number">{words.reach}</th>
            <th scope="col" class="number">{words.band}</th>
            <th scope="col" class="number">{words.people}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((zone) => (
            <Row key={zone.id} zone={zone} view={view} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ zone, view }: { zone: Zone; view: ImpactView }) {
  const words = t().emergency;
  const open = zone.id === view.chosen;
  return (
    <tr data-zone-row={zone.id} class={open ? 'open' : ''}>
      <th scope="row">
        <button
          type="button"
          class="plain zone-name"
          aria-expanded={open}
          onClick={() => view.choose(open ? null : zone.id)}
        >
          <SeveritySign severity={zone.severity} />
          <span>
            {endpointOf(zone)}
            <span class="message">{word(words.effect, zone.effect)}</span>
          </span>
        </button>
      </th>
      <td class="number live">{zoneReach(zone)}</td>
      <td class="number live">{bandText(zone)}</td>
      <td class="number live">{formatCount(zone.people)}</td>
    </tr>
  );
}

/** The nearest and farthest of all models that apply. */
export function bandText({ band }: Zone): string {
  if (!band || band[0] === null || band[1] === null) return '–';
  return band[0] === band[1] ? metres(band[0]) : `${metres(band[0])} – ${metres(band[1])}`;
}

export function SeveritySign({ severity }: { severity: number }) {
  const words = t().emergency;
  return (
    <span class={`severity severity-${severity}`} role="img" aria-label={words.severity(severity)} title={words.severity(severity)}>
      {severity}
    </span>
  );
}
