/** YAML both ways, as sigs.k8s.io/yaml: quoting, folding, 1.1's words, errors with go-yaml's lines. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeYaml, parseYaml, parseYamlDocuments, toYaml } from '../../src/apimachinery/yaml.js';
import { deepEqual } from '../../src/apimachinery/deep.js';

const written: readonly (readonly [value: unknown, text: string])[] = [
  [{}, '{}\n'],
  [[], '[]\n'],
  [null, 'null\n'],
  ['x', 'x\n'],
  [{ b: 1, a: [1, { c: 'd', e: [] }, ['x']] }, 'a:\n- 1\n- c: d\n  e: []\n- - x\nb: 1\n'],
  [
    { y: 'no', n: '010', o: '1e3', p: '2026-01-02T03:04:05Z', q: '', r: '~', s: '1:30', t: '0x1f' },
    '"n": "010"\no: "1e3"\np: "2026-01-02T03:04:05Z"\nq: ""\nr: "~"\ns: "1:30"\nt: "0x1f"\n"y": "no"\n',
  ],
  [
    { a: 'x: y', b: "it's #", c: '- x', d: '@x', e: 'a #b', f: ' x', g: "it's: x" },
    "a: 'x: y'\nb: 'it''s #'\nc: '- x'\nd: '@x'\ne: 'a #b'\nf: ' x'\ng: 'it''s: x'\n",
  ],
  [
    { a: 'x\ny\n', b: 'x\ny', c: 'x\n\n', d: ' x\ny', e: 'x\ty', f: 'x \ny' },
    'a: |\n  x\n  y\nb: |-\n  x\n  y\nc: |+\n  x\n\nd: |2-\n   x\n  y\ne: "x\\ty"\nf: "x \\ny"\n',
  ],
  [{ a10: 1, a9: 1, 'a-b': 1, ab: 1, B: 1 }, 'B: 1\na-b: 1\na9: 1\na10: 1\nab: 1\n'],
  [{ a: 'word '.repeat(20).trim() }, `a: ${'word '.repeat(16).trim()}\n  ${'word '.repeat(4).trim()}\n`],
  [{ a: 1.5, b: true, c: null, d: 1e21, e: '😀' }, 'a: 1.5\nb: true\nc: null\nd: 1e+21\ne: "\\U0001F600"\n'],
];
written.forEach(([value, text], index) => test(`document ${index} is written letter for letter`, () => assert.equal(toYaml(value), text)));

test('what is written reads back the same', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      'y',
      'no',
      '1_0',
      '0b1',
      '.5',
      'a: b',
      'x\n y\n\n',
      '\n',
      ' \n',
      "'",
      '"',
      '|',
      '>-',
      '# a',
      'a\n\n\nb\n',
      '---',
      '\ta',
      '=',
      '<<',
      'null',
      '2026-01-01',
      'word '.repeat(40),
    ),
  );
  const data = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
      tie('list'),
      tie('map'),
    ),
    list: fc.array(tie('value'), { maxLength: 4 }),
    map: fc.dictionary(text, tie('value'), { maxKeys: 4 }),
  })).value;
  fc.assert(
    fc.property(data, (value) => {
      const plain = JSON.parse(
        JSON.stringify(value)
          .replaceAll(/\\u[dD][89a-fA-F][0-9a-fA-F]{2}/g, '?')
          .replaceAll('"<<"', '"merge"'),
      );
      assert.ok(deepEqual(parseYaml(toYaml(plain)), plain), toYaml(plain));
    }),
    { numRuns: 400 },
  );
});

const read: readonly (readonly [text: string, value: unknown])[] = [
  [
    'a: y\nb: on\nc: n\nd: 010\ne: 1e3\nf: 0x1f\ng: 1_000\nh: 2026-01-01\ni: ~\nj: 1.0\nk: "y"',
    { a: true, b: true, c: false, d: 8, e: 1000, f: 31, g: 1000, h: '2026-01-01', i: null, j: 1, k: 'y' },
  ],
  ['{no: such, 1: x}', { false: 'such', 1: 'x' }],
  ['a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  b: 3', { a: { b: 1, c: 2 }, d: { b: 3, c: 2 } }],
  ['a:\n- b\n- - c\n  - d\n-\n', { a: ['b', ['c', 'd'], null] }],
  ['a: >-\n  b\n  c\n\n  d\ne: |+\n  f\n\n', { a: 'b c\nd', e: 'f\n\n' }],
  ["a: \"x\\\n  y\\u0041\\n\"\nb: 'it''s'", { a: 'xyA\n', b: "it's" }],
  ['a: b # comment\nc: d#e', { a: 'b', c: 'd#e' }],
  ['? a\n: b\n', { a: 'b' }],
  ['a: !!str 1', { a: '1' }],
  ['a: b\r\nc: d\r\n', { a: 'b', c: 'd' }],
  ['a: [b, {c: d}, e: f]', { a: ['b', { c: 'd' }, { e: 'f' }] }],
];
for (const [text, value] of read) test(`${JSON.stringify(text).slice(0, 40)} reads as YAML 1.1`, () => assert.deepEqual(parseYaml(text), value));

const refused: readonly (readonly [text: string, message: string])[] = [
  ['a: [', 'yaml: line 1: did not find expected node content'],
  ['a: [1\n', "yaml: line 1: did not find expected ',' or ']'"],
  ['\tapiVersion: v1\n', 'yaml: found character that cannot start any token'],
  ['a: b: c', 'yaml: mapping values are not allowed in this context'],
  ['a: b\n c: d\n', 'yaml: line 2: mapping values are not allowed in this context'],
  ['a:\n  b: 1\n c: 2\n', 'yaml: line 2: did not find expected key'],
  ['a: "b', 'yaml: found unexpected end of stream'],
  ['a: *b', "yaml: unknown anchor 'b' referenced"],
  ['&a [*a]', "yaml: anchor 'a' value contains itself"],
];
for (const [text, message] of refused) test(`${JSON.stringify(text)} is refused in go-yaml's words`, () => assert.throws(() => decodeYaml(text), { message }));

test('a key that occurs twice is reported with the line of its value, and the last wins', () => {
  const { value, duplicates } = decodeYaml('kind: X\ndata:\n  a: b\n  a: c\n');
  assert.deepEqual(value, { kind: 'X', data: { a: 'c' } });
  assert.deepEqual(duplicates, ['line 4: key "a" already set in map']);
});

test('an alias bomb is refused', () => {
  const lines = ['a0: &a0 [x,x,x,x,x,x,x,x,x]'];
  for (let level = 1; level < 9; level++)
    lines.push(
      `a${level}: &a${level} [${Array(9)
        .fill(`*a${level - 1}`)
        .join(',')}]`,
    );
  assert.throws(() => parseYaml(lines.join('\n')), { message: 'yaml: document contains excessive aliasing' });
});

test('a manifest is split at its separators, empty documents left out', () => {
  assert.deepEqual(parseYamlDocuments('---\na: 1\n---\n# nothing\n---\nb: 2\n'), [{ a: 1 }, { b: 2 }]);
  assert.deepEqual(parseYamlDocuments('{"a": 1}'), [{ a: 1 }]);
  assert.throws(() => parseYamlDocuments('a: [1\n'), { message: "error converting YAML to JSON: yaml: line 1: did not find expected ',' or ']'" });
});

test('a manifest that begins with a brace is one JSON value after the other, or YAML that looks alike', () => {
  const text = JSON.stringify({ text: '} "quoted" \\ {' });
  assert.deepEqual(parseYamlDocuments(`${text}${text}\n  {"b":[{}]}`), [JSON.parse(text), JSON.parse(text), { b: [{}] }]);
  assert.deepEqual(parseYamlDocuments('{"a": 1}\n---\nb: 2\n'), [{ a: 1 }, { b: 2 }]);
  assert.deepEqual(parseYamlDocuments('{a: 1,}\n'), [{ a: 1 }]);
  assert.throws(() => parseYamlDocuments('{"a": {"b": 1}'), { message: 'unexpected EOF' });
  assert.throws(() => parseYamlDocuments('{"a":1}{"b":2}{c}'), /^YamlError: invalid character 'c'/);
});

test('behind a separator of documents stands at most a comment', () => {
  assert.deepEqual(parseYamlDocuments('a: 1\n---   # next\nb: 2\n---\r\nc: 3\n---'), [{ a: 1 }, { b: 2 }, { c: 3 }]);
  assert.throws(() => parseYamlDocuments('a: 1\n---\n---\nb: 2\nc: [\n'), /yaml: line 3: /);
  assert.throws(() => parseYamlDocuments('a: 1\n---foo\nb: 2\n'), { message: 'invalid Yaml document separator: foo' });
});
