// SPDX-License-Identifier: Apache-2.0
/** Short messages at the edge of the page: what was done, what failed and why. */
import { signal } from '@preact/signals';
import { ApiError } from '../api/client';
import { t } from '../i18n';

export interface Notice {
  id: number;
  kind: 'done' | 'failed';
  text: string;
}

export const notices = signal<Notice[]>([]);
let next = 1;

function add(kind: Notice['kind'], text: string, ms: number): void {
  const id = next++;
  notices.value = [...notices.value.slice(-3), { id, kind, text }];
  setTimeout(() => dismiss(id), ms);
}

export function dismiss(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}

export function tellDone(text: string): void {
  add('done', text, 4_000);
}

export function tellFailure(error: unknown): void {
  add('failed', explain(error), 12_000);
}

/** A failure for people: what kind it is, davy's own sentence, and when to try again. */
export function explain(error: unknown): string {
  if (!(error instanceof ApiError)) return `${t().errors.failed} ${String(error)}`;
  const known: Record<number, string> = {
    0: t().errors.network,
    403: t().errors.forbidden,
    404: t().errors.notFound,
    409: t().errors.conflict,
    429: t().errors.busy,
    503: t().errors.busy,
  };
  const parts = [known[error.status] ?? t().errors.failed];
  if (error.status !== 0 && error.detail !== '') parts.push(error.detail);
  if (error.retryAfter !== null) parts.push(t().errors.retryIn(error.retryAfter));
  return parts.join(' ');
}
