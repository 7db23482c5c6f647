// SPDX-License-Identifier: Apache-2.0
/** Many small things taken in few goes. */

/** Where a batch gets its time from; a test has its own. */
export interface Timing {
  now(): number;
  later(task: () => void, ms: number): void;
}

const BROWSER: Timing = {
  now: () => performance.now(),
  later: (task, ms) => void setTimeout(task, ms),
};

/**
 * What comes alone is taken at once; what comes within `everyMs` of the last go waits for its end,
 * and is taken in the order it came.
 */
export class Batch<T> {
  private waiting: T[] = [];
  private planned = false;
  private last = -Infinity;

  constructor(
    private readonly take: (things: T[]) => void,
    private readonly everyMs: number,
    private readonly timing: Timing = BROWSER,
  ) {}

  add(thing: T): void {
    this.waiting.push(thing);
    if (this.planned) return;
    const pause = this.last + this.everyMs - this.timing.now();
    if (pause <= 0) return this.flush();
    this.planned = true;
    this.timing.later(() => this.flush(), pause);
  }

  /** Forget what waits. */
  clear(): void {
    this.waiting = [];
  }

  /** Take now what waits. */
  flush(): void {
    const things = this.waiting;
    this.waiting = [];
    this.planned = false;
    if (things.length > 0) this.take(things);
    this.last = this.timing.now();
  }
}
