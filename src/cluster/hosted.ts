/**
 * The programs that stand behind the control plane's and the add-ons'
 * containers. A container of theirs is a switch: started, the part is live;
 * stopped, it is gone. Wiring; what each does is its own folder's affair.
 */
import type { Component } from '../platform/component.js';
import type { HostedProcess, HostedProgram, HostedPrograms, HostedStart } from '../sim/runtime/hosted.js';
import type { SimNetwork } from '../sim/network/network.js';
import type { HttpAnswer } from '../sim/network/hosted.js';
import { InProcessIdentity, type UserInfo } from '../apimachinery/request.js';
import type { InformerFactory } from '../client/client.js';
import { createInformerFactory } from '../client/informerfactory.js';
import { createClient } from '../client/resource.js';
import type { Program } from './live.js';
import { ClusterError, isCutOff } from './home.js';
import type { Machinery } from './running.js';
import { namesSchedulerConfig, schedulerConfig } from './schedulerconfig.js';
import { API_PORT } from './topology.js';

/** What runs behind one container; ends with whatever `start` returned. */
type Begin = (options: HostedStart) => Promise<() => Promise<void> | void> | (() => void);

export function hostedPrograms(machinery: Machinery & { network: SimNetwork }): HostedPrograms {
  const { live, logs, quiescence, network } = machinery;
  const caches = new Map<string, { users: number; informers: InformerFactory }>();
  const ok = (): HttpAnswer => ({ status: 200, body: 'ok' });
  const listen = (address: string, port: number): (() => void) => network.hosted.listenHttp(address, port, ok);

  const switchOn = (program: Program, { log, resumed }: HostedStart, close: () => void): (() => void) => {
    logs.attach(program, log);
    if (!resumed) logs.of(program).info(`"Starting" version="v1.36.3" program="${program}"`);
    live.set(program, true);
    return () => {
      close();
      if (machinery.closing) return; // this process ends; the container does not
      logs.of(program).info(`"Stopping" program="${program}"`);
      live.set(program, false);
      logs.attach(program, undefined);
    };
  };
  const controlPlane =
    (program: Program, port: number): Begin =>
    (start) =>
      switchOn(program, start, listen(start.podIp, port));

  const programs: Readonly<Record<string, Begin>> = {
    etcd: controlPlane('etcd', 2381),
    'kube-controller-manager': controlPlane('kube-controller-manager', 10_257),
    'kube-scheduler': (start) => {
      const begin = controlPlane('kube-scheduler', 10_259);
      return namesSchedulerConfig(machinery) ? configured(start, begin) : begin(start);
    },
    'kube-apiserver': (start) =>
      switchOn(
        'kube-apiserver',
        start,
        network.hosted.listenHttp(start.podIp, API_PORT, (request) => answerApi(machinery, request)),
      ),
    'kube-proxy': async ({ node, log, resumed }) => {
      // What it told the kernel of a node that is cut off stays in force there.
      const left = isCutOff(machinery.config, node) ? network.rules(node).current : [];
      if (left.length > 0) return () => {};
      const { createKubeProxy } = await import('../proxy/kubeproxy.js');
      return component(
        (parts) => createKubeProxy({ node, informers: parts.informers, backend: network.rules(node), quiescence, log: lines(log, resumed) }),
        account('kube-proxy'),
        node,
      );
    },
    coredns: async ({ node, podIp, log, resumed }) => {
      const { createCoreDns } = await import('../proxy/dns/coredns.js');
      let dns: ReturnType<typeof createCoreDns> | undefined;
      const end = await component(
        (parts) => (dns = createCoreDns({ informers: parts.informers, domain: 'cluster.local', log: lines(log, resumed) })),
        account('coredns'),
        node,
      );
      const closes = [
        network.hosted.listenUdp(podIp, 53, (data, reply) => {
          const answer = dns?.respond(data);
          if (answer !== undefined) reply(answer);
        }),
        listen(podIp, 8080),
        network.hosted.listenHttp(podIp, 8181, () => (dns?.ready ? { status: 200, body: 'OK' } : { status: 503, body: '' })),
      ];
      return async () => {
        for (const close of closes) close();
        await end();
      };
    },
    'metrics-server': ({ podIp }) => listen(podIp, 10_250),
    'calico-node': () => () => {},
    'calico-kube-controllers': () => () => {},
  };
  return { program: (name) => (programs[name] === undefined ? undefined : hosted(machinery, programs[name])) };

  /** As Kubernetes' own: with a configuration that cannot be, it ends at once. */
  async function configured(start: HostedStart, begin: Begin): Promise<() => Promise<void> | void> {
    try {
      await schedulerConfig(machinery);
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      live.set('kube-scheduler', false);
      start.log(`"command failed" err=${JSON.stringify(error.message)}`);
      start.exited(1);
      return () => {};
    }
    return begin(start);
  }

  async function component(make: (parts: { informers: InformerFactory }) => Component, user: UserInfo, node: string): Promise<() => Promise<void>> {
    const isCut = isCutOff(machinery.config, node);
    const { informers, release } = isCut ? heardOnce(user) : sharedInformers(user);
    const part = make({ informers });
    // Not waited for: an API server that is not there yet must not keep it from being stopped.
    part
      .start()
      .then(() => (isCut ? release() : undefined))
      .catch((error: Error) => machinery.log.error(`${user.name}: ${error.message}`));
    return async () => {
      await part.stop();
      release();
    };
  }

  /** A program of a node that is cut off goes on with what it knew, and hears of nothing new. */
  function heardOnce(user: UserInfo): { informers: InformerFactory; release(): void } {
    const informers = informersOf(user);
    return { informers, release: () => informers.stop() };
  }

  function informersOf(user: UserInfo): InformerFactory {
    const { handler, clock, random } = machinery;
    const client = createClient({
      handler,
      credentials: { type: 'inProcess', identity: new InProcessIdentity(user) },
      userAgent: `${user.name.split(':').at(-1)}/v1.36.3`,
      durability: 'background',
    });
    return createInformerFactory({ client, clock, quiescence, random });
  }

  /** One cache and one watch for all copies of a program in this process; the last to go stops them. */
  function sharedInformers(user: UserInfo): { informers: InformerFactory; release(): void } {
    let shared = caches.get(user.name);
    if (shared === undefined) caches.set(user.name, (shared = { users: 0, informers: informersOf(user) }));
    const { informers } = shared;
    const mine = shared;
    mine.users++;
    return {
      informers,
      release() {
        if (--mine.users > 0) return;
        informers.stop();
        caches.delete(user.name);
      },
    };
  }
}

