// SPDX-License-Identifier: Apache-2.0
// Pictures of a surface, whole or with a dark crack, as PNG files (ISO/IEC 15948).
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';

const SIZE = 32;
const PER_CLASS = 24;

/** CRC-32 of annex D. */
function crc(bytes) {
  let c = 0xffffffff;
  for (const byte of bytes) {
    c ^= byte;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  }
  return ~c >>> 0;
}

function chunk(type, data) {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(named.length + 8);
  out.writeUInt32BE(data.length, 0);
  named.copy(out, 4);
  out.writeUInt32BE(crc(named), named.length + 4);
  return out;
}

/** RGB, 8 bits; greyAt(x, y) gives the level. */
function png(greyAt) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(SIZE, 0);
  head.writeUInt32BE(SIZE, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const rows = Buffer.alloc(SIZE * (1 + 3 * SIZE));
  for (let y = 0; y < SIZE; y++)
    for (let x = 0; x < SIZE; x++)
      rows.fill(greyAt(x, y), y * (1 + 3 * SIZE) + 1 + 3 * x, y * (1 + 3 * SIZE) + 4 + 3 * x);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const none = Buffer.alloc(0);
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', none)]);
}

/** The n-th picture of a class, "crack" or "whole". */
export function surface(kind, n) {
  const light = 90 + ((n * 37) % 90);
  const at = 6 + ((n * 7) % 20);
  return png((x, y) => {
    if (kind === 'crack' && Math.abs(x - at - ((y % 5) >> 1)) < 2) return 20;
    return light + ((x * 5 + y * 11 + n * 3) % 25) - 12;
  });
}

/** A folder for each class, as `davy train --images` takes them. */
export function writeFolder(folder) {
  for (const kind of ['crack', 'whole']) {
    mkdirSync(join(folder, kind), { recursive: true });
    for (let n = 0; n < PER_CLASS; n++) writeFileSync(join(folder, kind, `${n}.png`), surface(kind, n));
  }
  return folder;
}
