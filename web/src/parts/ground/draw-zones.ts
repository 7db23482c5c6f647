// SPDX-License-Identifier: Apache-2.0
/** Zones and routes on the map. A zone has its severity as a colour, a line and a number. */
import L from 'leaflet';
import type { Impact, Point, Zone } from '../../api/emergency-types';
import { t } from '../../i18n';
import { drawingOrder, namePlaces } from '../../lib/ground';
import { endpointOf, zoneName, zoneReach } from '../../lib/zone-words';
import { label, QUIET } from './draw-site';
import type { Sheet } from './GroundMap';

/** The way of one resource to its task. */
export interface Route {
  resource: string;
  path: readonly Point[];
}

/** Lines by severity, so that it is not told by colour alone: drawn through for the worst. */
const DASHES: Record<number, string | undefined> = { 3: undefined, 2: '10 5', 1: '3 6' };

export function drawZones(
  { layer, project }: Sheet,
  impact: Impact,
  effects: ReadonlySet<string> | undefined,
  onZone: (id: number) => void,
): void {
  const shown = impact.zones.filter((zone) => !effects || effects.has(zone.effect));
  for (const zone of drawingOrder(shown)) {
    const shape = L.polygon(zone.ring.map(project), {
      className: `zone severity-${zone.severity}`,
      dashArray: DASHES[zone.severity],
      bubblingMouseEvents: false,
    });
    shape.on('click', () => onZone(zone.id));
    shape.addTo(layer);
    makeButton(shape, zone, onZone);
  }
  L.marker(project(impact.at), { icon: label('✹', 'release'), ...QUIET }).addTo(layer);
}

/** Height of a name in pixels, with a little room. */
const NAME_PX = 19;

/** Names and numbers on the zones, as many as have room at this scale. */
export function drawZoneNames(
  { layer, project }: Sheet,
  impact: Impact,
  effects: ReadonlySet<string> | undefined,
  metresOfPixel: number,
): void {
  const shown = drawingOrder(impact.zones.filter((zone) => !effects || effects.has(zone.effect)));
  const places = namePlaces(shown, impact.at, NAME_PX * metresOfPixel);
  for (const zone of shown) {
    const place = places.get(zone.id);
    if (!place) continue;
    const text = `${zone.severity} · ${endpointOf(zone)} · ${zoneReach(zone)}`;
    const icon = label(text, `zone-label severity-${zone.severity}`);
    L.marker(project(place), { icon, zIndexOffset: 1000, ...QUIET }).addTo(layer);
  }
}

/** Keys reach a zone on the map as they reach its line in the table. */
function makeButton(shape: L.Polygon, zone: Zone, onZone: (id: number) => void): void {
  const path = shape.getElement();
  if (!path) return;
  path.setAttribute('tabindex', '0');
  path.setAttribute('role', 'button');
  path.setAttribute('aria-label', `${zoneName(zone)}, ${t().emergency.severity(zone.severity)}, ${zoneReach(zone)}`);
  path.setAttribute('data-zone', String(zone.id));
  path.addEventListener('keydown', (event) => {
    const key = (event as KeyboardEvent).key;
    if (key !== 'Enter' && key !== ' ') return;
    event.preventDefault();
    event.stopPropagation();
    onZone(zone.id);
  });
}

export function drawRoutes({ layer, project }: Sheet, routes: readonly Route[]): void {
  for (const route of routes) {
    if (route.path.length < 2) continue;
    L.polyline(route.path.map(project), { className: 'ground-route', interactive: false }).addTo(layer);
    const middle = route.path[Math.floor(route.path.length / 2)];
    if (middle)
      L.marker(project(middle), { icon: label(`→ ${route.resource}`, 'route'), ...QUIET }).addTo(layer);
  }
}
