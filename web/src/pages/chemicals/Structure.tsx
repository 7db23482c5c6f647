// SPDX-License-Identifier: Apache-2.0
/** A structure that no table has: what is counted in it, and what models say. No prediction is a measurement. */
import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { ChemicalKnown, ChemicalPrediction, ChemicalStructure } from '../../api/chemical-types';
import { t } from '../../i18n';
import { formatNumber } from '../../lib/number';
import { routeTo } from '../../lib/route';
import { explain } from '../../state/notices';
import { nameOf, STRUCTURE } from './Chemicals';

export function Structure({ smiles }: { smiles: string }) {
  const words = t().chemicals;
  const [one, setOne] = useState<ChemicalStructure | null>(null);
  const [problem, setProblem] = useState('');
  useEffect(() => {
    api.structure(smiles).then(setOne, (error) => setProblem(explain(error)));
  }, [smiles]);
  return (
    <section class="panel sheet structure">
      <h1>{words.structure}</h1>
      {problem !== '' && <p class="failure">{problem}</p>}
      {problem === '' && one === null && <p class="hint">{t().loading}</p>}
      {one && (
        <>
          <p class="muted smiles">{one.smiles}</p>
          {one.chemical && (
            <p>
              {words.isKnown}{' '}
              <a href={routeTo('chemicals', one.chemical.cas)}>{nameOf(one.chemical)}</a>
            </p>
          )}
          <Counted of={one} />
          <h2>{words.predicted}</h2>
          <p class="hint">{words.predictedHint}</p>
          {one.refused !== null && (
            <p class="failure" lang="en">
              {one.refused}
            </p>
          )}
          {one.refused === null && one.predictions.length === 0 && (
            <p class="hint">{words.noModels}</p>
          )}
          {one.predictions.length > 0 && <Predictions list={one.predictions} />}
          {one.known && <Kin of={one.known} />}
        </>
      )}
    </section>
  );
}

function Counted({ of }: { of: ChemicalStructure }) {
  const words = t().chemicals;
  const mass = formatNumber(of.molar_mass);
  return (
    <>
      <p>{words.counted(of.atoms, mass, formatNumber(of.oxygen_balance))}</p>
      {of.explosive_groups.length === 0 && <p class="hint">{words.noSigns}</p>}
      {of.explosive_groups.map((sign) => (
        <p key={sign.group} class="failure" data-sign={sign.group}>
          {words.sign(sign.count, sign.group)}
        </p>
      ))}
    </>
  );
}

/** The molecules like it that were measured, and what was. */
function Kin({ of }: { of: ChemicalKnown }) {
  const words = t().chemicals;
  return (
    <section class="kin">
      <h2>{words.kin}</h2>
      <p class={of.inside ? 'hint' : 'failure'}>{words.kinHint(formatNumber(of.rows), of.inside)}</p>
      <div class="table-scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{words.molecule}</th>
              <th scope="col" class="number">
                {words.similarity}
              </th>
              <th scope="col">{words.measured}</th>
            </tr>
          </thead>
          <tbody>
            {of.nearest.map((kin) => (
              <tr key={kin.smiles} data-kin={kin.smiles}>
                <th scope="row" class="smiles">
                  <a href={routeTo('chemicals', STRUCTURE, { query: kin.smiles })}>{kin.smiles}</a>
                </th>
                <td class="number">{kin.similarity.toFixed(2)}</td>
                <td lang="en">{kin.measured.map((row) => measuredOf(row.values)).join('; ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

const measuredOf = (values: Record<string, string>) =>
  Object.entries(values)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');

function Predictions({ list }: { list: readonly ChemicalPrediction[] }) {
  const words = t().chemicals;
  return (
    <div class="table-scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">{words.asked}</th>
            <th scope="col">{words.answer}</th>
            <th scope="col">{words.ends}</th>
            <th scope="col" class="number">
              {words.outside}
            </th>
          </tr>
        </thead>
        <tbody>
          {list.map((row) => (
            <tr key={row.model} data-model={row.model}>
              <th scope="row">{row.label === '' ? row.model : (words.labels[row.label] ?? row.label)}</th>
              <td>{answerOf(row)}</td>
              <td>{endsOf(row)}</td>
              <td class="number">{formatNumber(row.outside)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function answerOf(row: ChemicalPrediction): string {
  const words = t().chemicals;
  if (row.refused !== undefined) return row.refused;
  if (row.ld50) return words.dose(formatNumber(row.ld50.mg_kg), row.ld50.category);
  if (row.flammable)
    return words.flash(formatNumber(row.flammable.flash_c), row.flammable.categories);
  if (row.value !== undefined) return formatNumber(row.value);
  const [first] = row.classes ?? [];
  return first === undefined
    ? ''
    : `${words.answers[first] ?? first} (${formatNumber(row.probabilities?.[first])})`;
}

/** The interval, or all the classes that are not ruled out. */
function endsOf(row: ChemicalPrediction): string {
  const words = t().chemicals;
  if (row.ld50)
    return `${words.dose(formatNumber(row.ld50.low), row.ld50.worst)} … ${words.dose(formatNumber(row.ld50.high), row.ld50.best)}`;
  if (row.flammable)
    return words.flashes(
      formatNumber(row.flammable.low),
      formatNumber(row.flammable.high),
      row.flammable.open,
    );
  if (typeof row.low === 'number') return `${formatNumber(row.low)} … ${formatNumber(row.high)}`;
  return (row.classes ?? []).map((one) => words.answers[one] ?? one).join(words.comma);
}
