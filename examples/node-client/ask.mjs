#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Asks a model about a row of numbers:
//
//   DAVY_KEY=... node ask.mjs http://127.0.0.1:8080 pump 101.3 20.5 0.2
import { Davy } from './davy.mjs';

const [url, model, ...words] = process.argv.slice(2);
const numbers = words.map(Number);
if (!model || numbers.length === 0 || numbers.some(Number.isNaN)) {
  console.error('ask.mjs URL MODEL NUMBER...');
  process.exit(64);
}

const davy = new Davy(url, process.env.DAVY_KEY);
try {
  const [input] = (await davy.describe(model)).inputs; // [-1, ..., numbers]
  const data = input.datatype === 'FP64' ? Float64Array.from(numbers) : Float32Array.from(numbers);
  const shape = input.shape.map((size, axis) => (axis === 0 ? 1 : size));
  const { outputs } = await davy.infer(model, { [input.name]: { shape, data } });
  for (const [name, output] of Object.entries(outputs)) console.log(name, ...output.data);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
