// SPDX-License-Identifier: Apache-2.0
/** Hazardous chemicals: look one up, and read what is known of it and who says so. */
import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { ChemicalBrief } from '../../api/chemical-types';
import { language, t } from '../../i18n';
import { formatCount } from '../../lib/number';
import { routeTo } from '../../lib/route';
import { explain } from '../../state/notices';
import { go, route } from '../../state/route';
import { Sheet } from './Sheet';
import { Structure } from './Structure';

/** In the address where a CAS number would be: what is sought is read as a structure. */
export const STRUCTURE = 'structure';

/** A pause in typing after which is asked. */
const PAUSE_MS = 250;

/** The name in the language of the console, where there is one. */
export function nameOf(one: ChemicalBrief): string {
  return language.value === 'zh-CN' ? (one.chinese ?? one.name) : one.name;
}

export function Chemicals() {
  const words = t().chemicals;
  const { rest, query } = route.value;
  const wanted = query.query ?? '';
  const [found, setFound] = useState<ChemicalBrief[] | null>(null);
  const [problem, setProblem] = useState('');
  useEffect(() => {
    let newest = true;
    const timer = setTimeout(() => {
      api.chemicals(wanted).then(
        (list) => {
          if (!newest) return;
          setFound(list);
          setProblem('');
        },
        (error) => newest && setProblem(explain(error)),
      );
    }, PAUSE_MS);
    return () => {
      newest = false;
      clearTimeout(timer);
    };
  }, [wanted]);
  const look = (text: string) =>
    go(routeTo('chemicals', rest === STRUCTURE ? null : rest, text === '' ? {} : { query: text }), true);
  return (
    <div class="chemicals">
      <section class="panel">
        <h1>{words.title}</h1>
        <p class="hint">{words.hint}</p>
        <label class="search">
          {words.search}
          <input
            type="search"
            value={wanted}
            placeholder={words.example}
            onInput={(event) => look(event.currentTarget.value)}
          />
        </label>
        <p class="hint" role="status">
          {found === null ? t().loading : words.found(formatCount(found.length))}
        </p>
        {problem !== '' && <p class="failure">{problem}</p>}
        {problem === '' && found?.length === 0 && (
          <>
            <p class="hint">{words.none}</p>
            <a class="as-structure" href={routeTo('chemicals', STRUCTURE, { query: wanted })}>
              {words.asStructure}
            </a>
          </>
        )}
        {problem === '' && found && found.length > 0 && <List found={found} chosen={rest} />}
      </section>
      {rest === STRUCTURE ? (
        <Structure key={wanted} smiles={wanted} />
      ) : rest === null ? (
        <section class="panel">
          <p class="hint">{words.choose}</p>
        </section>
      ) : (
        <Sheet key={rest} cas={rest} />
      )}
    </div>
  );
}

function List({ found, chosen }: { found: readonly ChemicalBrief[]; chosen: string | null }) {
  const words = t().chemicals;
  const { query } = route.value;
  return (
    <div class="table-scroll">
      <table class="chemical-list">
        <thead>
          <tr>
            <th scope="col">{words.name}</th>
            <th scope="col">CAS</th>
            <th scope="col">UN</th>
          </tr>
        </thead>
        <tbody>
          {found.map((one) => (
            <tr key={one.cas} class={one.cas === chosen ? 'chosen' : ''}>
              <th scope="row">
                <a
                  href={routeTo('chemicals', one.cas, query)}
                  aria-current={one.cas === chosen ? 'true' : undefined}
                >
                  {nameOf(one)}
                </a>
              </th>
              <td>{one.cas}</td>
              <td>{one.un ?? '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
