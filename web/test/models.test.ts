// SPDX-License-Identifier: Apache-2.0
// Shapes of answers are those that docs/serving.md shows.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InferResponse, ModelEntry, ModelPort, ModelStats } from '../src/api/types';
import {
  aliasesOf,
  askColumns,
  askNumbers,
  askPicture,
  byName,
  fieldsOf,
  signalsOf,
  formatNs,
  latencySeries,
  parseClass,
  parseNumber,
  pictureInput,
  pictureType,
  readAnswer,
  servedOf,
} from '../src/lib/models';

const entry = (version: string, state: ModelEntry['state'], aliases = ''): ModelEntry => ({
  name: 'pump',
  version,
  state,
  reason: '',
  aliases,
});
const port = (name: string, datatype: string, ...shape: number[]): ModelPort => ({
  name,
  datatype,
  shape,
});
const plain = { outputs: [port('value', 'FP32', -1, 1)], explain: false };

test('versions stand under the name of their model', () => {
  const models = byName([entry('1', 'READY'), { ...entry('1', 'READY'), name: 'fan' }, entry('2', 'READY')]);
  assert.deepEqual([...models].map(([name, list]) => [name, list.length]), [['pump', 2], ['fan', 1]]);
});

test('the champion answers, else the newest that is ready', () => {
  assert.equal(servedOf([entry('9', 'READY'), entry('10', 'READY')])?.version, '10');
  assert.equal(servedOf([entry('3', 'READY', 'stable,champion'), entry('4', 'READY')])?.version, '3');
  assert.equal(servedOf([entry('3', 'READY'), entry('4', 'UNAVAILABLE', 'champion')])?.version, '3');
  assert.equal(servedOf([entry('1', 'UNAVAILABLE')]), null);
  assert.deepEqual(aliasesOf(entry('1', 'READY', 'champion,old')), ['champion', 'old']);
  assert.deepEqual(aliasesOf(entry('1', 'READY')), []);
});

test('times have the unit that keeps them short', () => {
  assert.deepEqual(
    [850, 12_540, 3_200_000, 1.8e9, 0, null].map(formatNs),
    ['850 ns', '12.5 µs', '3.2 ms', '1.8 s', '0 ns', '–'],
  );
});

test('a form has a field for each number, and none for a picture', () => {
  assert.deepEqual(fieldsOf([port('sample', 'FP32', -1, 1, 2)])?.map((one) => one.place), [1, 2]);
  assert.equal(fieldsOf([port('sample', 'FP32', -1, 32, 32, 3)]), null);
  assert.equal(fieldsOf([port('flag', 'BOOL', 1)]), null);
  assert.equal(fieldsOf([port('word', 'BYTES', -1)])?.[0]?.text, true);
  const named = { ...port('sample', 'FP32', -1, 1, 2), parameters: { signals: ['b', 'a'] } };
  assert.deepEqual(signalsOf([named]), ['b', 'a']);
  assert.equal(signalsOf([{ ...named, shape: [-1, 5, 2] }]), null); // a window: five of each
  assert.equal(signalsOf([port('sample', 'FP32', -1, 1, 2)]), null);
  assert.equal(pictureInput([port('sample', 'FP32', -1, 32, 32, 3)])?.name, 'sample');
  assert.equal(pictureInput([port('sample', 'FP32', -1, 1, 2)]), null);
});

test('numbers are numbers only', () => {
  assert.deepEqual(['1.5', ' \u22122 ', '', 'x', '1e400'].map(parseNumber), [1.5, -2, null, null, null]);
});

test('numbers fill the inputs in their order', () => {
  const inputs = [port('a', 'INT32', -1, 2), port('b', 'FP32', 1)];
  assert.deepEqual(askNumbers(inputs, [1, 2, 3], plain), {
    inputs: [
      { name: 'a', shape: [1, 2], datatype: 'INT32', data: [1, 2] },
      { name: 'b', shape: [1], datatype: 'FP32', data: [3] },
    ],
  });
});

test('a row goes by names, words as words, and classes are asked with their labels', () => {
  const wish = { outputs: [port('probabilities', 'FP32', -1, 3)], explain: true };
  const row = new Map([['current', '20.4'], ['mode', 'idle']]);
  assert.deepEqual(askColumns(row, wish), {
    parameters: { explain: 'auto', content_type: 'pd' },
    inputs: [
      { name: 'current', shape: [1], datatype: 'FP64', data: [20.4] },
      { name: 'mode', shape: [1], datatype: 'BYTES', data: ['idle'] },
    ],
    outputs: [{ name: 'probabilities', parameters: { classification: 3 } }],
  });
});

test('a picture is told by its first bytes and goes as base64', () => {
  assert.equal(pictureType('iVBORw0KGgoAAAA'), 'image/png');
  assert.equal(pictureType('/9j/4AAQ'), 'image/jpeg');
  assert.equal(pictureType('PHN2Zz4='), null);
  const [input] = askPicture(port('sample', 'FP32', -1, 8, 8, 3), '/9j/', plain).inputs;
  assert.deepEqual([input?.datatype, input?.parameters, input?.data], ['BYTES', { content_type: 'base64' }, ['/9j/']]);
});

test('a label may hold colons, and a class may have none', () => {
  assert.deepEqual(parseClass('0.87:1:worn: badly'), { name: 'worn: badly', value: 0.87 });
  assert.deepEqual(parseClass('-2:7'), { name: '7', value: -2 });
  assert.equal(parseClass('worn'), null);
});

test('an answer is classes, values and reasons', () => {
  const asked = { inputs: [], outputs: [{ name: 'p', parameters: { classification: 2 } }] };
  const response: InferResponse = {
    model_version: '1',
    parameters: { abstain: false, doubt: 'sample 0: outside' },
    outputs: [
      { ...port('p', 'BYTES', 1, 2), data: ['0.9:1:worn', '0.1:0:good'] },
      { ...port('p.explain', 'FP64', 1, 2), data: [0.4, -0.1] },
      { ...port('p.explain_name', 'BYTES', 1, 2), data: ['vibration', 'pressure'] },
      { ...port('p.explain_base_value', 'FP64', 1), data: [0.2] },
    ],
  };
  const answer = readAnswer(response, asked);
  assert.deepEqual(answer.classes, [{ name: 'worn', value: 0.9 }, { name: 'good', value: 0.1 }]);
  assert.deepEqual(answer.values, []);
  assert.deepEqual(answer.explanations, [
    {
      output: 'p',
      base: 0.2,
      shares: [{ name: 'vibration', value: 0.4 }, { name: 'pressure', value: -0.1 }],
      picture: null,
    },
  ]);
  assert.equal(answer.doubt, 'sample 0: outside');
});

test('the mean is of the answers between two sights, quantiles of all', () => {
  const sight = (at: number, count: number, ns: number) => ({
    at,
    stats: {
      inference_stats: { success: { count, ns } },
      latency: { request: { count, p50_ns: 2e6, p99_ns: 5e6 } },
    } as unknown as ModelStats,
  });
  const sights = [sight(0, 0, 0), sight(1000, 2, 6e6), sight(2000, 2, 6e6), sight(3000, 1, 1e6)];
  const [p50, p99, mean] = latencySeries(sights);
  assert.deepEqual(p50?.values, [null, 2, 2, 2]);
  assert.deepEqual(p99?.values, [null, 5, 5, 5]);
  assert.deepEqual(mean?.values, [null, 3, null, null]);
  assert.deepEqual(mean?.times, [0, 1e9, 2e9, 3e9]);
});
