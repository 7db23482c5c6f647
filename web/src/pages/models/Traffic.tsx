// SPDX-License-Identifier: Apache-2.0
/** A canary and a shadow beside the version that is served; nothing where there is neither. */
import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { Disagreement, ModelTraffic } from '../../api/types';
import { t } from '../../i18n';
import { formatCount, formatPercent } from '../../lib/number';
import { dateTimeOf } from '../../state/clock';
import { usePoll } from '../../state/poll';

const REFRESH_MS = 2_000;
const SHOWN_MAX = 20;

export function Traffic({ name }: { name: string }) {
  const [traffic, setTraffic] = useState<ModelTraffic | null>(null);
  usePoll(async () => setTraffic(await api.modelTraffic(name)), REFRESH_MS);
  if (!traffic || !(traffic.canary || traffic.shadow || traffic.canary_taken_back)) return null;
  return (
    <section class="panel traffic">
      <h2>{t().models.traffic}</h2>
      <Canary traffic={traffic} />
      {traffic.shadow && <Shadow traffic={traffic} />}
      {traffic.disagreements.length > 0 && (
        <Disagreements list={traffic.disagreements.slice(0, SHOWN_MAX)} />
      )}
    </section>
  );
}

function Canary({ traffic }: { traffic: ModelTraffic }) {
  const words = t().models;
  if (!traffic.canary && !traffic.canary_taken_back) return null;
  const bound = [formatPercent(traffic.error_bound), formatCount(traffic.decide_after)] as const;
  return (
    <>
      <p>
        {traffic.canary_taken_back
          ? words.takenBack
          : words.canary(traffic.canary, formatPercent(traffic.canary_share))}
      </p>
      <p class="hint live">
        {words.canaryCounts(
          formatCount(traffic.canary_requests),
          formatCount(traffic.canary_failures),
        )}{' '}
        {traffic.canary_absent > 0 && words.absent(formatCount(traffic.canary_absent))}{' '}
        {!traffic.canary_taken_back && words.canaryBound(...bound)}
      </p>
    </>
  );
}

function Shadow({ traffic }: { traffic: ModelTraffic }) {
  const words = t().models;
  return (
    <>
      <p>{words.shadow(traffic.shadow)}</p>
      <p class="hint live">
        {words.shadowCounts(
          formatCount(traffic.shadow_compared),
          formatCount(traffic.shadow_disagreed),
        )}{' '}
        {traffic.shadow_skipped > 0 && words.skipped(formatCount(traffic.shadow_skipped))}
      </p>
    </>
  );
}

function Disagreements({ list }: { list: readonly Disagreement[] }) {
  const words = t().models;
  return (
    <div class="table-scroll">
      <table class="disagreements">
        <caption>{words.disagreements}</caption>
        <thead>
          <tr>
            {[words.when, words.request, words.client, words.reason].map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {list.map((one) => (
            <tr key={`${one.time_ns} ${one.id}`}>
              <td class="nowrap live">{dateTimeOf(one.time_ns / 1e6)}</td>
              <td>{one.id || '–'}</td>
              <td>{one.client}</td>
              <td class="message">{one.reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
