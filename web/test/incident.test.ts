// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Incident } from '../src/api/incident-types';
import { inOrder, obstacles, PERSON_STEPS, RESOURCE_STEPS, standingAlert, takes, TASK_STEPS } from '../src/lib/incident';

const EMPTY = { people: [], tasks: [], resources: [], alerts: [] } as unknown as Incident;
const alert = (message: string) => ({ message, text: null, addresses: null, by: 'a', time: '', sequence: 1 });

test('a closed incident takes people, notes and lessons alone, as the daemon has it', () => {
  assert.deepEqual(
    (['person', 'note', 'lesson', 'reopen', 'task', 'publish', 'close'] as const).map((type) => takes('closed', type)),
    [true, true, true, true, false, false, false],
  );
  assert.equal(takes('open', 'reopen'), false);
  assert.equal(takes('contained', 'contain'), false);
  assert.equal(takes('contained', 'reopen'), true);
});

test('what is in the way of the end is told', () => {
  assert.deepEqual(obstacles(EMPTY), []);
  const busy = {
    ...EMPTY,
    people: [{ state: 'missing' }],
    tasks: [{ state: 'failed' }, { state: 'under-way' }],
    resources: [{ state: 'on-scene' }],
    alerts: [alert('Alert')],
  } as unknown as Incident;
  assert.deepEqual(obstacles(busy), ['missing', 'tasks', 'resources', 'alert']);
});

test('an alert that was taken back does not stand', () => {
  assert.equal(standingAlert({ alerts: [alert('Alert'), alert('Cancel')] }), null);
  assert.equal(standingAlert({ alerts: [alert('Alert'), alert('Update')] })?.message, 'Update');
});

test('real and open ones stand first', () => {
  const list = [
    { id: 1, state: 'closed', drill: false },
    { id: 2, state: 'open', drill: true },
    { id: 3, state: 'open', drill: false },
    { id: 4, state: 'contained', drill: false },
  ] as Incident[];
  assert.deepEqual(inOrder(list).map((one) => one.id), [4, 3, 2, 1]);
});

/** A family's table of the daemon: names, and behind the row for what is new a row for each state. */
function stepsOf(family: string): Record<string, string[]> {
  const source = readFileSync('../src/respond/incident/state.c', 'utf8');
  const table = new RegExp(`\\{"${family}",\\s*DAVY_\\w+,\\s*\\{([^}]*)\\},\\s*\\{([^}]*)\\}`).exec(source);
  assert.ok(table, `the table of a ${family} is not where it was`);
  const [names, rows] = [table[1], table[2]].map((part) => [...(part ?? '').matchAll(/"([^"]*)"/g)].map((one) => one[1] ?? ''));
  const next = (row: string) => (names ?? []).filter((_, i) => row[i] === '+');
  return Object.fromEntries((names ?? []).map((name, i) => [name, next(rows?.[i + 1] ?? '')]));
}

test('the states that are offered are those that the daemon takes', () => {
  assert.deepEqual(TASK_STEPS, stepsOf('task'));
  assert.deepEqual(RESOURCE_STEPS, stepsOf('resource'));
  assert.deepEqual(PERSON_STEPS, stepsOf('person'));
});