const account = (name: string): UserInfo => ({
  name: `system:serviceaccount:kube-system:${name}`,
  groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
});
/** A program that goes on in a new process has said how it started. */
const lines = (log: (line: string) => void, resumed: boolean) => ({ info: resumed ? () => {} : log, warning: log, error: log });

/** Ended by SIGKILL a program answers 137, otherwise 0. */
const KILLED = 137;

function hosted({ log }: Machinery, begin: Begin): HostedProgram {
  return {
    start(options): HostedProcess {
      // Nothing is held while it begins: its caches may have to wait for an API server that is not live yet.
      const begun = Promise.resolve(begin(options)).catch((error: Error) => {
        log.error(`${options.pod.name}: ${error.message}`);
        options.log(`E ${error.message}`);
        return () => {};
      });
      return {
        async stop(signal) {
          await (
            await begun
          )();
          return signal === 'SIGKILL' ? KILLED : 0;
        },
      };
    },
  };
}

/** What a program inside the cluster gets from the API server's port: plain HTTP to the same handle(), with the token it sends. */
async function answerApi(
  { handler }: Machinery,
  request: { method: string; path: string; headers: Record<string, string>; body: Uint8Array },
): Promise<HttpAnswer> {
  const token = /^bearer\s+(\S+)$/i.exec(request.headers.authorization ?? request.headers.Authorization ?? '')?.[1];
  const [path, query] = request.path.split('?');
  const answer = await handler.handle({
    method: request.method,
    path: path!,
    query: new URLSearchParams(query ?? ''),
    headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value])),
    credentials: token === undefined ? { type: 'none' } : { type: 'bearer', token },
    ...(request.body.length === 0 ? {} : { body: request.body }),
  });
  if (answer.type === 'text') return { status: answer.status, headers: { 'Content-Type': answer.contentType }, body: answer.body };
  if (answer.type === 'object') return { status: answer.status, headers: { 'Content-Type': 'application/json' }, body: `${JSON.stringify(answer.object)}\n` };
  return { status: 501, body: 'streams are not served inside the simulated network\n' };
}
