// SPDX-License-Identifier: Apache-2.0
/**
 * The live event stream: read with fetch so that it carries the key, watched for silence, and
 * opened again with growing pauses for as long as it is wanted.
 */
import { currentSession, refuse } from './client';
import { EventParser, type ServerEvent } from './sse';

/** The daemon sends a heartbeat every 15 s; a stream this silent is dead. */
export const SILENCE_MS = 25_000;
const PAUSE_FIRST_MS = 500;
const PAUSE_MAX_MS = 15_000;

export interface StreamListener {
  /** The stream is open; everything may have changed meanwhile. */
  opened(): void;
  event(event: ServerEvent): void;
  /** The stream is gone; it is tried again in `retryMs`. */
  lost(why: string, retryMs: number): void;
}

/** Pause before attempt n (from 0): doubled each time, capped, with up to a quarter less. */
export function backoff(attempt: number, random: number = Math.random()): number {
  const full = Math.min(PAUSE_MAX_MS, PAUSE_FIRST_MS * 2 ** attempt);
  return Math.round(full * (1 - random / 4));
}

/** Follow the events until the returned function is called. */
export function follow(listener: StreamListener): () => void {
  const stop = new AbortController();
  void (async () => {
    for (let attempt = 0; !stop.signal.aborted; attempt++) {
      const started = Date.now();
      const why = await readOnce(listener, stop.signal);
      if (stop.signal.aborted) return;
      if (Date.now() - started > 60_000) attempt = 0;
      const pause = backoff(attempt);
      listener.lost(why, pause);
      await sleep(pause, stop.signal);
    }
  })();
  return () => stop.abort();
}

/** One connection, from its opening to its end; the answer says why it ended. */
async function readOnce(listener: StreamListener, stop: AbortSignal): Promise<string> {
  const attempt = new AbortController();
  const end = () => attempt.abort();
  let silence = setTimeout(end, SILENCE_MS);
  stop.addEventListener('abort', end);
  try {
    const sent = currentSession();
    const answer = await fetch('/api/v1/events', {
      headers: { Accept: 'text/event-stream' },
      cache: 'no-store',
      signal: attempt.signal,
    });
    if (answer.status === 401) refuse(sent);
    if (!answer.ok || answer.body === null) return `${answer.status} ${answer.statusText}`.trim();
    listener.opened();
    const parser = new EventParser();
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return 'closed';
      clearTimeout(silence);
      silence = setTimeout(end, SILENCE_MS);
      for (const event of parser.push(value)) listener.event(event);
    }
  } catch (error) {
    return attempt.signal.aborted ? 'silent' : String(error);
  } finally {
    clearTimeout(silence);
    stop.removeEventListener('abort', end);
    attempt.abort();
  }
}

function sleep(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    stop.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
