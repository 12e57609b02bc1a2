import assert from 'node:assert/strict';
import packet from 'dns-packet';
import { test } from 'vitest';
import { createWorld, exec, logOf, startPod, textOfLog, type World } from './support/world.js';

const RULE = { service: 'default/web:', protocol: 'TCP' as const, frontends: [{ address: '10.96.1.2', port: 80 }], nodePort: 30_080, affinitySeconds: 0 };
const NAMES: Record<string, string> = { 'kubernetes.default.svc.cluster.local': '10.96.0.1', 'web.default.svc.cluster.local': '10.96.1.2' };

function serveDns(world: World): void {
  world.network.hosted.listenUdp('10.244.1.200', 53, (data, reply) => {
    const query = packet.decode(Buffer.from(data));
    const { name, type } = query.questions![0]!;
    const address = NAMES[name];
    reply(
      packet.encode({
        type: 'response',
        id: query.id,
        flags: address === undefined ? 3 : 0,
        questions: query.questions,
        answers: address === undefined || type !== 'A' ? [] : [{ type: 'A', name, ttl: 5, data: address }],
      }),
    );
  });
}

async function cluster() {
  const world = createWorld();
  const [one, two] = [world.node('n1', 1), world.node('n2', 2)];
  const web = await startPod(two, 'nginx', [], { name: 'web' });
  const client = await startPod(one, 'busybox', ['sleep', 'infinity'], { name: 'client' });
  serveDns(world);
  const dns = {
    service: 'kube-system/kube-dns:dns',
    protocol: 'UDP' as const,
    frontends: [{ address: '10.96.0.10', port: 53 }],
    nodePort: 0,
    backends: [{ address: '10.244.1.200', port: 53 }],
    affinitySeconds: 0,
  };
  const rules = [
    dns,
    { ...RULE, backends: [{ address: web.ip, port: 80 }] },
    { ...RULE, service: 'default/none:', frontends: [{ address: '10.96.1.3', port: 80 }], nodePort: 0, backends: [] },
  ];
  world.network.rules('n1').sync(rules);
  world.network.rules('n2').sync(rules);
  await world.quiescence.settled();
  const run = async (script: string, advanceMs = 0) => {
    const running = exec(one, client.id, 'sh', '-c', script);
    await world.quiescence.settled();
    if (advanceMs > 0) await world.clock.advance(advanceMs);
    return running;
  };
  return { world, one, two, web, client, run };
}

test('the four ways to a server: by pod address, by Service, by name and by node port', async () => {
  const { run, web } = await cluster();
  for (const url of [`http://${web.ip}`, 'http://10.96.1.2', 'http://web', 'http://192.168.1.12:30080', 'http://192.168.1.11:30080']) {
    const { out, code, err } = await run(`wget -qO- ${url} | grep title`);
    assert.deepEqual({ url, out, err, code }, { url, out: '<title>Welcome to nginx!</title>\n', err: '', code: 0 });
  }
});

test('nslookup prints what busybox prints', async () => {
  const { run } = await cluster();
  assert.deepEqual(await run('nslookup kubernetes.default'), {
    out: 'Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\nName:\tkubernetes.default.svc.cluster.local\nAddress: 10.96.0.1\n\n',
    err: '',
    code: 0,
  });
  assert.deepEqual(await run('nslookup nosuch'), {
    out: "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n** server can't find nosuch: NXDOMAIN\n\n",
    err: '',
    code: 1,
  });
});

test('refused, unreachable and unanswered are three different things', async () => {
  const { run, web } = await cluster();
  assert.equal((await run(`wget -qO- http://${web.ip}:81`)).err, `wget: can't connect to remote host (${web.ip}): Connection refused\n`);
  assert.equal((await run('wget -qO- http://10.96.1.3')).err, "wget: can't connect to remote host (10.96.1.3): Connection refused\n");
  assert.equal((await run('wget -qO- http://10.244.2.99', 5_000)).err, "wget: can't connect to remote host (10.244.2.99): No route to host\n");
  assert.equal((await run('wget -T 2 -qO- http://203.0.113.9', 5_000)).err, 'wget: download timed out\n');
  assert.equal((await run('wget -qO- http://nosuch')).err, "wget: bad address 'nosuch'\n");
});

