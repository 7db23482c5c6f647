// SPDX-License-Identifier: Apache-2.0
/** All that is known of one chemical, each figure with its source. */
import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { Chemical, ChemicalClass, ChemicalFigure } from '../../api/chemical-types';
import { Apart } from './Apart';
import { Isolation } from './Isolation';
import { Exposure, Given } from './Known';
import { t, word } from '../../i18n';
import { formatNumber } from '../../lib/number';
import { explain } from '../../state/notices';
import { nameOf } from './Chemicals';

export function Sheet({ cas }: { cas: string }) {
  const words = t().chemicals;
  const [one, setOne] = useState<Chemical | null>(null);
  const [problem, setProblem] = useState('');
  useEffect(() => {
    api.chemical(cas).then(setOne, (error) => setProblem(explain(error)));
  }, [cas]);
  if (problem !== '')
    return (
      <section class="panel">
        <p class="failure">{problem}</p>
      </section>
    );
  if (one === null)
    return (
      <section class="panel">
        <p class="hint">{t().loading}</p>
      </section>
    );
  return (
    <section class="panel sheet" data-cas={one.cas}>
      <h1>{nameOf(one)}</h1>
      <p class="muted">
        {[one.name, one.chinese, `CAS ${one.cas}`, one.un, one.smiles].filter(Boolean).join(' · ')}
      </p>
      <Classes list={one.ghs} />
      <Given list={one.ghs_given} />
      <Isolation of={one.isolation} />
      <Apart of={one} />
      <Exposure list={one.aegl} />
      <Figures title={words.hazards} list={one.figures} />
      <Figures title={words.physical} list={one.physical} />
      <p class="hint">{words.gaps}</p>
    </section>
  );
}

function Figures({ title, list }: { title: string; list: readonly ChemicalFigure[] }) {
  const words = t().chemicals;
  if (list.length === 0) return null;
  return (
    <>
      <h2>{title}</h2>
      <div class="table-scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{words.figure}</th>
              <th scope="col" class="number">
                {words.value}
              </th>
              <th scope="col">{words.unit}</th>
              <th scope="col">{words.source}</th>
            </tr>
          </thead>
          <tbody>
            {list.map((row) => (
              <tr key={row.name} data-figure={row.name}>
                <th scope="row">{word(words.figures, row.name)}</th>
                <td class="number">{formatNumber(row.value)}</td>
                <td>{word(words.units, row.unit)}</td>
                <td class="muted" lang="en">
                  {row.source}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Classes({ list }: { list: readonly ChemicalClass[] }) {
  const words = t().chemicals;
  if (list.length === 0) return null;
  return (
    <>
      <h2>{words.classes}</h2>
      <div class="table-scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{words.hazard}</th>
              <th scope="col">{words.category}</th>
              <th scope="col">{words.because}</th>
            </tr>
          </thead>
          <tbody>
            {list.map((row) => (
              <tr key={row.hazard} data-hazard={row.hazard}>
                <th scope="row">{word(words.ghs, row.hazard)}</th>
                <td>{row.category ?? words.noCategory}</td>
                <td class="muted" lang="en">
                  {row.because}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
