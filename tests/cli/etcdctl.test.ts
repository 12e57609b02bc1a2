/** etcdctl over a store in memory: output, errors and exit codes as etcdctl 3.6 has them. */
import assert from 'node:assert/strict';
import { test } from 'vitest';
import { run } from '../../src/cli/main.js';
import type { Host } from '../../src/cli/host.js';
import { VirtualClock } from '../../src/platform/clock.js';
import { seededRandom } from '../../src/platform/random.js';
import { etcdDoor } from '../../src/store/etcddoor.js';
import { memoryStore } from '../../src/store/memory.js';

function etcdctl() {
  const clock = new VirtualClock();
  const store = memoryStore({ clock, random: seededRandom(1) });
  const door = etcdDoor({
    store,
    clock,
    name: 'm',
    peerUrls: ['https://10.0.0.1:2380'],
    clientUrls: ['https://10.0.0.1:2379'],
    version: '3.6.6',
    restore: async () => {},
  });
  return async (line: string, stdin = ''): Promise<{ out: string; err: string; code: number }> => {
    const texts = { out: '', err: '' };
    const output = (to: 'out' | 'err') => ({
      write: (text: string | Uint8Array) => void (texts[to] += Buffer.from(text as string).toString('utf8')),
      isTty: false,
      columns: undefined,
      rows: undefined,
      flushed: async () => {},
      closed: false,
    });
    const terminal = {
      stdin: { isTty: false, readAll: async () => Buffer.from(stdin), onData: () => () => {}, raw() {} },
      stdout: output('out'),
      stderr: output('err'),
      onInterrupt: () => () => {},
      onResize: () => () => {},
    };
    const host = {
      env: {},
      cwd: '/',
      home: '/',
      program: 'minikube-ts',
      version: 'test',
      clock,
      terminal,
      etcd: async () => ({ door, endpoint: '127.0.0.1:2379', close: async () => {} }),
    } as unknown as Host;
    const code = await run(['etcdctl', ...line.split(' ')], host);
    return { ...texts, code };
  };
}

test('keys are put, read in each format, and deleted', async () => {
  const type = etcdctl();
  assert.deepEqual(await type('put /a/1 one'), { out: 'OK\n', err: '', code: 0 });
  await type('put /a/2', 'two');
  const shown: [string, string][] = [
    ['get /a/1', '/a/1\none\n'],
    ['get /a --prefix --keys-only', '/a/1\n\n/a/2\n\n'],
    ['get /a --prefix --print-value-only --order=DESCEND', 'two\none\n'],
    ['get /a/2 --from-key', '/a/2\ntwo\n'],
    ['--endpoints=https://127.0.0.1:2379 --cacert=ca --cert=c --key=k get /a/1 --hex', '\\x2f\\x61\\x2f\\x31\n\\x6f\\x6e\\x65\n'],
    ['put /a/1 uno --prev-kv', 'OK\n/a/1\none\n'],
    ['get /a/1 --rev=2 --print-value-only', 'one\n'],
    ['del /a --prefix', '2\n'],
    ['get /a --prefix', ''],
  ];
  for (const [line, out] of shown) assert.deepEqual(await type(line), { out, err: '', code: 0 }, line);
});

test('numbers of 64 bits are whole in JSON, keys and values in base64', async () => {
  const type = etcdctl();
  await type('put k v');
  const { out } = await type('get k -w json');
  assert.match(
    out,
    /^\{"header":\{"cluster_id":\d{15,},"member_id":\d{15,},"revision":2,"raft_term":2\},"kvs":\[\{"key":"aw==","create_revision":2,"mod_revision":2,"version":1,"value":"dg=="\}\],"count":1\}\n$/,
  );
  assert.match((await type('get k -w fields --count-only')).out, /"More" : false\n"Count" : 1\n$/);
});

test('wrong use ends with the exit code of its sort', async () => {
  const type = etcdctl();
  const refused: [string, string, number][] = [
    ['get', 'Error: get command needs one argument as key and an optional argument as range_end\n', 128],
    ['get k -w table', 'Error: table not supported as output format\n', 4],
    ['get k --prefix --from-key', 'Error: `--prefix` and `--from-key` cannot be set at the same time, choose one\n', 128],
    ['get k --rev=99', 'Error: etcdserver: mvcc: required revision is a future revision\n', 1],
    ['get k --nosuch', 'Error: unknown flag: --nosuch\n', 1],
  ];
  for (const [line, err, code] of refused) assert.deepEqual(await type(line), { out: '', err, code }, line);
});

test('a transaction does one of its two parts', async () => {
  const type = etcdctl();
  const text = 'mod("k") = "0"\n\nput k first\n\nget k\n\n';
  assert.equal((await type('txn', text)).out, 'SUCCESS\n\nOK\n');
  assert.equal((await type('txn', text)).out, 'FAILURE\n\nk\nfirst\n');
});

test('the server tells of itself in tables', async () => {
  const type = etcdctl();
  assert.match((await type('member list')).out, /^[0-9a-f]+, started, m, https:\/\/10\.0\.0\.1:2380, https:\/\/10\.0\.0\.1:2379, false\n$/);
  assert.match((await type('endpoint status --cluster -w table')).out, /^\+-+\+.*\n\| +ENDPOINT +\| +ID +\| VERSION \|/);
  assert.equal((await type('endpoint health')).out, '127.0.0.1:2379 is healthy: successfully committed proposal: took = 1ms\n');
  assert.match((await type('lease grant 60')).out, /^lease [0-9a-f]{16} granted with TTL\(60s\)\n$/);
  assert.match((await type('lease list')).out, /^found 1 leases\n[0-9a-f]{16}\n$/);
});
