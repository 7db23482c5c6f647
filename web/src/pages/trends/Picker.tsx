// SPDX-License-Identifier: Apache-2.0
/** Choose signals: by a search, by asset, one by one. */
import { useState } from 'preact/hooks';
import type { Signal } from '../../api/types';
import { t } from '../../i18n';
import { formatUnit } from '../../lib/number';
import { tellFailure } from '../../state/notices';
import { LiveValue } from '../../parts/LiveValue';
import { signals } from '../../state/plant';
import { MAX_SIGNALS } from './address';

interface Props {
  chosen: readonly string[];
  onChange: (paths: string[]) => void;
}

/** Rows drawn at most; a search finds the others. */
const ROWS = 400;

interface Group {
  title: string;
  items: Signal[];
}

/** Signals whose words contain every word of the search, by asset; scores last. */
function groupsOf(all: readonly Signal[], search: string): Group[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = new Map<string, Signal[]>();
  let rows = 0;
  for (const one of all) {
    const text = `${one.signal} ${one.title ?? ''} ${one.unit}`.toLowerCase();
    if (!words.every((word) => text.includes(word)) || rows >= ROWS) continue;
    const title = one.asset ?? (one.detector === null ? '' : t().trends.scores);
    groups.set(title, [...(groups.get(title) ?? []), one]);
    rows++;
  }
  const list = [...groups].map(([title, items]) => ({ title, items }));
  return list.sort(
    (a, b) => Number(a.items[0]?.asset === null) - Number(b.items[0]?.asset === null),
  );
}

export function Picker({ chosen, onChange }: Props) {
  const [search, setSearch] = useState('');
  const groups = groupsOf(signals.value ?? [], search);

  function change(paths: string[]): void {
    if (paths.length > MAX_SIGNALS) tellFailure(new Error(t().trends.tooMany(MAX_SIGNALS)));
    onChange(paths.slice(0, MAX_SIGNALS));
  }
  function toggle(path: string): void {
    change(chosen.includes(path) ? chosen.filter((one) => one !== path) : [...chosen, path]);
  }
  function toggleGroup(group: Group): void {
    const paths = group.items.map((one) => one.signal);
    const all = paths.every((path) => chosen.includes(path));
    const others = chosen.filter((path) => !paths.includes(path));
    change(all ? others : [...others, ...paths]);
  }

  return (
    <div class="picker">
      <input
        type="search"
        placeholder={t().trends.search}
        aria-label={t().trends.search}
        value={search}
        onInput={(event) => setSearch(event.currentTarget.value)}
      />
      <p class="picker-count">
        <span>{t().trends.chosen(chosen.length)}</span>
        {chosen.length > 0 && (
          <button type="button" class="plain" onClick={() => onChange([])}>
            {t().trends.clear}
          </button>
        )}
      </p>
      {signals.value === null && <p class="hint">{t().loading}</p>}
      {signals.value !== null && groups.length === 0 && <p class="hint">{t().trends.noMatch}</p>}
      <div class="picker-groups">
        {groups.map((group) => (
          <fieldset key={group.title}>
            <legend>
              <button type="button" class="plain" onClick={() => toggleGroup(group)}>
                {group.title}
              </button>
            </legend>
            {group.items.map((one) => (
              <label key={one.signal} class="pick">
                <input
                  type="checkbox"
                  aria-label={one.signal}
                  checked={chosen.includes(one.signal)}
                  onChange={() => toggle(one.signal)}
                />
                <span class="pick-name" title={one.title ?? one.signal}>
                  {one.asset === null ? one.signal.replace(/\/score$/, '') : one.name}
                </span>
                <span class="pick-value">
                  {one.latest ? <LiveValue signal={one} /> : formatUnit(one.unit)}
                </span>
              </label>
            ))}
          </fieldset>
        ))}
      </div>
    </div>
  );
}
