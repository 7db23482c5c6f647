// SPDX-License-Identifier: Apache-2.0
/** The classes of retention: how long each is kept, what it takes and how it grows. */
import type { Storage, StorageClass } from '../../api/storage-types';
import { t } from '../../i18n';
import { formatBytes, formatCount, NOTHING } from '../../lib/number';
import { Histogram } from '../../parts/Histogram';

export function Classes({ storage }: { storage: Storage }) {
  const words = t().storage;
  return (
    <section class="panel">
      <h2>{words.classes}</h2>
      {!storage.retention_known && <p class="hint">{words.unknown}</p>}
      <div class="table-scroll">
        <table class="storage-classes">
          <thead>
            <tr>
              <th scope="col">{words.className}</th>
              <th scope="col">{words.keep}</th>
              <th scope="col">{words.rollups}</th>
              <th scope="col">{words.whenFull}</th>
              <th scope="col" class="number">
                {words.files}
              </th>
              <th scope="col" class="number">
                {words.from}
              </th>
              <th scope="col" class="number">
                {words.to}
              </th>
              <th scope="col" class="number">
                {words.samples}
              </th>
              <th scope="col" class="number">
                {words.bytes}
              </th>
              <th scope="col" class="number">
                {words.aDay}
              </th>
              <th scope="col">{words.week}</th>
            </tr>
          </thead>
          <tbody>
            {storage.classes.map((one) => (
              <Row key={one.class} one={one} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** The last row is that of what sums the days up: it has no terms of its own. */
function Row({ one }: { one: StorageClass }) {
  const words = t().storage;
  const sums = one.class === 'rollups';
  const kept = (days: number | null) => (sums ? NOTHING : words.kept(days));
  return (
    <tr data-class={one.class}>
      <th scope="row">{sums ? words.kind.rollups : one.class}</th>
      <td>{kept(one.keep_days)}</td>
      <td>{kept(one.rollups_days)}</td>
      <td>{one.when_full_days === null ? NOTHING : words.after(one.when_full_days)}</td>
      <td class="number">{formatCount(one.files)}</td>
      <td class="number">{one.first_day ?? NOTHING}</td>
      <td class="number">{one.last_day ?? NOTHING}</td>
      <td class="number">{sums ? NOTHING : formatCount(one.samples)}</td>
      <td class="number">{formatBytes(one.bytes)}</td>
      <td class="number">{one.bytes_a_day === null ? NOTHING : formatBytes(one.bytes_a_day)}</td>
      <td>
        <Histogram
          bars={one.days.map((day) => ({
            title: `${day.day}: ${formatBytes(day.bytes)}, ${words.samplesOf(formatCount(day.samples))}`,
            count: day.bytes,
          }))}
          label={words.weekOf(one.class)}
          first={one.days[0]?.day.slice(5) ?? ''}
          last={one.days[one.days.length - 1]?.day.slice(5) ?? ''}
        />
      </td>
    </tr>
  );
}
