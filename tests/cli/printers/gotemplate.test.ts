/** Go's templates over untyped JSON: control words, functions, printing, and Go's messages. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { CliError } from '../../../src/cli/command.js';
import { goTemplatePrinter } from '../../../src/cli/printers/gotemplate.js';

const DATA = { name: 'web', n: 3, half: 0.5, none: null, tags: ['x', 'y'], labels: { b: '2', a: '1' }, nested: { list: [{ v: 1 }, { v: 2 }] } };

const PRINTED: readonly (readonly [template: string, text: string])[] = [
  ['{{.name}} {{.n}} {{.half}} {{.none}} {{.missing}}', 'web 3 0.5 <no value> <no value>'],
  ['{{range $k, $v := .labels}}{{$k}}={{$v}};{{end}}', 'a=1;b=2;'],
  ['{{range .empty}}x{{else}}none{{end}}', 'none'],
  ['{{if and .name (gt .n 2)}}yes{{else if .half}}half{{end}}', 'yes'],
  ['{{with .nested}}{{range .list}}{{.v}}{{if eq .v 1}}{{continue}}{{end}}!{{end}}{{end}}', '12!'],
  ['{{- /* no */ -}}  a {{- " b" -}}  c', 'a bc'],
  ['{{define "t"}}<{{.}}>{{end}}{{template "t" .name}}', '<web>'],
  ['{{printf "%5d|%-4s|%q|%v|%T" .n .name .name .tags .n}}', '    3|web |"web"|[x y]|int64'],
  ['{{len .tags}} {{index .tags 1}} {{slice .name 1 3}} {{not .none}}', '2 y eb true'],
  ['{{$x := 1}}{{range .tags}}{{$x = len .}}{{end}}{{$x}}', '1'],
];

for (const [template, text] of PRINTED) {
  test(`${template} prints ${JSON.stringify(text)}`, () => assert.equal(goTemplatePrinter(template, { allowMissingKeys: true })(DATA), text));
}

const REFUSED: readonly (readonly [template: string, message: string])[] = [
  ['{{.name', 'error parsing template {{.name, template: output:1: unclosed action'],
  ['{{nosuch}}', 'error parsing template {{nosuch}}, template: output:1: function "nosuch" not defined'],
  ['{{end}}', 'error parsing template {{end}}, template: output:1: unexpected {{end}}'],
  ['{{$y}}', 'error parsing template {{$y}}, template: output:1: undefined variable "$y"'],
  [
    '{{gt .n 2.0}}',
    'error executing template "{{gt .n 2.0}}": template: output:1:2: executing "output" at <gt .n 2.0>: error calling gt: incompatible types for comparison: int64 and float64',
  ],
  [
    '{{.name.x}}',
    'error executing template "{{.name.x}}": template: output:1:7: executing "output" at <.name.x>: can\'t evaluate field x in type interface {}',
  ],
];

for (const [template, message] of REFUSED) {
  test(`${template} is refused in Go's words`, () => {
    assert.throws(
      () => goTemplatePrinter(template, { allowMissingKeys: true })(DATA),
      (error: unknown) => error instanceof CliError && error.message === message,
    );
  });
}

test('what came out before a failure is kept, with the template and its data below', () => {
  assert.throws(
    () => goTemplatePrinter('ok {{index .tags 9}}', { allowMissingKeys: true })(DATA),
    (error: unknown) => error instanceof CliError && error.printed.startsWith('ok Error executing template: '),
  );
});
