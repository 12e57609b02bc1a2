/**
 * How the API server reaches Services, pods and webhooks: an address of the
 * cluster's own through the simulated network, where nothing is encrypted; any
 * other, the machine's loopback included, over the real one.
 */
import { Duplex } from 'node:stream';
import type { Dialer, DialRequest, DialResponse } from '../apiserver/nodeconnector.js';
import { lazy } from '../apiserver/lazy.js';
import { systemClock } from '../platform/clock.js';
import type { SimNetwork } from '../sim/network/network.js';
import type { ClusterKeys } from './keys.js';
import { CONTROL_PLANE_IP, nodeAddress, POD_CIDR, SERVICE_CIDR } from './topology.js';

const real = lazy(() => import('../server/dial.js'));
const upgrading = lazy(() => import('../server/dialupgrade.js'));

/** `network`: lets the nodes begin first; undefined where there are none. */
export function clusterDialer(nodes: readonly string[], keys: Pick<ClusterKeys, 'frontProxy'>, network: () => Promise<SimNetwork | undefined>): Dialer {
  const own = new Set([CONTROL_PLANE_IP, ...nodes.map((_, at) => nodeAddress(at))]);
  const isInside = (host: string): boolean => own.has(host) || inCidr(host, POD_CIDR) || inCidr(host, SERVICE_CIDR);
  return {
    async dial(request) {
      const { host, port } = target(request);
      if (!isInside(host)) return (await real()).dialOut({ ...request, ...(request.asFrontProxy === true ? await keys.frontProxy() : {}) }, systemClock);
      const found = nodes.length === 0 ? undefined : await network();
      if (found === undefined) throw new Error(`dial tcp ${host}:${port}: connect: no route to host`);
      return within(found, nodes[0]!, request, { host, port });
    },
    async upgrade(request) {
      const { host, port } = target(request);
      const { dialUpgrade } = await upgrading();
      if (!isInside(host)) return dialUpgrade(request);
      const found = nodes.length === 0 ? undefined : await network();
      if (found === undefined) throw new Error(`dial tcp ${host}:${port}: connect: no route to host`);
      return dialUpgrade(request, await connected(found, nodes[0]!, { host, port }));
    },
  };
}

function target({ url, address }: DialRequest): { host: string; port: number } {
  const { hostname, port, protocol } = new URL(address === undefined ? url : `${new URL(url).protocol}//${address}`);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port) };
}

async function within(
  network: SimNetwork,
  node: string,
  { method, url, headers, body, timeoutMs }: DialRequest,
  { host, port }: { host: string; port: number },
): Promise<DialResponse> {
  const { pathname, search, host: named } = new URL(url);
  const answer = await network.hosted.http(
    { node },
    {
      method,
      address: host,
      port,
      path: `${pathname}${search}`,
      headers: {
        Host: named,
        ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : value.join(', ')])),
      },
      ...(body === undefined ? {} : { body }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    },
  );
  return {
    status: answer.status,
    headers: Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: answer.body,
  };
}

/** A connection inside the simulated network, as a stream of the machine's own. */
async function connected(network: SimNetwork, node: string, { host, port }: { host: string; port: number }): Promise<Duplex> {
  let over = false;
  const connection = new Duplex({
    read() {},
    write: (chunk: Buffer, _, done) => (socket.write(chunk), done()),
    final: (done) => (socket.end(), done()),
    destroy(error, done) {
      if (!over || !connection.writableFinished) socket.destroy();
      done(error);
    },
  });
  const socket = await network.hosted.dial({ node }, host, port, {
    data: (chunk) => void connection.push(chunk),
    end() {
      over = true;
      connection.push(null);
    },
    error: (message) => void connection.destroy(new Error(message)),
  });
  return connection;
}

function inCidr(address: string, cidr: string): boolean {
  const [base, bits] = cidr.split('/') as [string, string];
  const mask = 2 ** (32 - Number(bits));
  const [one, other] = [numberOf(address), numberOf(base)];
  return one !== undefined && other !== undefined && Math.floor(one / mask) === Math.floor(other / mask);
}

function numberOf(address: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address);
  return parts === null ? undefined : parts.slice(1).reduce((sum, part) => sum * 256 + Number(part), 0);
}
