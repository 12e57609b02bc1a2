/** KYAML: braces, quotes, commas, and several lines that stay several lines. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { toKyaml } from '../../../src/cli/printers/kyaml.js';

test('maps, lists, cuddled lists, ambiguous keys and folded text are written as KYAML', () => {
  const text = toKyaml({ b: [{ port: 80 }], a: ['x'], no: true, 'app/name': 'n', empty: {}, script: 'one\n two\n' });
  assert.equal(
    text,
    '---\n{\n  a: [\n    "x",\n  ],\n  app/name: "n",\n  b: [{\n    port: 80,\n  }],\n  empty: {},\n  "no": true,\n  script: "\\\n     one\\n\\\n    \\ two\\n\\\n    ",\n}\n',
  );
});
