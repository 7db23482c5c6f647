// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diffLines } from '../src/lib/lines';

const told = (a: string, b: string) =>
  diffLines(a, b).changes.map((one) => `${one.added ? '+' : '-'}${one.line} ${one.text}`);

// The example of Myers's paper: ABCABBA to CBABAC has a shortest script of five.
test('finds the shortest list of the paper', () => {
  const changes = told('A\nB\nC\nA\nB\nB\nA', 'C\nB\nA\nB\nA\nC');
  assert.deepEqual(changes, ['-1 A', '-2 B', '+2 B', '-6 B', '+6 C']);
});

test('tells a changed line as taken out and put in', () => {
  assert.deepEqual(told('a\nb\nc', 'a\nB\nc'), ['-2 b', '+2 B']);
  assert.deepEqual(told('a', 'a'), []);
  assert.deepEqual(told('', 'x'), ['-1 ', '+1 x']);
});

test('follows lines that stay', () => {
  const { kept } = diffLines('a\nb\nc', 'x\na\nB\nc');
  assert.deepEqual([...kept].sort(), [[0, 1], [2, 3]]);
});

/** What a person would get who carries the changes out. */
function carriedOut(before: string, after: string): string {
  const { changes, kept } = diffLines(before, after);
  const lines: string[] = [];
  for (const one of changes) if (one.added) lines[one.line - 1] = one.text;
  const old = before.split('\n');
  for (const [from, to] of kept) lines[to] = old[from] ?? '';
  return lines.join('\n');
}

test('its changes make the new text of the old one', () => {
  let seed = 7;
  const random = (n: number) => (seed = (seed * 1103515245 + 12345) % 2 ** 31) % n;
  for (let round = 0; round < 300; round++) {
    const text = () => Array.from({ length: random(12) + 1 }, () => 'abcd'[random(4)]).join('\n');
    const [before, after] = [text(), text()];
    assert.equal(carriedOut(before, after), after, JSON.stringify([before, after]));
  }
});

test('a text of another plant is replaced', () => {
  const text = (name: string) => Array.from({ length: 900 }, (_, i) => name + i).join('\n');
  assert.equal(told(text('a'), text('b')).length, 1800);
  assert.equal(carriedOut(text('a'), text('b')), text('b'));
});
