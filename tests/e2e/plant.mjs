// SPDX-License-Identifier: Apache-2.0
// The plant of site.yaml: five signals that follow one load, with two faults on demand.

/** Uniform noise in -1..1, the same for the same second and signal. */
function noise(second, salt) {
  let x = Math.imul(second ^ Math.imul(salt, 0x9e3779b1), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return ((x ^ (x >>> 16)) >>> 0) / 2 ** 31 - 1;
}

/**
 * Values at a second of Unix time.
 *
 * @param fault  null; "overfill": the level stands at 90, above its hi limit; "blocked": pressure and current
 *               rise while the flow falls, each within its limits, against what history shows
 */
export function valuesAt(second, fault = null) {
  const load = Math.sin((2 * Math.PI * second) / 300) + 0.4 * Math.sin((2 * Math.PI * second) / 47);
  const blocked = fault === 'blocked' ? 1 : 0;
  return {
    'T-1/level': (fault === 'overfill' ? 90 : 55 + 8 * load) + 0.2 * noise(second, 1),
    'T-1/pressure': 640 + 60 * load + 2 * noise(second, 2) + 160 * blocked,
    'T-1/temperature': 32 + 3 * load + 0.1 * noise(second, 3),
    'P-2/flow': 40 + 6 * load + 0.2 * noise(second, 4) - 12 * blocked,
    'P-2/current': 24 + 3 * load + 0.1 * noise(second, 5) + 8 * blocked,
  };
}

/** History for training: CSV with a row a second up to `end`. */
export function history(end, seconds) {
  const names = Object.keys(valuesAt(0));
  const rows = [`time,${names.join(',')}`];
  for (let second = end - seconds; second < end; second++) {
    const values = valuesAt(second);
    const time = new Date(second * 1000).toISOString();
    rows.push(`${time},${names.map((name) => values[name].toFixed(3)).join(',')}`);
  }
  return rows.join('\n') + '\n';
}

/** One second as line protocol: measurement = asset, field = signal. */
export function lines(second, fault) {
  return Object.entries(valuesAt(second, fault))
    .map(([path, value]) => {
      const [asset, signal] = path.split('/');
      return `${asset} ${signal}=${value.toFixed(3)} ${second}`;
    })
    .join('\n');
}
