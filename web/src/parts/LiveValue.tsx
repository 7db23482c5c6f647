// SPDX-License-Identifier: Apache-2.0
/** The newest value of a signal as text, with what is wrong with it. */
import type { Signal } from '../api/types';
import { t } from '../i18n';
import { formatNumber, formatUnit, withUnit } from '../lib/number';
import { durationOf } from '../state/clock';
import { ageOf, rangeOf } from '../state/plant';

export interface Shown {
  text: string;
  /** "", or why the value is not to be trusted. */
  doubt: string;
  /** "ok", "uncertain", "bad", "silent" */
  state: 'ok' | 'uncertain' | 'bad' | 'silent';
}

/** Value with unit; the sign before it tells quality without colour. */
export function shown(one: Signal): Shown {
  const value = one.latest?.value ?? null;
  const text = withUnit(formatNumber(value, rangeOf(one)), formatUnit(one.unit));
  const { age, silent } = ageOf(one);
  if (silent)
    return {
      text,
      doubt: age === null ? t().overview.newestNone : t().overview.stale(durationOf(age)),
      state: 'silent',
    };
  const quality = one.latest?.quality ?? 'good';
  if (quality !== 'good') return { text, doubt: t().quality[quality], state: quality };
  return { text, doubt: '', state: 'ok' };
}

/** Set before a value in doubt. */
const DOUBT_SIGN: Record<Shown['state'], string> = {
  ok: '',
  uncertain: '? ',
  bad: '✕ ',
  silent: '◷ ',
};

export function LiveValue({ signal }: { signal: Signal }) {
  const { text, doubt, state } = shown(signal);
  return (
    <span class={`value live ${state}`} title={doubt}>
      {DOUBT_SIGN[state]}
      {text}
      {doubt !== '' && <span class="unseen"> ({doubt})</span>}
    </span>
  );
}
