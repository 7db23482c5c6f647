// SPDX-License-Identifier: Apache-2.0
/** What is served: all models with their versions, and one whole. */
import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { ModelEntry } from '../../api/types';
import { t, word } from '../../i18n';
import { aliasesOf, byName, servedOf } from '../../lib/models';
import { routeTo } from '../../lib/route';
import { usePoll } from '../../state/poll';
import { route } from '../../state/route';
import { ModelPage } from './ModelPage';

const REFRESH_MS = 2_000;

export function Models() {
  const [entries, setEntries] = useState<ModelEntry[] | null>(null);
  usePoll(async () => setEntries(await api.models()), REFRESH_MS);
  const name = route.value.rest;
  if (entries === null) return <p class="panel hint">{t().loading}</p>;
  const models = byName(entries);
  if (name === null) return <ModelTable models={models} />;
  const versions = models.get(name) ?? [];
  return (
    <div class="model-page">
      <a class="back" href="#/models">
        ← {t().models.back}
      </a>
      {versions.length === 0 ? (
        <p class="panel hint">{t().models.unknown}</p>
      ) : (
        <ModelPage key={name} name={name} versions={versions} />
      )}
    </div>
  );
}

function ModelTable({ models }: { models: Map<string, ModelEntry[]> }) {
  return (
    <section class="panel">
      <h1>{t().models.title}</h1>
      {models.size === 0 && <p class="hint">{t().models.none}</p>}
      {models.size > 0 && (
        <div class="table-scroll">
          <table class="model-list">
            <thead>
              <tr>
                <th scope="col">{t().models.name}</th>
                <VersionHead />
              </tr>
            </thead>
            {[...models].map(([name, versions]) => (
              <tbody key={name}>
                {versions.map((one, i) => (
                  <tr key={one.version} data-model={name}>
                    {i === 0 && (
                      <th scope="rowgroup" rowSpan={versions.length}>
                        <a href={routeTo('models', name)}>{name}</a>
                      </th>
                    )}
                    <VersionCells one={one} served={servedOf(versions) === one} />
                  </tr>
                ))}
              </tbody>
            ))}
          </table>
        </div>
      )}
    </section>
  );
}

export function VersionHead() {
  return (
    <>
      <th scope="col">{t().models.version}</th>
      <th scope="col">{t().models.stateTitle}</th>
      <th scope="col">{t().models.aliases}</th>
      <th scope="col">{t().models.reason}</th>
    </>
  );
}

/** A version: what it is called, whether it answers, and why it does not. */
export function VersionCells({ one, served }: { one: ModelEntry; served: boolean }) {
  return (
    <>
      <td>{one.version || '–'}</td>
      <td>
        <span class={`model-state ${one.state}`}>{word(t().models.state, one.state)}</span>
      </td>
      <td>
        {aliasesOf(one).map((alias) => (
          <span key={alias} class="chip">
            {alias}
          </span>
        ))}
        {served && <span class="chip answers">{t().models.served}</span>}
      </td>
      <td class="message">{one.reason}</td>
    </>
  );
}
