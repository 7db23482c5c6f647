// SPDX-License-Identifier: Apache-2.0
/** Models without the daemon: versions under their name, questions in OIP v2, answers taken apart. */
import type {
  InferElement,
  InferRequest,
  InferResponse,
  ModelEntry,
  ModelPort,
  ModelStats,
  SteppedSeries,
  Tally,
} from '../api/types';
import { formatNumber, NOTHING } from './number';

/** Past this many numbers nobody types them. */
const FIELDS_MAX = 64;
const CLASSES_MAX = 10;

/** The versions of each model, in the daemon's order. */
export function byName(entries: readonly ModelEntry[]): Map<string, ModelEntry[]> {
  const models = new Map<string, ModelEntry[]>();
  for (const entry of entries)
    models.set(entry.name, [...(models.get(entry.name) ?? []), entry]);
  return models;
}

export function aliasesOf(entry: ModelEntry): string[] {
  return (entry.aliases ?? '').split(',').filter((alias) => alias !== '');
}

/** The version that answers who names none: the champion, else the newest that is ready. */
export function servedOf(versions: readonly ModelEntry[]): ModelEntry | null {
  const ready = versions.filter((one) => one.state === 'READY');
  const newest = [...ready].sort((a, b) => Number(b.version) - Number(a.version))[0];
  return ready.find((one) => aliasesOf(one).includes('champion')) ?? newest ?? null;
}

/** 850 ns, 12.5 µs, 3.2 ms, 1.8 s. */
export function formatNs(ns: number | null): string {
  if (ns === null || !Number.isFinite(ns)) return NOTHING;
  const units: [string, number][] = [['s', 1e9], ['ms', 1e6], ['µs', 1e3], ['ns', 1]];
  const [unit, size] = units.find(([, one]) => ns >= one) ?? ['ns', 1];
  return `${formatNumber(Number((ns / size).toPrecision(3)))} ${unit}`;
}

export function meanOf(tally: Tally): number | null {
  return tally.count > 0 ? tally.ns / tally.count : null;
}

/* -- Questions -------------------------------------------------------------------------------- */

/** One value that a person types. */
export interface Field {
  input: string;
  /** From 1, in the order of the input. */
  place: number;
  text: boolean;
}

/** A free dimension is asked as one. */
function askedShape(port: ModelPort): number[] {
  return port.shape.map((size) => (size < 0 ? 1 : size));
}

function sizeOf(port: ModelPort): number {
  return askedShape(port).reduce((product, size) => product * size, 1);
}

/** The fields of a form, or null where there are too many or no numbers. */
export function fieldsOf(inputs: readonly ModelPort[]): Field[] | null {
  const total = inputs.reduce((sum, port) => sum + sizeOf(port), 0);
  const typed = inputs.every((port) => /^(FP|INT|UINT|BYTES)/.test(port.datatype));
  if (!typed || total === 0 || total > FIELDS_MAX) return null;
  return inputs.flatMap((port) =>
    Array.from({ length: sizeOf(port) }, (_, i) => ({
      input: port.name,
      place: i + 1,
      text: port.datatype === 'BYTES',
    })),
  );
}

/** The input that may be a picture: [batch, height, width, 3] or [batch, 3, height, width]. */
export function pictureInput(inputs: readonly ModelPort[]): ModelPort | null {
  const [port] = inputs;
  if (!port || inputs.length !== 1 || port.datatype !== 'FP32' || port.shape.length !== 4)
    return null;
  return port.shape[3] === 3 || port.shape[1] === 3 ? port : null;
}

/** A decimal number, or null. */
export function parseNumber(text: string): number | null {
  const value = Number(text.trim().replace('\u2212', '-'));
  return text.trim() !== '' && Number.isFinite(value) ? value : null;
}

/** Classes with their labels are asked of an output that is one row of scores. */
function classesOf(outputs: readonly ModelPort[]): Pick<InferRequest, 'outputs'> {
  const [port] = outputs;
  const count = port?.shape[1] ?? 0;
  if (!port || outputs.length !== 1 || port.shape.length !== 2) return {};
  if (count < 2 || !port.datatype.startsWith('FP')) return {};
  const classification = Math.min(CLASSES_MAX, count);
  return { outputs: [{ name: port.name, parameters: { classification } }] };
}

export interface Wish {
  outputs: readonly ModelPort[];
  explain: boolean;
}

function question(wish: Wish, inputs: InferRequest['inputs'], contents = ''): InferRequest {
  const parameters = {
    ...(wish.explain && { explain: 'auto' }),
    ...(contents !== '' && { content_type: contents }),
  };
  return { ...(Object.keys(parameters).length > 0 && { parameters }), inputs, ...classesOf(wish.outputs) };
}

/** Values in the order of fieldsOf(). */
export function askNumbers(
  inputs: readonly ModelPort[],
  values: readonly (number | string)[],
  wish: Wish,
): InferRequest {
  let next = 0;
  const filled = inputs.map(({ name, datatype, ...port }) => {
    const shape = askedShape({ name, datatype, ...port });
    const from = next;
    next += sizeOf({ name, datatype, ...port });
    return { name, shape, datatype, data: values.slice(from, next) };
  });
  return question(wish, filled);
}

