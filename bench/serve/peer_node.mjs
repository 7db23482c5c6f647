// SPDX-License-Identifier: Apache-2.0
// ONNX Runtime in a Node.js server, one process:  peer_node.mjs PORT NODE_MODULES NAME=MODEL.onnx=INPUT=OUTPUT...
// It speaks as much of the Open Inference Protocol as the benchmark asks: one input, one output, JSON or binary both ways.
import {createServer} from 'node:http';
import {createRequire} from 'node:module';

const [port, modules, ...words] = process.argv.slice(2);
const ort = createRequire(import.meta.url)(`${modules}/onnxruntime-node`);
const models = {};
for (const word of words) {
  const [name, path, taken, made] = word.split('=');
  const session = await ort.InferenceSession.create(path, {intraOpNumThreads: 1, interOpNumThreads: 1});
  models[name] = {session, taken, made};
}

function numbersOf(body, length, input) {
  if (!length) return Float32Array.from(input.data);
  const bytes = new Uint8Array(body.subarray(Number(length)));
  return new Float32Array(bytes.buffer, 0, bytes.length / 4);
}

async function infer(name, body, length) {
  const input = JSON.parse(length ? body.subarray(0, Number(length)) : body).inputs[0];
  const {session, taken, made} = models[name];
  const answers = await session.run({[taken]: new ort.Tensor('float32', numbersOf(body, length, input), input.shape)});
  const answer = answers[made];
  const output = {name: made, datatype: 'FP32', shape: answer.dims};
  if (!length) return [JSON.stringify({model_name: name, outputs: [{...output, data: Array.from(answer.data)}]})];
  const blob = Buffer.from(answer.data.buffer, answer.data.byteOffset, answer.data.byteLength);
  output.parameters = {binary_data_size: blob.length};
  return [JSON.stringify({model_name: name, outputs: [output]}), blob];
}

createServer((request, response) => {
  const pieces = [];
  request.on('data', piece => pieces.push(piece));
  request.on('end', async () => {
    if (request.method === 'GET') return response.end();
    const length = request.headers['inference-header-content-length'];
    const [head, blob] = await infer(request.url.split('/')[3], Buffer.concat(pieces), length);
    if (!blob) return response.setHeader('Content-Type', 'application/json').end(head);
    response.setHeader('Inference-Header-Content-Length', Buffer.byteLength(head));
    return response.setHeader('Content-Type', 'application/octet-stream').end(Buffer.concat([Buffer.from(head), blob]));
  });
}).listen(Number(port), '127.0.0.1');
