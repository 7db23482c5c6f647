// SPDX-License-Identifier: Apache-2.0
/** Ask again and again, gently: only while the page is seen, and slower when davy is busy. */
import { useEffect, useRef } from 'preact/hooks';
import { ApiError } from '../api/client';

/**
 * Call `task` now and then `everyMs` after each answer, while the page is visible. A task that
 * takes long is asked less often, so that a slow daemon is not asked faster than it answers.
 */
export function poll(task: () => Promise<void>, everyMs: number): () => void {
  let timer: number | undefined;
  let busy = false;
  let stopped = false;

  async function run(): Promise<void> {
    clearTimeout(timer);
    if (busy || stopped || document.hidden) return;
    busy = true;
    const started = performance.now();
    let pause = everyMs;
    try {
      await task();
    } catch (error) {
      if (error instanceof ApiError && error.retryAfter !== null)
        pause = Math.max(pause, error.retryAfter * 1000);
    }
    busy = false;
    const took = performance.now() - started;
    if (!stopped) timer = window.setTimeout(() => void run(), Math.max(pause, took * 4));
  }
  const seen = () => void run();

  document.addEventListener('visibilitychange', seen);
  void run();
  return () => {
    stopped = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', seen);
  };
}

/** poll() for as long as a component is shown; begins anew when `inputs` change. */
export function usePoll(task: () => Promise<void>, everyMs: number, inputs: unknown[] = []): void {
  const latest = useRef(task);
  latest.current = task;
  useEffect(() => poll(() => latest.current(), everyMs), [everyMs, ...inputs]);
}
