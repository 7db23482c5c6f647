// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Batch } from '../src/lib/batch';

/** A clock that a test moves. */
class Clock {
  time = 0;
  private tasks: { at: number; task: () => void }[] = [];
  now = () => this.time;
  later = (task: () => void, ms: number) => void this.tasks.push({ at: this.time + ms, task });

  pass(ms: number): void {
    this.time += ms;
    const due = this.tasks.filter((one) => one.at <= this.time);
    this.tasks = this.tasks.filter((one) => one.at > this.time);
    for (const { task } of due) task();
  }
}

function watched(): { clock: Clock; taken: number[][]; batch: Batch<number> } {
  const clock = new Clock();
  const taken: number[][] = [];
  return { clock, taken, batch: new Batch((list) => taken.push(list), 200, clock) };
}

test('what comes alone is taken at once', () => {
  const { clock, taken, batch } = watched();
  batch.add(1);
  clock.pass(1000);
  batch.add(2);
  assert.deepEqual(taken, [[1], [2]]);
});

test('ten thousand in a second are taken in six goes, all of them and in order', () => {
  const { clock, taken, batch } = watched();
  for (let i = 0; i < 10_000; i++) {
    batch.add(i);
    clock.pass(0.1);
  }
  clock.pass(200);
  assert.equal(taken.length, 6);
  assert.deepEqual(taken.flat(), Array.from({ length: 10_000 }, (_, i) => i));
});

test('what waits is forgotten or taken before its time', () => {
  const { clock, taken, batch } = watched();
  batch.add(1);
  batch.add(2);
  batch.clear();
  batch.add(3);
  batch.flush();
  clock.pass(1000);
  assert.deepEqual(taken, [[1], [3]]);
});
