// SPDX-License-Identifier: Apache-2.0
/** What stands on the ground, drawn on the map: roads, places, resources, assets. */
import L from 'leaflet';
import type { Place, Resource, Road } from '../../api/emergency-types';
import type { Asset } from '../../api/types';
import { t } from '../../i18n';
import { middle } from '../../lib/ground';
import type { Sheet } from './GroundMap';

/** A word on the map, as text and never as markup. */
export function label(text: string, className: string): L.DivIcon {
  const element = document.createElement('span');
  element.textContent = text;
  return L.divIcon({ html: element, className: `ground-label ${className}`, iconSize: [0, 0] });
}

/** What is only looked at. */
export const QUIET = { interactive: false, keyboard: false } as const;

export function drawRoads({ layer, project }: Sheet, roads: readonly Road[]): void {
  for (const road of roads)
    L.polyline([project(road.from_at), project(road.to_at)], {
      className: `ground-road ${road.one_way ? 'one-way' : ''}`,
      interactive: false,
    }).addTo(layer);
}

export function drawPlaces({ layer, project }: Sheet, places: readonly Place[]): void {
  for (const place of places) {
    const first = place.outline[0];
    if (!first) continue;
    const className = `ground-place ${place.kind} ${place.sensitive ? 'sensitive' : ''}`;
    const shape =
      place.outline.length > 2
        ? L.polygon(place.outline.map(project), { className, interactive: false })
        : L.circleMarker(project(first), { className, radius: 7, interactive: false });
    shape.addTo(layer);
    const sign = place.kind === 'muster' ? `⚑ ${place.title}` : place.title;
    L.marker(project(middle(place.outline)), { icon: label(sign, place.kind), ...QUIET }).addTo(layer);
  }
}

export function drawResources({ layer, project }: Sheet, resources: readonly Resource[]): void {
  for (const resource of resources) {
    if (!resource.at) continue;
    L.marker(project(resource.at), { icon: label(`◆ ${resource.name}`, 'resource'), ...QUIET }).addTo(layer);
  }
}

export function drawAssets({ layer, project }: Sheet, assets: readonly Asset[]): void {
  for (const asset of assets) {
    if (!asset.at) continue;
    const alarm = asset.alarm ? `alarm priority-${asset.alarm.priority}` : '';
    L.circleMarker(project(asset.at), { className: `ground-asset ${alarm}`, radius: 6, interactive: false }).addTo(layer);
    const words = asset.alarm ? `${asset.name} ${t().priority[asset.alarm.priority]}` : asset.name;
    L.marker(project(asset.at), { icon: label(words, `asset ${alarm}`), ...QUIET }).addTo(layer);
  }
}
