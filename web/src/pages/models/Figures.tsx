// SPDX-License-Identifier: Apache-2.0
/** What was measured of a model: since it was loaded, as it happens, and on load. */
import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { ModelStats } from '../../api/types';
import { t } from '../../i18n';
import { formatNs, meanOf, type Sight } from '../../lib/models';
import { formatCount } from '../../lib/number';
import { dateTimeOf, serverNow } from '../../state/clock';
import { usePoll } from '../../state/poll';
import { Latency } from './Latency';

const REFRESH_MS = 1_000;
/** Ten minutes. */
const SIGHTS_MAX = 600;

export function Figures({ name, version }: { name: string; version: string }) {
  const [all, setAll] = useState<ModelStats[]>([]);
  const [sights, setSights] = useState<Sight[]>([]);
  usePoll(async () => {
    const list = await api.modelStats(name);
    const stats = list.find((one) => one.version === version);
    setAll(list);
    if (stats) setSights((seen) => [...seen.slice(1 - SIGHTS_MAX), { at: serverNow(), stats }]);
  }, REFRESH_MS);
  const certificate = all.find((one) => one.version === version)?.certificate ?? [];
  return (
    <>
      <section class="panel">
        <h2>{t().models.latency}</h2>
        <Latency name={name} sights={sights.filter((one) => one.stats.version === version)} />
      </section>
      <section class="panel">
        <h2>{t().models.statistics}</h2>
        <Statistics all={all} />
      </section>
      <section class="panel">
        <h2>{t().models.certificate}</h2>
        <Certificate list={certificate} />
      </section>
    </>
  );
}

function Statistics({ all }: { all: readonly ModelStats[] }) {
  const words = t().models;
  const columns = [words.answered, words.failed, words.pending, words.queue, words.compute];
  return (
    <div class="table-scroll">
      <table class="model-stats">
        <thead>
          <tr>
            <th scope="col">{words.version}</th>
            {[...columns, words.p50, words.p99, words.max].map((title) => (
              <th key={title} scope="col" class="number">
                {title}
              </th>
            ))}
            <th scope="col">{words.last}</th>
          </tr>
        </thead>
        <tbody>
          {all.map((one) => (
            <tr key={one.version} data-version={one.version}>
              <th scope="row">{one.version}</th>
              {figuresOf(one).map((text, i) => (
                <td key={i} class="number live">
                  {text}
                </td>
              ))}
              <td class="nowrap live">
                {one.last_inference > 0 ? dateTimeOf(one.last_inference) : '–'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function figuresOf({ inference_stats, latency, pending }: ModelStats): string[] {
  const { success, fail, queue, compute_infer } = inference_stats;
  const time = (ns: number) => formatNs(latency.request.count > 0 ? ns : null);
  return [
    formatCount(success.count),
    formatCount(fail.count),
    formatCount(pending),
    formatNs(meanOf(queue)),
    formatNs(meanOf(compute_infer)),
    time(latency.request.p50_ns),
    time(latency.request.p99_ns),
    time(latency.request.max_ns),
  ];
}

function Certificate({ list }: { list: ModelStats['certificate'] }) {
  if (list.length === 0) return <p class="hint">{t().models.noCertificate}</p>;
  return (
    <div class="table-scroll">
      <table class="certificate">
        <caption class="hint">{t().models.certificateHint}</caption>
        <thead>
          <tr>
            <th scope="col" class="number">
              {t().models.batch}
            </th>
            <th scope="col" class="number">
              {t().models.p50}
            </th>
            <th scope="col" class="number">
              {t().models.p99}
            </th>
          </tr>
        </thead>
        <tbody>
          {list.map((one) => (
            <tr key={one.batch_size}>
              <td class="number">{formatCount(one.batch_size)}</td>
              <td class="number">{formatNs(one.p50_ns)}</td>
              <td class="number">{formatNs(one.p99_ns)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
