// SPDX-License-Identifier: Apache-2.0
/** Changes of one place of a YAML text; every other character stays. Each gives the new text. */
import { lineEnd, lineStart, type YamlList, type YamlMap, type YamlNode } from './read';

const splice = (text: string, from: number, to: number, by: string): string =>
  text.slice(0, from) + by + text.slice(to);

const indentOf = (text: string, at: number): string => ' '.repeat(at - lineStart(text, at));

/** Words that would be read as something other than this text. */
const PLAIN = /^[\w./+-][\w./+\-%()<>= @]*$/;

/** A value as it is written: plain where that cannot be misread. */
export function written(value: string): string {
  return PLAIN.test(value) && value.trimEnd() === value ? value : JSON.stringify(value);
}

/** Give a key of a map a value, or take the key out when it is null. `value` is YAML. */
export function withKey(text: string, map: YamlMap, key: string, value: string | null): string {
  const at = map.entries.findIndex((one) => one.key === key);
  const entry = map.entries[at];
  if (!entry) return value === null ? text : withNewKey(text, map, `${key}: ${value}`);
  if (value === null) return withoutEntry(text, map, at);
  if (entry.value) return splice(text, entry.value.from, entry.value.to, value);
  return splice(text, entry.to, entry.to, ` ${value}`);
}

function withNewKey(text: string, map: YamlMap, entry: string): string {
  const last = map.entries[map.entries.length - 1];
  if (!last) return splice(text, map.from, map.to, `{${entry}}`);
  if (map.flow) return splice(text, last.to, last.to, `, ${entry}`);
  const end = lineEnd(text, last.to);
  return splice(text, end, end, `\n${indentOf(text, map.from)}${entry}`);
}

function withoutEntry(text: string, map: YamlMap, at: number): string {
  const [before, entry, next] = [map.entries[at - 1], map.entries[at], map.entries[at + 1]];
  if (!entry) return text;
  if (next) return splice(text, entry.from, next.from, '');
  if (!before) return splice(text, map.from, map.to, '{}');
  if (map.flow) return splice(text, before.to, entry.to, '');
  return splice(text, lineStart(text, entry.from) - 1, lineEnd(text, entry.to), '');
}

/** Put a map of keys and values, in their order, at the end of a list under a key of the document. */
export function withItem(
  text: string,
  document: YamlNode | null,
  key: string,
  fields: readonly (readonly [string, string])[],
): string {
  const list = listUnder(document, key);
  if (list?.flow) return withFlowItem(text, list, fields);
  if (list) {
    const end = lineEnd(text, list.to);
    return splice(text, end, end, `\n${blockItem(fields, indentOf(text, list.from))}`);
  }
  const body = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  return `${body}${key}:\n${blockItem(fields, '  ')}\n`;
}

function listUnder(document: YamlNode | null, key: string): YamlList | null {
  const entry = document?.kind === 'map' && document.entries.find((one) => one.key === key);
  return entry && entry.value?.kind === 'list' ? entry.value : null;
}

function blockItem(fields: readonly (readonly [string, string])[], indent: string): string {
  return fields
    .map(([name, value], i) => `${indent}${i === 0 ? '- ' : '  '}${name}: ${value}`)
    .join('\n');
}

function withFlowItem(
  text: string,
  list: YamlList,
  fields: readonly (readonly [string, string])[],
): string {
  const item = `{${fields.map(([name, value]) => `${name}: ${value}`).join(', ')}}`;
  const last = list.items[list.items.length - 1];
  if (last) return splice(text, last.to, last.to, `, ${item}`);
  return splice(text, list.from, list.to, `[${item}]`);
}
