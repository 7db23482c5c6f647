// SPDX-License-Identifier: Apache-2.0
/** The ground seen from above: Leaflet on metres, or on degrees where the site has a location. */
import L from 'leaflet';
import 'leaflet/dist/leaflet.css';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Ground, Impact, Point } from '../../api/emergency-types';
import type { Asset } from '../../api/types';
import { language, t } from '../../i18n';
import { boxOf, PLAIN, projectionAt, type Projection } from '../../lib/ground';
import { drawAssets, drawPlaces, drawResources, drawRoads } from './draw-site';
import { drawRoutes, drawZoneNames, drawZones, type Route } from './draw-zones';

/** Ground around what is shown, when the map is first seen. */
const MARGIN_M = 60;
/** Room for words at the edge: half a name, across and up. */
const PADDING_PX: [number, number] = [72, 20];
/** Metres of a pixel from which on the plant is one spot. */
const FAR_M = 2;

interface Props {
  ground: Ground;
  assets: readonly Asset[];
  impact?: Impact | null;
  /** Effects whose zones are drawn; all when not given. */
  effects?: ReadonlySet<string>;
  chosen?: number | null;
  onZone?: (id: number) => void;
  /** A click on the ground, in metres. */
  onPick?: (at: Point) => void;
  picked?: Point | null;
  routes?: readonly Route[];
}

export interface Sheet {
  layer: L.LayerGroup;
  project: Projection['to'];
}

export function GroundMap(props: Props) {
  const element = useRef<HTMLDivElement>(null);
  const { location } = props.ground;
  const projection = useMemo(
    () => (location ? projectionAt(location) : PLAIN),
    [location?.[0], location?.[1]],
  );
  const map = useLeaflet(element, location !== null);
  const latest = useRef(props);
  latest.current = props;
  useSite(map, props, projection);
  useZones(map, props, projection);
  useFit(map, props, projection);
  useEffect(() => {
    const leaflet = map.current;
    if (!leaflet) return;
    const click = (event: L.LeafletMouseEvent) =>
      latest.current.onPick?.(projection.from(event.latlng.lat, event.latlng.lng));
    leaflet.on('click', click);
    return () => void leaflet.off('click', click);
  }, [projection]);
  return (
    <>
      <div class="ground">
        <div
          ref={element}
          class={`ground-map ${props.onPick ? 'picking-place' : ''}`}
          role="application"
          aria-label={t().emergency.mapLabel}
          aria-describedby="ground-keys"
        />
        <span id="ground-keys" class="unseen">
          {t().emergency.mapKeys}
        </span>
        <span class="ground-north" aria-hidden="true">
          ↑ {t().overview.north}
        </span>
        {props.impact && <Wind from={props.impact.weather.wind_from} />}
      </div>
      <Missing ground={props.ground} assets={props.assets} />
    </>
  );
}

/** What the site file leaves out, so that nobody looks for it on the map. */
function Missing({ ground, assets }: { ground: Ground; assets: readonly Asset[] }) {
  const words = t().emergency;
  const empty =
    ground.places.length + ground.resources.filter((one) => one.at).length === 0 && assets.every((one) => !one.at);
  if (ground.location !== null && !empty) return null;
  return (
    <p class="hint ground-missing">
      {ground.location === null && words.noLocation} {empty && words.nothingPlaced}
    </p>
  );
}

/** Which way the air goes. */
function Wind({ from }: { from: number | null }) {
  if (from === null) return null;
  const turn = `rotate(${from + 180} 20 20)`;
  return (
    <svg class="ground-wind" viewBox="0 0 40 40" width="40" height="40" role="img" aria-label={t().emergency.windFrom(from)}>
      <path d="M20 4l8 12h-5v20h-6V16h-5z" transform={turn} />
    </svg>
  );
}

/** Metres of a pixel in the middle of the map. */
function metresOfPixel(leaflet: L.Map): number {
  const at = leaflet.getSize().divideBy(2);
  const [here, there] = [at, at.add([100, 0])].map((point) => leaflet.containerPointToLatLng(point));
  return here && there ? leaflet.distance(here, there) / 100 : 0;
}

