// SPDX-License-Identifier: Apache-2.0
/** What was computed, beside the map: zones to choose, the numbers of one, people and places. */
import { useMemo, useState } from 'preact/hooks';
import type { Impact } from '../../api/emergency-types';
import { t, word } from '../../i18n';
import { effectsOf } from '../../lib/ground';
import { Around } from './Around';
import { Basis } from './Basis';
import { Becomes } from './Becomes';
import { ZoneDetail } from './ZoneDetail';
import { Zones } from './Zones';

export interface ImpactView {
  hidden: ReadonlySet<string>;
  toggle: (effect: string) => void;
  chosen: number | null;
  choose: (id: number | null) => void;
  /** What the map is given of it. */
  map: {
    impact: Impact | null;
    effects: ReadonlySet<string>;
    chosen: number | null;
    onZone: (id: number) => void;
  };
}

/** Which effects are drawn and which zone is open. */
export function useImpactView(impact: Impact | null): ImpactView {
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [wanted, setWanted] = useState<number | null>(null);
  const effects = useMemo(
    () => new Set(effectsOf(impact?.zones ?? []).filter((one) => !hidden.has(one))),
    [impact, hidden],
  );
  const chosen = impact?.zones.some((zone) => zone.id === wanted) ? wanted : null;
  const toggle = (effect: string) => {
    const next = new Set(hidden);
    if (!next.delete(effect)) next.add(effect);
    setHidden(next);
  };
  return {
    hidden,
    toggle,
    chosen,
    choose: setWanted,
    map: { impact, effects, chosen, onZone: setWanted },
  };
}

export function ImpactSide({ impact, view }: { impact: Impact; view: ImpactView }) {
  const zone = impact.zones.find((one) => one.id === view.chosen);
  return (
    <>
      <section class="panel impact-zones">
        <h2>
          {t().emergency.zones}: {impact.scenario}
        </h2>
        <Effects impact={impact} view={view} />
        <Zones impact={impact} view={view} />
      </section>
      {zone && <ZoneDetail zone={zone} impact={impact} onClose={() => view.choose(null)} />}
      <Becomes impact={impact} />
      <Around impact={impact} />
      <Basis impact={impact} />
    </>
  );
}

function Effects({ impact, view }: { impact: Impact; view: ImpactView }) {
  const effects = effectsOf(impact.zones);
  if (effects.length < 2) return null;
  return (
    <div class="effects" role="group" aria-label={t().emergency.shownEffects}>
      {effects.map((effect) => (
        <label key={effect} class="check">
          <input
            type="checkbox"
            checked={!view.hidden.has(effect)}
            onChange={() => view.toggle(effect)}
          />
          {word(t().emergency.effect, effect)}
        </label>
      ))}
    </div>
  );
}
