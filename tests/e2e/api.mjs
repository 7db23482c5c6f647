// SPDX-License-Identifier: Apache-2.0
// The daemon under test as a script outside of the browser sees it.
import { lines } from './plant.mjs';

export const url = (process.env.DAVY_URL ?? '').replace(/\/$/, '');
export const key = process.env.DAVY_KEY ?? '';

export async function call(path, options = {}) {
  const headers = { Authorization: `Bearer ${key}`, ...options.headers };
  const answer = await fetch(url + path, { ...options, headers });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  const text = await answer.text();
  return text === '' ? null : JSON.parse(text);
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Ask until the answer is neither null, undefined nor false. */
export async function eventually(what, ask, ms = 30_000) {
  const end = Date.now() + ms;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`waited ${ms / 1000} s in vain for ${what}`);
    await pause(200);
  }
}

/** A page is drawn after the key that was pressed: assert again until it holds, or say what did not. */
export async function soon(claim, ms = 10_000) {
  const end = Date.now() + ms;
  for (;;) {
    try {
      return await claim();
    } catch (error) {
      if (error.code !== 'ERR_ASSERTION' || Date.now() > end) throw error;
    }
    await pause(50);
  }
}

export async function alarm(match, state = 'all') {
  const { alarms } = await call(`/api/v1/alarms?state=${state}`);
  return alarms.find((one) => Object.entries(match).every(([name, value]) => one[name] === value));
}

/** Writes the plant's samples every second, as Telegraf would, until it is stopped. */
export class Feeder {
  fault = null;
  #running = true;
  #done;
  failure = null;

  start(behind) {
    this.#done = this.#run(Math.floor(Date.now() / 1000) - behind);
  }

  async #run(next) {
    try {
      for (; this.#running; await pause(100)) {
        const batch = [];
        for (; next <= Date.now() / 1000; next++) batch.push(lines(next, this.fault));
        if (batch.length === 0) continue;
        await call('/api/v2/write?precision=s', { method: 'POST', body: batch.join('\n') });
      }
    } catch (error) {
      this.failure = error;
    }
  }

  async stop() {
    this.#running = false;
    await this.#done;
    if (this.failure) throw this.failure;
  }
}
