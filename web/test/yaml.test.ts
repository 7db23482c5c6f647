// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { withItem, withKey, written } from '../src/lib/yaml/edit';
import { NotRead, readYaml, textOf, valueOf, type YamlMap, type YamlNode } from '../src/lib/yaml/read';

/** The document as plain values, which is what a YAML reader gives that forgets the places. */
function plain(node: YamlNode | null): unknown {
  if (node === null) return null;
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plain);
  return Object.fromEntries(node.entries.map((one) => [one.key, plain(one.value)]));
}

const map = (text: string): YamlMap => readYaml(text) as YamlMap;

// Examples 2.1 to 2.6 of the YAML 1.2.2 specification, and its rules for plain text (7.3.3).
test('reads what the specification shows', () => {
  assert.deepEqual(plain(readYaml('- Mark McGwire\n- Sammy Sosa\n')), ['Mark McGwire', 'Sammy Sosa']);
  assert.deepEqual(plain(readYaml('hr:  65    # Home runs\navg: 0.278 # Batting average\n')), {
    hr: '65',
    avg: '0.278',
  });
  assert.deepEqual(plain(readYaml('american:\n- Boston Red Sox\n- Detroit Tigers\nnational:\n- New York Mets\n')), {
    american: ['Boston Red Sox', 'Detroit Tigers'],
    national: ['New York Mets'],
  });
  assert.deepEqual(plain(readYaml('-\n  name: Mark McGwire\n  hr:   65\n-\n  name: Sammy Sosa\n')), [
    { name: 'Mark McGwire', hr: '65' },
    { name: 'Sammy Sosa' },
  ]);
  assert.deepEqual(plain(readYaml('Mark McGwire: {hr: 65, avg: 0.278}\nSammy Sosa: {\n    hr: 63,\n  }\n')), {
    'Mark McGwire': { hr: '65', avg: '0.278' },
    'Sammy Sosa': { hr: '63' },
  });
  assert.deepEqual(plain(readYaml("a: 'it''s'\nb: \"tab\\t\"\nc: {d: tcp://h:1, e: x#y}\n")), {
    a: "it's",
    b: 'tab\t',
    c: { d: 'tcp://h:1', e: 'x#y' },
  });
  assert.deepEqual(plain(readYaml('a: one\n  two\nb: |\n  x: y\n\n  z\nc: 1\n')), {
    a: 'one two',
    b: '|\n  x: y\n\n  z',
    c: '1',
  });
  assert.equal(readYaml('# nothing\n'), null);
});

test('reads the site files that come with davy', () => {
  for (const name of ['demo', 'minimal', 'skab']) {
    const text = readFileSync(`../examples/${name}/site.yaml`, 'utf8');
    const site = plain(readYaml(text)) as { site: { name: string }; assets: { signals: object[] }[] };
    assert.equal(site.site.name, name);
    const names = text.match(/- \{name: [^,]*,[^]*?(unit|from)/g) ?? [];
    const signals = site.assets.flatMap((one) => one.signals ?? []);
    assert.ok(signals.length > 0 && signals.length <= names.length, `${name}: ${signals.length}`);
  }
});

test('says where it is lost', () => {
  for (const text of ['a: &x 1\n', 'a: [1, 2\n', 'a: {b: 1\n', 'a: "open\n', 'a: 1\n b\n: c\n', '*x', 'a: @b']) {
    assert.throws(() => readYaml(text), NotRead, text);
  }
});

test('tells where values stand', () => {
  const text = 'a: {b: 12, c: "x"} # end\nd: e\n';
  const value = valueOf(valueOf(readYaml(text), 'a'), 'b');
  assert.equal(text.slice(value?.from, value?.to), '12');
  assert.equal(textOf(valueOf(readYaml(text), 'd')), 'e');
});

test('changes one value and leaves every other character', () => {
  const block = 'a: 1 # one\n# two\nb:\n  c: 3\n';
  assert.equal(withKey(block, map(block), 'a', '2'), 'a: 2 # one\n# two\nb:\n  c: 3\n');
  assert.equal(withKey(block, map(block), 'd', '4'), `${block.trimEnd()}\nd: 4\n`);
  assert.equal(withKey(block, map(block), 'a', null), 'b:\n  c: 3\n');
  assert.equal(withKey(block, map(block), 'b', null), 'a: 1 # one\n# two\n');
  const flow = '{a: 1, b: [2, 3]}';
  assert.equal(withKey(flow, map(flow), 'c', '4'), '{a: 1, b: [2, 3], c: 4}');
  assert.equal(withKey(flow, map(flow), 'b', null), '{a: 1}');
  assert.equal(withKey(flow, map(flow), 'a', null), '{b: [2, 3]}');
  assert.equal(withKey('{a: 1}', map('{a: 1}'), 'a', null), '{}');
  assert.equal(withKey('a:\nb: 1\n', map('a:\nb: 1\n'), 'a', '5'), 'a: 5\nb: 1\n');
});

test('puts an item at the end of a list, however it is written', () => {
  const item = [['match', '["x"]'], ['latch', 'true']] as const;
  const add = (text: string) => withItem(text, readYaml(text), 'alarms', item);
  assert.equal(add('a: 1'), 'a: 1\nalarms:\n  - match: ["x"]\n    latch: true\n');
  assert.equal(
    add('alarms:\n- {match: [y]} # first\nb: 2\n'),
    'alarms:\n- {match: [y]} # first\n- match: ["x"]\n  latch: true\nb: 2\n',
  );
  assert.equal(add('alarms: []\n'), 'alarms: [{match: ["x"], latch: true}]\n');
});

test('quotes what would be read as something else', () => {
  for (const text of ['15s', '2%', '1/week', 't101@champion', '-0.5', 'P-1/a < 0.2'])
    assert.equal(written(text), text);
  assert.equal(written('not T-1/a:hi'), '"not T-1/a:hi"');
  assert.equal(written('*'), '"*"');
  assert.equal(written(''), '""');
});

test('is not lost for long in nonsense', () => {
  // Cut and doubled anywhere: a value or NotRead, never anything else.
  const text = readFileSync('../examples/demo/site.yaml', 'utf8').slice(0, 3000);
  for (let cut = 0; cut < text.length; cut += 7) {
    for (const broken of [text.slice(cut), text.slice(0, cut), text.slice(0, cut) + '{' + text.slice(cut)]) {
      try {
        readYaml(broken);
      } catch (error) {
        assert.ok(error instanceof NotRead, String(error));
      }
    }
  }
});
