// SPDX-License-Identifier: Apache-2.0
// Asks a davy (or any server of the Open Inference Protocol) by fetch alone: Node 18 or a browser.
//
//   const davy = new Davy('http://127.0.0.1:8080', process.env.DAVY_KEY);
//   const { outputs } = await davy.infer('pump', { rows: { shape: [2, 3], data: Float64Array.of(...) } });
//   outputs.score.data   // Float64Array
//
// Numbers travel as bytes: a picture of a million pixels is not a megabyte of digits.

/** The protocol's types and what holds their numbers here; FP16, BF16 and BYTES have none. */
const ARRAYS = {
  BOOL: Uint8Array, UINT8: Uint8Array, INT8: Int8Array, UINT16: Uint16Array, INT16: Int16Array,
  UINT32: Uint32Array, INT32: Int32Array, UINT64: BigUint64Array, INT64: BigInt64Array,
  FP32: Float32Array, FP64: Float64Array,
};
const HEADER = 'Inference-Header-Content-Length';

/** A refusal: the status, and the server's sentence. */
export class DavyError extends Error {
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
  }
}

function datatypeOf(data) {
  const found = Object.entries(ARRAYS).find(([name, array]) => name !== 'BOOL' && data instanceof array);
  if (!found) throw new TypeError('data must be a typed array, or say its datatype');
  return found[0];
}

/** BYTES on the wire: for each element its length in four bytes, little-endian, and its bytes. */
function packTexts(texts) {
  const encoder = new TextEncoder();
  const parts = texts.flatMap((text) => {
    const bytes = typeof text === 'string' ? encoder.encode(text) : text;
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, bytes.length, true);
    return [length, bytes];
  });
  return join(parts);
}

function unpackTexts(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder();
  const texts = [];
  for (let at = 0; at < bytes.length;) {
    const length = view.getUint32(at, true);
    texts.push(decoder.decode(bytes.subarray(at + 4, at + 4 + length)));
    at += 4 + length;
  }
  return texts;
}

function join(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** An input as the protocol describes it, and its bytes. */
function encode(name, { shape, data, datatype = Array.isArray(data) ? 'BYTES' : datatypeOf(data) }) {
  const bytes = datatype === 'BYTES' ? packTexts(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { bytes, said: { name, shape, datatype, parameters: { binary_data_size: bytes.length } } };
}

/** An output's elements: from its bytes, or from JSON where the server chose that. */
function decode(output, bytes) {
  const array = ARRAYS[output.datatype];
  if (!bytes) return array ? array.from(output.data, array.name.startsWith('Big') ? BigInt : Number) : output.data;
  if (output.datatype === 'BYTES') return unpackTexts(bytes);
  return array ? new array(bytes.slice().buffer) : bytes; // slice: what is read must be aligned
}

export class Davy {
  /** @param key  of the API; none for a server that asks for none */
  constructor(url, key) {
    this.url = url.replace(/\/$/, '');
    this.authorization = key ? { Authorization: `Bearer ${key}` } : {};
  }

  async #fetch(path, options = {}) {
    const answer = await fetch(this.url + path, { ...options, headers: { ...this.authorization, ...options.headers } });
    if (answer.ok) return answer;
    const said = await answer.json().catch(() => ({}));
    throw new DavyError(answer.status, said.error ?? said.detail ?? answer.statusText);
  }

  #path(model, version) {
    return `/v2/models/${encodeURIComponent(model)}${version ? `/versions/${encodeURIComponent(version)}` : ''}`;
  }

  /** What a model takes and answers. @param version  "3", an alias such as "champion", or none */
  async describe(model, version) {
    return (await this.#fetch(this.#path(model, version))).json();
  }

  async isReady(model, version) {
    return this.#fetch(`${this.#path(model, version)}/ready`).then(() => true, () => false);
  }

  /**
   * Ask a model.
   *
   * @param inputs  by name: {shape, data, datatype}; data is a typed array, or a list of texts
   * @param options version; id, which comes back; parameters, such as {explain: 'auto'}
   * @return the answer with `outputs` by name: {datatype, shape, data}
   */
  async infer(model, inputs, { version, id, parameters = {} } = {}) {
    const encoded = Object.entries(inputs).map(([name, input]) => encode(name, input));
    const head = new TextEncoder().encode(JSON.stringify({
      id, parameters: { ...parameters, binary_data_output: true }, inputs: encoded.map(({ said }) => said),
    }));
    const answer = await this.#fetch(`${this.#path(model, version)}/infer`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/octet-stream', [HEADER]: String(head.length) },
      body: join([head, ...encoded.map(({ bytes }) => bytes)]),
    });
    return Davy.#read(new Uint8Array(await answer.arrayBuffer()), answer.headers.get(HEADER));
  }

  static #read(whole, header) {
    let at = header === null ? whole.length : Number(header);
    const said = JSON.parse(new TextDecoder().decode(whole.subarray(0, at)));
    const outputs = {};
    for (const output of said.outputs) {
      const size = output.parameters?.binary_data_size;
      const bytes = size === undefined ? undefined : whole.subarray(at, at + size);
      outputs[output.name] = { datatype: output.datatype, shape: output.shape, data: decode(output, bytes) };
      at += size ?? 0;
    }
    return { ...said, outputs };
  }
}
