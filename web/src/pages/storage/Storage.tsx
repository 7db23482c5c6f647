// SPDX-License-Identifier: Apache-2.0
/** What the data folder holds, how long the room lasts, and what is missed. */
import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { Storage, StorageClass, StorageLast, StorageMissed } from '../../api/storage-types';
import { t, word } from '../../i18n';
import { formatBytes } from '../../lib/number';
import { Bar } from '../../parts/Bar';
import { DataTabs } from '../../parts/DataTabs';
import { momentOf } from '../../state/clock';
import { usePoll } from '../../state/poll';
import { Classes } from './Classes';

/** Files change every few seconds at most, and a look asks the disk. */
const REFRESH_MS = 5_000;

export function StoragePage() {
  const [storage, setStorage] = useState<Storage | null>(null);
  usePoll(async () => setStorage(await api.storage()), REFRESH_MS);
  return (
    <>
      <DataTabs />
      <div class="storage">
        {storage === null ? (
          <p class="panel hint">{t().loading}</p>
        ) : (
          <>
            <Room storage={storage} />
            <Classes storage={storage} />
            <Kinds storage={storage} />
            <First storage={storage} />
          </>
        )}
      </div>
    </>
  );
}

function Room({ storage }: { storage: Storage }) {
  const words = t().storage;
  const { disk } = storage;
  const used = disk.total_bytes === null ? 0 : 1 - disk.free_bytes / disk.total_bytes;
  return (
    <section class="panel storage-room">
      <h1>{words.title}</h1>
      {disk.state !== 'ok' && (
        <p class="doubt" role="status" data-disk={disk.state}>
          {words.state[disk.state]}
        </p>
      )}
      {storage.classes.map((one) => (
        <Wait key={one.class} one={one} />
      ))}
      {storage.missed.map((one) => (
        <Missed key={one.file} one={one} folder={storage.folder} />
      ))}
      <dl class="facts">
        <Fact name={words.folder}>{storage.folder}</Fact>
        <Fact name={words.free}>
          {words.freeOf(formatBytes(disk.free_bytes), formatBytes(disk.total_bytes))}
          <Bar share={used} axis={[0, 1]} />
        </Fact>
        <Fact name={words.lasts}>{words.days(storage.room_days)}</Fact>
        <Fact name={words.growth}>{formatBytes(storage.bytes_a_day)}</Fact>
        <Fact name={words.floor}>{formatBytes(disk.floor_bytes)}</Fact>
        <Fact name={words.reserve}>{formatBytes(disk.reserve_bytes)}</Fact>
        <Fact name={words.lastBackup}>
          <Last one={storage.last_backup} />
        </Fact>
        <Fact name={words.lastVerify}>
          <Last one={storage.last_verify} />
        </Fact>
      </dl>
      <p class="hint">{words.lastsHint}</p>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: preact.ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Last({ one }: { one: StorageLast | null }) {
  const words = t().storage;
  if (one === null) return <>{words.neverNoted}</>;
  return (
    <>
      {momentOf(one.time)} {one.to} {one.damaged > 0 && <strong>{words.damagedPieces(one.damaged)}</strong>}
    </>
  );
}

function Wait({ one }: { one: StorageClass }) {
  const { waits } = one;
  if (!waits) return null;
  const words = t().storage;
  return (
    <p class="doubt" role="status" data-waits={one.class}>
      <strong>{words.waits(one.class, momentOf(waits.from))}</strong>{' '}
      {words.waitsFor(waits.files, formatBytes(waits.bytes), waits.rollups)}
    </p>
  );
}

function Missed({ one, folder }: { one: StorageMissed; folder: string }) {
  const words = t().storage;
  return (
    <div class="doubt" data-missed={one.day_file}>
      <p>
        <strong>{words.missed(one.day_file.replace('days/', ''), momentOf(one.since))}</strong>{' '}
        {one.bytes === 0 ? words.gone : words.damaged}
      </p>
      <p>{words.missedMeans}</p>
      <p>
        {words.missedDo} <code>{`${folder}/${one.file}*`}</code>
      </p>
    </div>
  );
}

function Kinds({ storage }: { storage: Storage }) {
  const words = t().storage;
  const most = Math.max(1, ...storage.kinds.map((one) => one.bytes));
  return (
    <section class="panel">
      <h2>{words.kinds}</h2>
      <table class="storage-kinds">
        <tbody>
          {storage.kinds.map((one) => (
            <tr key={one.kind}>
              <th scope="row">{word(words.kind, one.kind)}</th>
              <td class="number">{formatBytes(one.bytes)}</td>
              <td class="bar-cell">
                <Bar share={one.bytes / most} axis={[0, 1]} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function First({ storage }: { storage: Storage }) {
  const words = t().storage;
  const files = storage.classes.reduce((sum, one) => sum + one.may_go_files, 0);
  const bytes = storage.classes.reduce((sum, one) => sum + one.may_go_bytes, 0);
  return (
    <section class="panel">
      <h2>{words.first}</h2>
      <p class="hint">{files === 0 ? words.nothingGoes : words.mayGo(files, formatBytes(bytes))}</p>
      <ol class="storage-first">
        {storage.goes_first.map((one) => (
          <li key={`${one.day} ${one.class}`}>
            {one.day} <span class="muted">{one.class}</span> {formatBytes(one.bytes)}
          </li>
        ))}
      </ol>
    </section>
  );
}
