/** etcdctl's txn: comparisons, then what is done where they hold, then what is done where not, each part ended by an empty line. */
import type { EtcdCompare, EtcdOp, EtcdOpResult } from './door.js';
import { BAD_ARGS, failed, show, type Subcommand } from './call.js';
import { prefixEnd } from './prefix.js';
import { headerJson, json, kvSimple, listJson, type Line } from './print.js';

export const txn: Subcommand = {
  summary: 'Txn processes all the requests in one transaction',
  flags: [{ name: 'interactive', short: 'i', type: 'bool', description: 'Input transaction in interactive mode' }],
  async run(call) {
    const { context, args, door } = call;
    if (args.length > 0) throw failed('txn command does not accept argument', BAD_ARGS);
    const [compares = [], success = [], failure = []] = partsOf(Buffer.from(await context.terminal.stdin.readAll()).toString('utf8'));
    const { header, succeeded, results } = await door.txn({ compare: compares.map(compareOf), success: success.map(opOf), failure: failure.map(opOf) });
    show(call, {
      simple: () => [succeeded ? 'SUCCESS' : 'FAILURE', ...results.flatMap((result): Line[] => ['', ...linesOf(result)])],
      json: () => [json({ header: headerJson(header), succeeded: succeeded || undefined, responses: results.map(resultJson) })],
    });
  },
};

function partsOf(text: string): string[][] {
  const parts: string[][] = [[]];
  for (const line of text.split('\n')) {
    if (line.trim() === '') parts.push([]);
    else parts.at(-1)!.push(line.trim());
  }
  return parts;
}

const TARGETS: Readonly<Record<string, EtcdCompare['target']>> = {
  ver: 'version',
  version: 'version',
  c: 'create',
  create: 'create',
  m: 'mod',
  mod: 'mod',
  val: 'value',
  value: 'value',
  lease: 'lease',
};

/** `mod("key1") > "0"` */
function compareOf(line: string): EtcdCompare {
  const found = /^(\w+)\("((?:[^"\\]|\\.)*)"\)\s*(=|!=|<|>)\s*"((?:[^"\\]|\\.)*)"$/.exec(line);
  const target = TARGETS[found?.[1] ?? ''];
  if (found === null || target === undefined) throw failed(`malformed comparison: ${line}`, BAD_ARGS);
  const [, , key, op, operand] = found as unknown as [string, string, string, EtcdCompare['op'], string];
  return { key, target, op, operand: target === 'value' ? Buffer.from(operand) : Number(operand) };
}

function opOf(line: string): EtcdOp {
  const [command, ...words] = [...line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double?.replaceAll('\\"', '"') ?? single ?? plain!,
  );
  const args = words.filter((word) => !word.startsWith('--'));
  const isPrefix = words.includes('--prefix');
  const [key = '', second] = args;
  if (key === '') throw failed(`invalid txn command ${JSON.stringify(line)}`, BAD_ARGS);
  const end = isPrefix ? { end: prefixEnd(key) } : second === undefined ? {} : { end: second };
  if (command === 'put' && second !== undefined) return { type: 'put', key, value: Buffer.from(second) };
  if (command === 'get') return { type: 'range', range: { key, ...end } };
  if (command === 'del') return { type: 'delete', key, ...end, previous: words.includes('--prev-kv') };
  throw failed(`invalid txn command ${JSON.stringify(line)}`, BAD_ARGS);
}

function linesOf(result: EtcdOpResult): Line[] {
  if (result.type === 'put') return ['OK', ...(result.previous === undefined ? [] : kvSimple(result.previous))];
  if (result.type === 'delete') return [String(result.deleted), ...result.previous.flatMap((kv) => kvSimple(kv))];
  return result.type === 'range' ? result.range.kvs.flatMap((kv) => kvSimple(kv)) : [];
}

function resultJson(result: EtcdOpResult): unknown {
  if (result.type === 'put') return { Response: { response_put: {} } };
  if (result.type === 'delete') return { Response: { response_delete_range: { deleted: result.deleted || undefined, prev_kvs: listJson(result.previous) } } };
  return result.type === 'range' ? { Response: { response_range: { kvs: listJson(result.range.kvs), count: result.range.count || undefined } } } : {};
}
