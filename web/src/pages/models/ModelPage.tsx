// SPDX-License-Identifier: Apache-2.0
/** One model: its versions, a question to it, its figures. */
import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { ModelAbout, ModelEntry } from '../../api/types';
import { t } from '../../i18n';
import { servedOf } from '../../lib/models';
import { Dialog } from '../../parts/Dialog';
import { tellDone, tellFailure } from '../../state/notices';
import { may } from '../../state/session';
import { DriftCard } from './DriftCard';
import { Figures } from './Figures';
import { Traffic } from './Traffic';
import { TryIt } from './TryIt';
import { VersionCells, VersionHead } from './Models';

interface Props {
  name: string;
  versions: readonly ModelEntry[];
}

export function ModelPage({ name, versions }: Props) {
  const served = servedOf(versions);
  const about = useAbout(name, served?.version ?? null);
  return (
    <>
      <section class="panel model-head">
        <h1>{name}</h1>
        {may('engineer') && <Changes name={name} />}
        <div class="table-scroll">
          <table>
            <thead>
              <tr>
                <VersionHead />
              </tr>
            </thead>
            <tbody>
              {versions.map((one) => (
                <tr key={one.version}>
                  <VersionCells one={one} served={one === served} />
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
      {!served && <p class="panel hint">{t().models.notServed}</p>}
      {served && about && (
        <>
          <TryIt key={JSON.stringify(about.inputs)} name={name} about={about} />
          <Ports about={about} />
        </>
      )}
      {served && <Traffic name={name} />}
      {served && <DriftCard name={name} version={served.version} />}
      {served && <Figures name={name} version={served.version} />}
    </>
  );
}

/** What the served version takes and gives; asked anew when another version is served. */
function useAbout(name: string, version: string | null): ModelAbout | null {
  const [about, setAbout] = useState<ModelAbout | null>(null);
  useEffect(() => {
    let left = false;
    if (version === null) return;
    api.model(name).then((answer) => !left && setAbout(answer), tellFailure);
    return () => {
      left = true;
    };
  }, [name, version]);
  return about;
}

function Changes({ name }: { name: string }) {
  const [asking, setAsking] = useState(false);
  const change = async (wish: 'load' | 'unload') => {
    setAsking(false);
    try {
      await api.changeModel(name, wish);
      tellDone(wish === 'load' ? t().models.loaded(name) : t().models.unloaded(name));
    } catch (error) {
      tellFailure(error);
    }
  };
  return (
    <div class="buttons">
      <button type="button" onClick={() => void change('load')}>
        {t().models.load}
      </button>
      <button type="button" onClick={() => setAsking(true)}>
        {t().models.unload}
      </button>
      {asking && (
        <Dialog
          title={t().models.unloadTitle(name)}
          action={t().models.unload}
          danger
          onCancel={() => setAsking(false)}
          onSubmit={() => change('unload')}
        >
          <p class="hint">{t().models.unloadHint}</p>
        </Dialog>
      )}
    </div>
  );
}

function Ports({ about }: { about: ModelAbout }) {
  const ports = [
    ...about.inputs.map((port) => ({ ...port, way: t().models.input })),
    ...about.outputs.map((port) => ({ ...port, way: t().models.output })),
  ];
  return (
    <section class="panel">
      <h2>{t().models.ports}</h2>
      <div class="table-scroll">
        <table class="ports">
          <thead>
            <tr>
              <th scope="col">{t().models.port}</th>
              <th scope="col">{t().models.direction}</th>
              <th scope="col">{t().models.datatype}</th>
              <th scope="col">{t().models.shape}</th>
            </tr>
          </thead>
          <tbody>
            {ports.map((port) => (
              <tr key={`${port.way} ${port.name}`}>
                <th scope="row">{port.name}</th>
                <td>{port.way}</td>
                <td>{port.datatype}</td>
                <td>{port.shape.map((size) => (size < 0 ? t().models.free : size)).join(' × ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="hint">
        {t().models.platform}: {about.platform}
      </p>
    </section>
  );
}
