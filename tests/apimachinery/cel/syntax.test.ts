/** What is told of an expression that does not follow the grammar: ANTLR's complaints, at their places. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { parse } from '../../../src/apimachinery/cel/parse.js';
import { CelCompileError } from '../../../src/apimachinery/cel/source.js';

const START = "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";

/** The complaints without the lines that show where. */
function complaints(text: string): string[] {
  try {
    parse(text);
  } catch (error) {
    if (!(error instanceof CelCompileError)) throw error;
    return error.message
      .split('\n')
      .filter((line) => line.startsWith('ERROR: '))
      .map((line) => line.slice('ERROR: <input>:'.length).replace(START, 'START'));
  }
  return [];
}

const CASES: readonly (readonly [string, ...string[]])[] = [
  ['a.b + [1, 2,] + {"a": 1,}.b.c(x)[?0].?d'],
  ['1 +', "1:4: Syntax error: mismatched input '<EOF>' expecting START"],
  ['a b', "1:3: Syntax error: extraneous input 'b' expecting <EOF>"],
  ['1 + $', "1:5: Syntax error: token recognition error at: '$'", "1:6: Syntax error: mismatched input '<EOF>' expecting START"],
  [
    '*@a | b',
    "1:1: Syntax error: extraneous input '*' expecting START",
    "1:2: Syntax error: token recognition error at: '@'",
    "1:5: Syntax error: token recognition error at: '| '",
    "1:7: Syntax error: extraneous input 'b' expecting <EOF>",
  ],
  [
    't{>C}',
    "1:3: Syntax error: extraneous input '>' expecting {'}', ',', '?', IDENTIFIER, ESC_IDENTIFIER}",
    "1:5: Syntax error: mismatched input '}' expecting ':'",
  ],
  [
    '{',
    "1:2: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '}', '(', '.', ',', '-', '!', '?', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
  ],
  ['a.b.', "1:5: Syntax error: no viable alternative at input '.'"],
  ['--', "1:3: Syntax error: no viable alternative at input '-'", "1:3: Syntax error: mismatched input '<EOF>' expecting START"],
  [
    '"\\xFh"',
    `1:1: Syntax error: token recognition error at: '"\\xFh'`,
    `1:6: Syntax error: token recognition error at: '"'`,
    "1:7: Syntax error: mismatched input '<EOF>' expecting START",
  ],
  ['[1, 2', "1:6: Syntax error: mismatched input '<EOF>' expecting {']', ','}"],
  ['has(a', "1:6: Syntax error: missing ')' at '<EOF>'"],
  ['a ? b', "1:6: Syntax error: mismatched input '<EOF>' expecting ':'"],
];

test('what does not follow the grammar is told of as ANTLR does', () => {
  for (const [text, ...expected] of CASES) assert.deepEqual(complaints(text), expected, text);
});

test('the line and the place are shown below', () => {
  assert.throws(() => parse('a &&\n  b c'), { message: "ERROR: <input>:2:5: Syntax error: extraneous input 'c' expecting <EOF>\n |   b c\n | ....^" });
});

test('an error in a macro stands where the macro has it', () => {
  assert.deepEqual(complaints('has(a)'), ['1:5: invalid argument to has() macro']);
  assert.deepEqual(complaints('l.all(1, true)'), ['1:7: argument must be a simple name']);
});

test('an expression of more than 100 000 characters is not read', () => {
  assert.throws(() => parse(`"${'a'.repeat(100_001)}"`), /expression code point size exceeds limit: size: 100003, limit 100000/);
});
