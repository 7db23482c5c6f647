// SPDX-License-Identifier: Apache-2.0
/** Who delivers samples, and whether they do. */
import { useRef } from 'preact/hooks';
import type { Source } from '../api/types';
import { t, word } from '../i18n';
import { formatCount, formatNumber } from '../lib/number';
import { DataTabs } from '../parts/DataTabs';
import { momentOf } from '../state/clock';
import { loadSources, signals, sources } from '../state/plant';
import { usePoll } from '../state/poll';

const REFRESH_MS = 2_000;
/** Rates are told over at least this long. */
const RATE_MS = 4_000;

export function Sources() {
  const list = sources.value;
  const rates = useRates(list ?? []);
  usePoll(loadSources, REFRESH_MS);
  return (
    <>
      <DataTabs />
      <section class="panel">
        <h1>{t().sources.title}</h1>
        {list === null && <p class="hint">{t().loading}</p>}
        {list?.length === 0 && <p class="hint">{t().sources.none}</p>}
        {list && list.length > 0 && (
          <div class="table-scroll">
            <table class="source-list">
              <thead>
                <tr>
                  <th scope="col">{t().sources.name}</th>
                  <th scope="col">{t().sources.stateTitle}</th>
                  <th scope="col">{t().sources.kind}</th>
                  <th scope="col">{t().sources.address}</th>
                  <th scope="col">{t().sources.since}</th>
                  <th scope="col" class="number">
                    {t().sources.signals}
                  </th>
                  <th scope="col" class="number">
                    {t().sources.samples}
                  </th>
                  <th scope="col" class="number">
                    {t().sources.rateTitle}
                  </th>
                  <th scope="col" class="number">
                    {t().sources.failures}
                  </th>
                </tr>
              </thead>
              <tbody>
                {list.map((one) => (
                  <Row key={one.name} one={one} rate={rates.get(one.name) ?? null} />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </section>
    </>
  );
}

function Row({ one, rate }: { one: Source; rate: number | null }) {
  const own = (signals.value ?? []).filter((signal) => signal.source === one.name).length;
  return (
    <tr>
      <th scope="row">{one.name}</th>
      <td>
        <span class={`source-state ${one.state}`}>{word(t().sources.state, one.state)}</span>
        {one.message && <span class="muted message">{one.message}</span>}
      </td>
      <td>{one.kind}</td>
      <td>{one.address ?? '–'}</td>
      <td>{momentOf(one.since)}</td>
      <td class="number">{own}</td>
      <td class="number live">{formatCount(one.samples)}</td>
      <td class="number live">{rate === null ? '–' : t().sources.rate(formatNumber(rate))}</td>
      <td class="number">{formatCount(one.failures)}</td>
    </tr>
  );
}

/** Samples per second of each source, from the counts of two answers some seconds apart. */
function useRates(list: readonly Source[]): Map<string, number> {
  const before = useRef({ at: performance.now(), counts: counts(list) });
  const rates = useRef(new Map<string, number>());
  const at = performance.now();
  const passed = at - before.current.at;
  if (passed >= RATE_MS && list.length > 0) {
    rates.current = new Map(
      list.flatMap((one) => {
        const earlier = before.current.counts.get(one.name);
        if (earlier === undefined) return [];
        return [[one.name, Math.max(0, ((one.samples - earlier) * 1000) / passed)] as const];
      }),
    );
    before.current = { at, counts: counts(list) };
  }
  return rates.current;
}

function counts(list: readonly Source[]): Map<string, number> {
  return new Map(list.map((one) => [one.name, one.samples]));
}
