/** How a node's kubelet reaches into the simulated network for probes and hooks. Inside it nothing is encrypted: HTTPS is asked as HTTP. */
import type { Prober } from '../kubelet/options.js';
import type { SimNetwork } from '../sim/network/network.js';

/** What a dial says of a probe's own host: the node's loopback is the node. */
export function nodeProber(network: SimNetwork, node: { name: string; address: string }): Prober {
  const reach = (host: string): string => (host === '127.0.0.1' || host === 'localhost' ? node.address : host);
  return {
    async http({ host, port, path, headers, timeoutMs }) {
      const answer = await network.hosted.http(
        { node: node.name },
        { address: reach(host), port, path, timeoutMs, headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])) },
      );
      return { status: answer.status, body: Buffer.from(answer.body).toString('utf8') };
    },
    async tcp({ host, port, timeoutMs }) {
      const socket = await network.hosted.dial({ node: node.name }, reach(host), port, { data() {}, end() {} }, { timeoutMs });
      socket.end();
    },
    async grpc({ host, port, service, timeoutMs }) {
      const path = `/grpc.health.v1.Health/Check?service=${encodeURIComponent(service)}`;
      const { headers, body } = await network.hosted.http(
        { node: node.name },
        { address: reach(host), port, path, method: 'POST', timeoutMs, headers: { 'content-type': 'application/grpc' } },
      );
      const { 'grpc-status': code, 'grpc-message': message } = headers;
      // With whoever speaks no gRPC a connection is never ready, as with whoever does not answer.
      if (code === undefined) throw new Error(`dial tcp ${host}:${port}: no gRPC`);
      if (code === '12') throw new Error(`error: this server does not implement the grpc health protocol (grpc.health.v1.Health): ${message}`);
      if (code !== '0') throw new Error(`error: health rpc probe failed: rpc error: code = NotFound desc = ${message}`);
      return { status: Buffer.from(body).toString() === 'NOT_SERVING' ? 'NOT_SERVING' : 'SERVING' };
    },
  };
}
