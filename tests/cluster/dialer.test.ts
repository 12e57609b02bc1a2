/** Upgrades over the simulated network: what listens there takes them, refuses them, or is not there. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { clusterDialer } from '../../src/cluster/dialer.js';
import { nodeAddress } from '../../src/cluster/topology.js';
import type { SocketEvents } from '../../src/sim/network/hosted.js';
import { systemClock } from '../../src/platform/clock.js';
import { Quiescence } from '../../src/platform/quiescence.js';
import { seededRandom } from '../../src/platform/random.js';
import { createSimNetwork } from '../../src/sim/network/network.js';

function world() {
  const network = createSimNetwork({ clock: systemClock, quiescence: new Quiescence(), random: seededRandom(1) });
  network.node({ name: 'w1', addresses: [nodeAddress(0)], podCidr: '10.244.1.0/24' });
  const asked: string[] = [];
  network.hosted.listen(nodeAddress(0), 8080, (socket): SocketEvents => {
    let upgraded = false;
    return {
      data(chunk) {
        const text = Buffer.from(chunk).toString();
        asked.push(text);
        if (upgraded) return socket.write(Buffer.from(text.toUpperCase()));
        upgraded = true;
        socket.write(
          Buffer.from(
            text.startsWith('GET /no')
              ? 'HTTP/1.1 404 Not Found\r\ncontent-length: 4\r\n\r\nnone'
              : 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: loud\r\n\r\nfirst ',
          ),
        );
      },
      end: () => socket.end(),
    };
  });
  const dialer = clusterDialer(['w1'], {} as never, async () => network);
  const upgrade = (path: string, port = 8080): Promise<any> =>
    dialer.upgrade!({ method: 'GET', url: `http://${nodeAddress(0)}:${port}${path}`, headers: { connection: 'Upgrade', upgrade: 'loud', host: 'api' } });
  return { asked, upgrade };
}

test('what listens there takes the upgrade, and bytes go both ways', async () => {
  const { asked, upgrade } = world();
  const { head, connection } = await upgrade('/x');
  assert.match(Buffer.from(head).toString(), /^HTTP\/1\.1 101 Switching Protocols\r\n/);
  assert.match(asked[0]!, /^GET \/x HTTP\/1\.1\r\n[^]*host: api\r\n/i);
  let got = '';
  await new Promise<void>((resolve) => {
    connection.on('data', (chunk: Buffer) => (got += chunk.toString()) === 'first HELLO' && resolve());
    connection.write('hello');
  });
  await new Promise((resolve) => connection.on('close', resolve).end());
});

test('what refuses answers, and where nobody listens dialling fails', async () => {
  const { upgrade } = world();
  const { status, body } = await upgrade('/no');
  assert.deepEqual([status, Buffer.from(body).toString()], [404, 'none']);
  await assert.rejects(() => upgrade('/x', 81), { message: `dial tcp ${nodeAddress(0)}:81: connect: connection refused` });
});
