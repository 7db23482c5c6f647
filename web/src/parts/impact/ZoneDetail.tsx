// SPDX-License-Identifier: Apache-2.0
/** The numbers of one zone: every model side by side, with its formula, source and range. */
import { useEffect, useRef } from 'preact/hooks';
import type { Formula, Impact, ModelAnswer, Zone } from '../../api/emergency-types';
import { t, word } from '../../i18n';
import { formatCount } from '../../lib/number';
import { formulaTitle, levelOf, reachOf, zoneName, zoneReach } from '../../lib/zone-words';
import { bandText, SeveritySign } from './Zones';

interface Props {
  zone: Zone;
  impact: Impact;
  onClose: () => void;
}

export function ZoneDetail({ zone, impact, onClose }: Props) {
  const words = t().emergency;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.scrollIntoView({ block: 'nearest' }), [zone.id]);
  const used = new Set(zone.models.flatMap((one) => (one.formula === null ? [] : [one.formula])));
  const formulas = [...used].flatMap((name) => {
    const formula = impact.formulas[name];
    return formula ? [{ name, formula }] : [];
  });
  return (
    <section class="panel zone-detail" data-zone-detail={zone.id}>
      <header>
        <h2 ref={heading}>
          <SeveritySign severity={zone.severity} /> {zoneName(zone)}
        </h2>
        <button type="button" class="plain" onClick={onClose}>
          {words.close}
        </button>
      </header>
      <dl class="pairs">
        <Pair name={words.level}>{levelOf(zone)}</Pair>
        <Pair name={words.severityTitle}>{words.severity(zone.severity)}</Pair>
        <Pair name={words.reach}>
          {zoneReach(zone)}
          {zone.model && <span class="message">{words.byModel(zone.model)}</span>}
        </Pair>
        <Pair name={words.band}>{bandText(zone)}</Pair>
        <Pair name={words.people}>{formatCount(zone.people)}</Pair>
      </dl>
      {zone.kind !== 'value' && <p class="hint">{zone.text}</p>}
      <h3>{words.models}</h3>
      <div class="table-scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{words.model}</th>
              <th scope="col" class="number">{words.reach}</th>
            </tr>
          </thead>
          <tbody>
            {zone.models.map((one) => (
              <ModelRow key={one.model} one={one} drawn={one.model === zone.model} />
            ))}
          </tbody>
        </table>
      </div>
      {formulas.map(({ name, formula }) => (
        <FormulaText key={name} formula={formula} />
      ))}
    </section>
  );
}

function Pair({ name, children }: { name: string; children: preact.ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function ModelRow({ one, drawn }: { one: ModelAnswer; drawn: boolean }) {
  const words = t().emergency;
  return (
    <tr class={drawn ? 'drawn' : ''}>
      <th scope="row">
        {one.model}
        {drawn && <span class="chip">{words.drawn}</span>}
        {one.kind !== 'value' && <span class="message">{one.text}</span>}
      </th>
      <td class="number live">{reachOf(one)}</td>
    </tr>
  );
}

export function FormulaText({ formula }: { formula: Formula }) {
  const words = t().emergency;
  return (
    <details class="formula">
      <summary>{formulaTitle(formula)}</summary>
      <dl>
        <dt>{words.equation}</dt>
        <dd>
          <code>{formula.equation}</code>
        </dd>
        <dt>{words.source}</dt>
        <dd>{formula.source}</dd>
        <dt>{words.range}</dt>
        <dd>{formula.range || word(words.answer, 'no data')}</dd>
        {formula.cases && (
          <>
            <dt>{words.cases}</dt>
            <dd>{formula.cases.split(',').join(', ')}</dd>
          </>
        )}
      </dl>
    </details>
  );
}
