// SPDX-License-Identifier: Apache-2.0
/**
 * Reads the YAML that a site file is written in, and where in the text each part of it stands, so
 * that one value can be changed and all else, comments too, stays as its author wrote it. What is
 * right YAML is the daemon's business: this reader takes more, and gives up where it is lost.
 */

interface Place {
  /** Offsets in the text; `to` is behind the last character. */
  from: number;
  to: number;
}

export interface Scalar extends Place {
  kind: 'scalar';
  value: string;
}

export interface Entry {
  key: string;
  from: number;
  /** Where a value stands or would stand. */
  to: number;
  value: YamlNode | null;
}

export interface YamlMap extends Place {
  kind: 'map';
  /** In brackets. */
  flow: boolean;
  entries: Entry[];
}

export interface YamlList extends Place {
  kind: 'list';
  flow: boolean;
  items: YamlNode[];
}

export type YamlNode = Scalar | YamlMap | YamlList;

/** Text that this reader does not understand; `at` is where. */
export class NotRead extends Error {
  constructor(readonly at: number) {
    super(`not read at ${at}`);
  }
}

/** Offset of the first character of the line. */
export const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1;

/** Offset of the line break that ends the line, or of the end of the text. */
export function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

const QUOTED = /"(?:[^"\\]|\\[^])*"|'(?:[^']|'')*'/y;
const PLAIN = /[^\s,[\]{}#&*!|>'"%@`](?:[^\n\r:#]|:(?=\S)|(?<=\S)#)*/y;
const PLAIN_IN_FLOW = /[^\s,[\]{}#&*!|>'"%@`](?:[^\n\r:#,[\]{}]|:(?=[^\s,[\]{}])|(?<=\S)#)*/y;
const VOID = /(?:[ \t\r\n]|#.*)*/y;
const BLOCK_SCALAR = /[|>][-+0-9]*[ \t]*(?:#.*)?\r?$/my;

class Reader {
  #at = 0;

  constructor(readonly text: string) {}

  document(): YamlNode | null {
    if (this.text.startsWith('---')) this.#at = 3;
    const node = this.#node(-1, true);
    this.#skip();
    if (this.#at < this.text.length) throw new NotRead(this.#at);
    return node;
  }

  /** What the pattern takes here, or null; moves behind it. */
  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text)?.[0] ?? null;
    this.#at += found?.length ?? 0;
    return found;
  }

  #skip(): void {
    this.#take(VOID);
  }

  #column(at = this.#at): number {
    return at - lineStart(this.text, at);
  }

  #isDash(): boolean {
    return this.text[this.#at] === '-' && /\s|^$/.test(this.text.charAt(this.#at + 1));
  }

  /** What stands further right than its parent; a list may stand right below the key it is of. */
  #node(parent: number, listBelow: boolean): YamlNode | null {
    const before = this.#at;
    this.#skip();
    const column = this.#column();
    const within = column > parent || (listBelow && column === parent && this.#isDash());
    if (this.#at >= this.text.length || !within) {
      this.#at = before;
      return null;
    }
    if (this.#isDash()) return this.#blockList(column);
    const sign = this.text.charAt(this.#at);
    if (sign === '{' || sign === '[') return this.#flow();
    if (sign === '|' || sign === '>') return this.#blockScalar(parent);
    return this.#isKey() ? this.#blockMap(column) : this.#blockText(parent);
  }

  #scalar(pattern: RegExp): Scalar {
    const from = this.#at;
    const quoted = this.#take(QUOTED);
    const raw = quoted ?? this.#take(pattern)?.trimEnd();
    if (raw === undefined) throw new NotRead(from);
    this.#at = from + raw.length;
    return { kind: 'scalar', from, to: this.#at, value: quoted ? unquoted(quoted) : raw };
  }

  /** A plain text may go on in lines further right. */
  #blockText(parent: number): Scalar {
    const first = this.#scalar(PLAIN);
    for (;;) {
      const end = this.#at;
      this.#skip();
      const goesOn = this.#at < this.text.length && this.#column() > parent;
      if (!goesOn || this.#isKey()) {
        this.#at = end;
        return first;
      }
      const more = this.#scalar(PLAIN);
      first.value += ` ${more.value}`;
      first.to = more.to;
    }
  }

  #isKey(): boolean {
    const at = this.#at;
    const found = (this.#take(QUOTED) ?? this.#take(PLAIN)) !== null;
    const isKey = found && /^[ \t]*:(\s|$)/.test(this.text.slice(this.#at, this.#at + 80));
    this.#at = at;
    return isKey;
  }

  #blockScalar(parent: number): Scalar {
    const from = this.#at;
    if (this.#take(BLOCK_SCALAR) === null) throw new NotRead(from);
    let to = this.#at;
    for (let next = to + 1; next < this.text.length; next = lineEnd(this.text, next) + 1) {
      const indent = this.text.slice(next, lineEnd(this.text, next)).search(/\S/);
      if (indent >= 0 && indent <= parent) break;
      if (indent >= 0) to = lineEnd(this.text, next);
    }
    this.#at = to;
    return { kind: 'scalar', from, to, value: this.text.slice(from, to) };
  }

  #colon(): void {
    this.#take(/[ \t]*/y);
    if (this.text[this.#at] !== ':') throw new NotRead(this.#at);
    this.#at++;
  }

  #blockMap(column: number): YamlMap {
    const map: YamlMap = { kind: 'map', flow: false, from: this.#at, to: this.#at, entries: [] };
    while (this.#at < this.text.length && this.#column() === column && this.#isKey()) {
      const key = this.#scalar(PLAIN);
      this.#colon();
      const colon = this.#at;
      const value = this.#node(column, true);
      map.to = value?.to ?? colon;
      map.entries.push({ key: key.value, from: key.from, to: map.to, value });
      this.#skip();
    }
    this.#at = map.to;
    return map;
  }

  #blockList(column: number): YamlList {
    const list: YamlList = { kind: 'list', flow: false, from: this.#at, to: this.#at, items: [] };
    while (this.#at < this.text.length && this.#column() === column && this.#isDash()) {
      list.to = ++this.#at;
      const item = this.#node(column, false);
      if (item) list.items.push(item);
      list.to = item?.to ?? list.to;
      this.#skip();
    }
    this.#at = list.to;
    return list;
  }

  #flowValue(): YamlNode {
    const sign = this.text.charAt(this.#at);
    return sign === '{' || sign === '[' ? this.#flow() : this.#scalar(PLAIN_IN_FLOW);
  }

  #flow(): YamlMap | YamlList {
    const from = this.#at;
    const close = this.text[this.#at++] === '{' ? '}' : ']';
    const entries: Entry[] = [];
    const items: YamlNode[] = [];
    for (this.#skip(); this.text[this.#at] !== close; this.#skip()) {
      if (close === '}') entries.push(this.#flowEntry());
      else items.push(this.#flowValue());
      this.#skip();
      if (this.text[this.#at] === ',') this.#at++;
      else if (this.text[this.#at] !== close) throw new NotRead(this.#at);
    }
    const place = { flow: true, from, to: ++this.#at };
    return close === '}' ? { kind: 'map', ...place, entries } : { kind: 'list', ...place, items };
  }

  #flowEntry(): Entry {
    const key = this.#scalar(PLAIN_IN_FLOW);
    this.#colon();
    const colon = this.#at;
    this.#skip();
    const value = /[,}]/.test(this.text.charAt(this.#at)) ? null : this.#flowValue();
    return { key: key.value, from: key.from, to: value?.to ?? colon, value };
  }
}

function unquoted(raw: string): string {
  if (raw.startsWith("'")) return raw.slice(1, -1).replaceAll("''", "'");
  try {
    return JSON.parse(raw) as string;
  } catch {
    return raw.slice(1, -1);
  }
}

/** The document; null when it is empty. Throws NotRead. */
export function readYaml(text: string): YamlNode | null {
  return new Reader(text).document();
}

/* -- Looking ----------------------------------------------------------------------------------- */

/** The value of a key of a map; null when there is none. */
export function valueOf(node: YamlNode | null | undefined, key: string): YamlNode | null {
  return entryOf(node, key)?.value ?? null;
}

export function entryOf(node: YamlNode | null | undefined, key: string): Entry | null {
  return (node?.kind === 'map' && node.entries.find((one) => one.key === key)) || null;
}

export function itemsOf(node: YamlNode | null | undefined): YamlNode[] {
  return node?.kind === 'list' ? node.items : [];
}

/** The text of a scalar; null for anything else. */
export function textOf(node: YamlNode | null | undefined): string | null {
  return node?.kind === 'scalar' ? node.value : null;
}