function useLeaflet(element: { current: HTMLDivElement | null }, onEarth: boolean) {
  const map = useRef<L.Map | null>(null);
  // Words of the map's buttons are set when it is made.
  const tongue = language.value;
  useEffect(() => {
    if (!element.current) return;
    const words = t().emergency;
    const leaflet = L.map(element.current, {
      crs: onEarth ? L.CRS.EPSG3857 : L.CRS.Simple,
      minZoom: onEarth ? 8 : -8,
      maxZoom: onEarth ? 22 : 5,
      zoomSnap: 0.25,
      zoomControl: false,
      attributionControl: false,
      zoomAnimation: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    });
    leaflet.setView([0, 0], onEarth ? 15 : 0);
    L.control.zoom({ zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(leaflet);
    L.control.scale({ imperial: false, position: 'bottomright' }).addTo(leaflet);
    // From far away the words of the plant would lie on each other.
    const scaled = () => {
      const far = metresOfPixel(leaflet) > FAR_M;
      leaflet.getContainer().classList.toggle('far', far);
    };
    leaflet.on('zoomend', scaled);
    const resized = new ResizeObserver(() => leaflet.invalidateSize({ animate: false }));
    resized.observe(element.current);
    map.current = leaflet;
    return () => {
      resized.disconnect();
      leaflet.remove();
      map.current = null;
    };
  }, [onEarth, tongue]);
  return map;
}

type MapRef = { current: L.Map | null };

function useSheet(map: MapRef, projection: Projection, draw: (sheet: Sheet) => void, inputs: unknown[]) {
  useEffect(() => {
    if (!map.current) return;
    const layer = L.layerGroup().addTo(map.current);
    draw({ layer, project: projection.to });
    return () => void layer.remove();
  }, [projection, language.value, ...inputs]);
}

function useSite(map: MapRef, { ground, assets, picked }: Props, projection: Projection) {
  useSheet(
    map,
    projection,
    (sheet) => {
      drawRoads(sheet, ground.roads);
      drawPlaces(sheet, ground.places);
      drawResources(sheet, ground.resources);
    },
    [ground],
  );
  const placed = assets.map((asset) => `${asset.name} ${asset.at} ${asset.alarm?.priority}`).join();
  useSheet(map, projection, (sheet) => drawAssets(sheet, assets), [placed]);
  useSheet(
    map,
    projection,
    ({ layer, project }) => {
      if (!picked) return;
      L.circleMarker(project(picked), { className: 'ground-pick', radius: 9, interactive: false }).addTo(layer);
    },
    [picked?.[0], picked?.[1]],
  );
}

/** A zone that is drawn anew, because the wind turned, keeps the focus that it had. */
function useFocusedZone(map: MapRef, projection: Projection) {
  const zone = useRef<string | null>(null);
  useEffect(() => {
    const container = map.current?.getContainer();
    const came = ({ target }: FocusEvent) => {
      zone.current = (target as Element).getAttribute('data-zone');
    };
    const went = ({ relatedTarget }: FocusEvent) => {
      // Whoever is taken away loses the focus to nobody.
      if (relatedTarget !== null) zone.current = null;
    };
    const forget = () => {
      zone.current = null;
    };
    container?.addEventListener('focusin', came);
    container?.addEventListener('focusout', went);
    document.addEventListener('pointerdown', forget, true);
    return () => {
      container?.removeEventListener('focusin', came);
      container?.removeEventListener('focusout', went);
      document.removeEventListener('pointerdown', forget, true);
    };
  }, [projection, language.value]);
  const restore = () => {
    if (zone.current === null || document.activeElement !== document.body) return;
    map.current?.getContainer().querySelector<SVGElement>(`path[data-zone="${zone.current}"]`)?.focus();
  };
  return { restore };
}

function useZones(map: MapRef, props: Props, projection: Projection) {
  const { impact, effects, chosen, onZone, routes } = props;
  const choose = useRef(onZone);
  choose.current = onZone;
  const focused = useFocusedZone(map, projection);
  useSheet(
    map,
    projection,
    (sheet) => {
      if (impact) drawZones(sheet, impact, effects, (id) => choose.current?.(id));
      focused.restore();
    },
    [impact, effects],
  );
  useEffect(() => {
    const leaflet = map.current;
    if (!leaflet || !impact) return;
    const layer = L.layerGroup().addTo(leaflet);
    const draw = () => {
      layer.clearLayers();
      const sheet = { layer, project: projection.to };
      drawZoneNames(sheet, impact, effects, metresOfPixel(leaflet));
    };
    leaflet.on('zoomend resize', draw);
    draw();
    return () => {
      leaflet.off('zoomend resize', draw);
      layer.remove();
    };
  }, [projection, language.value, impact, effects]);
  // The shapes stay, so that a key does not lose its place.
  useEffect(() => {
    const shapes = map.current?.getContainer().querySelectorAll<SVGElement>('path[data-zone]') ?? [];
    for (const shape of shapes) {
      const is = shape.dataset.zone === String(chosen ?? '');
      shape.classList.toggle('chosen', is);
      shape.setAttribute('aria-pressed', String(is));
    }
  }, [projection, language.value, impact, effects, chosen]);
  useSheet(map, projection, (sheet) => drawRoutes(sheet, routes ?? []), [routes]);
}

/** Everything in sight when the ground is first known, and again when other zones come. */
function useFit(map: MapRef, { ground, assets, impact }: Props, projection: Projection) {
  const scenario = impact ? `${impact.scenario} ${impact.zones.length}` : '';
  const standing = assets.length > 0;
  useEffect(() => {
    const points = [
      ...assets.flatMap((asset) => (asset.at ? [asset.at] : [])),
      ...ground.places.flatMap((place) => place.outline),
      ...ground.resources.flatMap((one) => (one.at ? [one.at] : [])),
      ...(impact?.zones ?? []).flatMap((zone) => zone.ring),
    ];
    const box = boxOf(points, MARGIN_M);
    if (box === null) return;
    map.current?.fitBounds([projection.to(box.low), projection.to(box.high)], {
      animate: false,
      padding: PADDING_PX,
    });
  }, [projection, scenario, standing, ground, language.value]);
}
