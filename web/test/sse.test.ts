// SPDX-License-Identifier: Apache-2.0
// Expected events: the examples of the HTML standard, section 9.2.6 "Interpreting an event stream".
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoff } from '../src/api/events';
import { EventParser } from '../src/api/sse';

/** Name and data of all events of a text that comes in pieces. */
function parse(...pieces: string[]): [string, string][] {
  const parser = new EventParser();
  return pieces.flatMap((piece) => parser.push(piece)).map((event) => [event.name, event.data]);
}

test('joins the data lines of one event', () => {
  assert.deepEqual(parse('data: YHOO\ndata: +2\ndata: 10\n\n'), [['message', 'YHOO\n+2\n10']]);
});

test('skips comments, keeps names apart and drops a half event at the end', () => {
  const text =
    ': test stream\n\nevent: add\ndata: 73857293\n\ndata:second event\nid\n\ndata:  third';
  assert.deepEqual(parse(text), [
    ['add', '73857293'],
    ['message', 'second event'],
  ]);
});

test('fires an event with empty data and removes one space only', () => {
  assert.deepEqual(parse('data\n\ndata\ndata\n\ndata:  x\n\n'), [
    ['message', ''],
    ['message', '\n'],
    ['message', ' x'],
  ]);
});

test('a name without data is forgotten', () => {
  assert.deepEqual(parse('event: lost\n\ndata: 1\n\n'), [['message', '1']]);
});

test('takes LF, CR and CR LF as line ends, also when a piece ends between CR and LF', () => {
  assert.deepEqual(parse('event: a\r', '\ndata: 1\r', '\n\r', '\ndata: 2\r\rdata: 3\n\n'), [
    ['a', '1'],
    ['message', '2'],
    ['message', '3'],
  ]);
});

test('the cuts between pieces do not matter', () => {
  const text =
    '\uFEFFevent: alarm\r\nid: 7\r\ndata: {"id":1}\r\n\r\n: beat\n\nevent: score\ndata: {}\n\n';
  const whole = parse(text);
  assert.deepEqual(whole, [
    ['alarm', '{"id":1}'],
    ['score', '{}'],
  ]);
  for (let cut = 0; cut <= text.length; cut++)
    assert.deepEqual(parse(text.slice(0, cut), text.slice(cut)), whole, `cut at ${cut}`);
  assert.deepEqual(parse(...text), whole);
});

test('pauses between attempts grow, are capped, and differ from client to client', () => {
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5, 20].map((n) => backoff(n, 0)),
    [500, 1000, 2000, 4000, 8000, 15000, 15000],
  );
  assert.equal(backoff(0, 1), 375);
});