/** The names of a row's columns, where the model tells one for each field. */
export function signalsOf(inputs: readonly ModelPort[]): string[] | null {
  const names = inputs.length === 1 ? inputs[0]?.parameters?.signals : undefined;
  return names && names.length === fieldsOf(inputs)?.length ? names : null;
}

/** A row by the names of its columns, in any order; what is no number is a word. */
export function askColumns(row: ReadonlyMap<string, string>, wish: Wish): InferRequest {
  const columns = [...row].map(([name, text]) => {
    const value = parseNumber(text);
    return value === null
      ? { name, shape: [1], datatype: 'BYTES', data: [text] }
      : { name, shape: [1], datatype: 'FP64', data: [value] };
  });
  return question(wish, columns, 'pd');
}

export function askPicture(port: ModelPort, base64: string, wish: Wish): InferRequest {
  const parameters = { content_type: 'base64' };
  const input = { name: port.name, shape: [1], datatype: 'BYTES', parameters, data: [base64] };
  return question(wish, [input]);
}

/** Media type of a picture's base64 by its first bytes, or null. */
export function pictureType(base64: string): 'image/png' | 'image/jpeg' | null {
  if (base64.startsWith('iVBORw0KGgo')) return 'image/png';
  return base64.startsWith('/9j/') ? 'image/jpeg' : null;
}

/* -- Answers ---------------------------------------------------------------------------------- */

/** A bar: a class and its score, or an input and its share. */
export interface Share {
  name: string;
  value: number;
}

export interface Explanation {
  output: string;
  base: number | null;
  shares: Share[];
  /** PNG in base64. */
  picture: string | null;
}

export interface Answer {
  version: string;
  classes: Share[];
  /** Outputs that are not classes, in words. */
  values: { name: string; data: InferElement[] }[];
  explanations: Explanation[];
  abstain: boolean;
  doubt: string;
}

/** "0.87:1:worn" or "0.87:1"; a label may hold colons. */
export function parseClass(text: string): Share | null {
  const match = /^([^:]+):(\d+)(?::(.*))?$/s.exec(text);
  return match ? { name: match[3] ?? match[2] ?? '', value: Number(match[1]) } : null;
}

const EXPLAIN = '.explain';

function explanationOf(response: InferResponse, output: string): Explanation {
  const part = (suffix: string): InferElement[] =>
    response.outputs.find((one) => one.name === output + EXPLAIN + suffix)?.data ?? [];
  const names = part('_name');
  const base = part('_base_value')[0];
  const shares = part('').map((value, i) => ({ name: String(names[i] ?? ''), value: Number(value) }));
  return {
    output,
    base: typeof base === 'number' ? base : null,
    shares: shares.filter((share) => share.name !== ''),
    picture: String(part('_picture')[0] ?? '') || null,
  };
}

export function readAnswer(response: InferResponse, asked: InferRequest): Answer {
  const wished = new Set(asked.outputs?.map((one) => one.name));
  const own = response.outputs.filter((one) => !one.name.includes(EXPLAIN));
  const classes = own.filter((one) => wished.has(one.name) && one.datatype === 'BYTES');
  return {
    version: response.model_version,
    classes: classes.flatMap((one) => one.data.flatMap((text) => parseClass(String(text)) ?? [])),
    values: own.filter((one) => !classes.includes(one)),
    explanations: response.outputs
      .filter((one) => one.name.endsWith(EXPLAIN))
      .map((one) => explanationOf(response, one.name.slice(0, -EXPLAIN.length))),
    abstain: response.parameters?.abstain ?? false,
    doubt: response.parameters?.doubt ?? '',
  };
}

/* -- Latency ---------------------------------------------------------------------------------- */

/** What was seen of one version, oldest first. */
export interface Sight {
  /** Milliseconds by davy's clock. */
  at: number;
  stats: ModelStats;
}

export const LATENCY_SERIES = ['p50', 'p99', 'mean'] as const;

/**
 * Milliseconds over time: quantiles of all answers so far, and the mean of the answers that came
 * between two sights; null where there were none, and where the version was loaded anew.
 */
export function latencySeries(sights: readonly Sight[]): SteppedSeries[] {
  const ms = (ns: number | null): number | null => (ns === null ? null : ns / 1e6);
  const request = (sight: Sight) => sight.stats.latency.request;
  const quantile = (name: 'p50_ns' | 'p99_ns') =>
    sights.map((sight) => ms(request(sight).count > 0 ? request(sight)[name] : null));
  const means = sights.map(({ stats }, i) => {
    const now = stats.inference_stats.success;
    const before = sights[i - 1]?.stats.inference_stats.success ?? now;
    return ms(meanOf({ count: now.count - before.count, ns: now.ns - before.ns }));
  });
  const columns = { p50: quantile('p50_ns'), p99: quantile('p99_ns'), mean: means };
  const times = sights.map((sight) => sight.at * 1e6);
  return LATENCY_SERIES.map((signal) => ({ signal, unit: 'ms', times, values: columns[signal] }));
}