test('a server writes its access log and answers 404', async () => {
  const { run, web, two } = await cluster();
  const { err, code } = await run(`wget -O- http://${web.ip}/none`);
  assert.deepEqual([err, code], [`Connecting to ${web.ip} (${web.ip}:80)\nwget: server returned error: HTTP/1.1 404 Not Found\n`, 1]);
  assert.match(textOfLog(logOf(two, web.config)), /10\.244\.1\.\d+ - - \[02\/Jan\/2026:03:04:05 \+0000\] "GET \/none HTTP\/1\.1" 404 \d+ "-" "Wget" "-"\n/);
});

test('containers of a pod share its loopback, and nc talks to nc', async () => {
  const { run } = await cluster();
  assert.equal((await run('nc -l -p 9000 > /tmp/got & sleep 1; echo hello | nc 127.0.0.1 9000; sleep 1; cat /tmp/got', 5_000)).out, 'hello\n');
});

test('ClientIP affinity keeps a client on one backend', async () => {
  const { world, run, web, two } = await cluster();
  const other = await startPod(two, 'nginx', []);
  const backends = [
    { address: web.ip, port: 80 },
    { address: other.ip, port: 80 },
  ];
  await exec(two, web.id, 'sh', '-c', 'echo one > /usr/share/nginx/html/index.html');
  await exec(two, other.id, 'sh', '-c', 'echo two > /usr/share/nginx/html/index.html');
  const ask = 'for i in 1 2 3 4 5 6 7 8 9 10; do wget -qO- http://10.96.1.2; done | sort -u | wc -l';
  world.network.rules('n1').sync([{ ...RULE, backends }]);
  assert.equal((await run(ask)).out, '2\n');
  world.network.rules('n1').sync([{ ...RULE, backends, affinitySeconds: 600 }]);
  assert.equal((await run(ask)).out, '1\n');
});

test('a policy drops what it does not allow, and a node can be cut off', async () => {
  const { world, run, web } = await cluster();
  world.network.setPolicy(({ port }) => port !== 80);
  assert.equal((await run(`wget -T 1 -qO- http://${web.ip}`, 2_000)).err, 'wget: download timed out\n');
  world.network.setPolicy(undefined);
  world.network.setReachable('n2', false);
  assert.equal((await run(`wget -T 1 -qO- http://${web.ip}`, 2_000)).err, 'wget: download timed out\n');
});

test('port-forward reaches a server in the pod, and says when nothing listens', async () => {
  const { world, two, web } = await cluster();
  let text = '';
  const socket = await two.runtime.portForward(web.sandbox, 80, { data: (chunk) => void (text += Buffer.from(chunk).toString()), end() {} });
  socket.write(Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'));
  await world.quiescence.settled();
  assert.match(text, /^HTTP\/1\.1 200 OK\r\nServer: nginx/);
  await assert.rejects(two.runtime.portForward(web.sandbox, 81, { data() {}, end() {} }), /dial tcp4 127\.0\.0\.1:81: connect: connection refused/);
});

test('hosted programs listen, and are dialled from nodes in Go’s words', async () => {
  const { world, web } = await cluster();
  world.network.hosted.listenHttp('10.244.1.201', 8080, () => ({ status: 200, body: 'OK' }));
  const answer = await world.network.hosted.http({ node: 'n2' }, { address: '10.244.1.201', port: 8080, path: '/health' });
  assert.deepEqual([answer.status, Buffer.from(answer.body).toString()], [200, 'OK']);
  assert.equal((await world.network.hosted.http({ node: 'n1' }, { address: web.ip, port: 80, path: '/' })).status, 200);
  await assert.rejects(world.network.hosted.http({ node: 'n1' }, { address: web.ip, port: 99, path: '/' }), {
    message: `dial tcp ${web.ip}:99: connect: connection refused`,
  });
});

test('a connection between two machines outlives a freeze of both', async () => {
  const { world, one, two, web, client } = await cluster();
  const reading = exec(one, client.id, 'sh', '-c', `(echo "GET / HTTP/1.1"; sleep 5; echo "Host: x"; echo) | nc ${web.ip} 80 > /tmp/out & echo started`);
  await world.clock.advance(1_000);
  assert.equal((await reading).out, 'started\n');
  const states = [one, two].map((node) => JSON.parse(JSON.stringify(node.freeze())));
  await one.close();
  await two.close();
  const [first, second] = [world.node('n1', 1, one.files), world.node('n2', 2, two.files)];
  await first.thaw(states[0]);
  await second.thaw(states[1]);
  await world.clock.advance(10_000);
  assert.match((await exec(first, client.id, 'head', '-n', '1', '/tmp/out')).out, /^HTTP\/1\.1 200 OK/);
});
