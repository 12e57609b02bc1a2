/**
 * One component by itself, as a process of its own: kube-scheduler,
 * kube-controller-manager or a kubelet over the simulated machine, against
 * whatever API server a kubeconfig names. Nothing here knows of a store or of
 * the other components; what they share, they share through that server.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AloneOptions, Session, Terminal } from '../cli/host.js';
import { createEventRecorder } from '../client/events.js';
import { createInformerFactory } from '../client/informerfactory.js';
import { electLeader } from '../client/leaderelection.js';
import { createClient } from '../client/resource.js';
import { systemClock } from '../platform/clock.js';
import type { Component, Log } from '../platform/component.js';
import { Quiescence } from '../platform/quiescence.js';
import { randomUid, systemRandom } from '../platform/random.js';
import type { ConfigFile, Election } from '../scheduler/configfile.js';
import { inGoWords } from '../platform/goerrors.js';
import { askingOver, readSchedulerConfig } from './schedulerconfig.js';

interface Alone {
  session: Session;
  home: string;
  hostname: string;
  terminal: Terminal;
  options: AloneOptions;
}

interface Parts {
  session: Session;
  quiescence: Quiescence;
  log: Log;
  clientAs(userAgent: string): ReturnType<typeof createClient>;
}

const VERSION = 'v1.36.3 (linux/amd64) kubernetes';

/** Runs until a signal, or until another leads; resolves to the exit code. */
export async function runAlone({ session, home, hostname, terminal, options }: Alone): Promise<number> {
  const line = (letter: string) => (text: string) => terminal.stderr.write(`${letter} ${text}\n`);
  const log: Log = { info: line('I'), warning: line('W'), error: line('E') };
  const quiescence = new Quiescence();
  const clientAs = (userAgent: string) => createClient({ handler: session.handler, credentials: session.credentials, userAgent });
  const parts: Parts = { session, quiescence, log, clientAs };
  const told = options.schedulerConfig === undefined ? undefined : await readSchedulerConfig(options.schedulerConfig);
  const leaderElect = options.leaderElect ?? told?.election.leaderElect ?? true;
  const component = await (options.component === 'kubelet'
    ? kubelet(parts, home, options)
    : options.component === 'kube-scheduler'
      ? scheduler(parts, hostname, told)
      : controllerManager(parts, options));
  const interrupted = new Promise<number>((resolve) => terminal.onInterrupt(() => resolve(0)));
  terminal.stdout.write(`started ${options.component}\n`);
  if (options.component === 'kubelet' || !leaderElect) {
    await component.start();
    await interrupted;
    await component.stop();
    return 0;
  }
  return led(parts, options.component, `${hostname}_${randomUid(systemRandom)}`, component, interrupted, told?.election);
}

/** As Kubernetes' own: who loses the lease ends, with 1, and is started anew by whoever started it. */
async function led(
  { clientAs, log, quiescence }: Parts,
  name: string,
  identity: string,
  component: Component,
  interrupted: Promise<number>,
  election?: Election,
): Promise<number> {
  const client = clientAs(`${name}/${VERSION}/leader-election`);
  let lost = (_code: number): void => {};
  const over = new Promise<number>((resolve) => (lost = resolve));
  const { leaderElect: _, ...times } = election ?? {};
  const elected = electLeader({
    client,
    clock: systemClock,
    random: systemRandom,
    log,
    recorder: createEventRecorder({ client, clock: systemClock, quiescence, log, component: name === 'kube-scheduler' ? 'default-scheduler' : name }),
    lease: { namespace: 'kube-system', name },
    ...times,
    identity,
    started: () => void component.start().catch((error: Error) => log.error(error.message)),
    stopped: () => lost(1),
  });
  void elected.start();
  const code = await Promise.race([interrupted, over]);
  await component.stop();
  if (code === 0) await elected.stop();
  else log.error('leaderelection lost');
  return code;
}

async function scheduler({ clientAs, quiescence, log }: Parts, hostname: string, told: ConfigFile | undefined): Promise<Component> {
  const { createScheduler } = await import('../scheduler/scheduler.js');
  const client = clientAs(`kube-scheduler/${VERSION}/scheduler`);
  const informers = createInformerFactory({ client, clock: systemClock, quiescence, random: systemRandom });
  return endedBy(
    createScheduler({
      client,
      informers,
      clock: systemClock,
      random: systemRandom,
      log,
      quiescence,
      hostname,
      ask: askingOver((path) => inGoWords('open', path, () => readFileSync(path, 'utf8'))),
      ...(told === undefined ? {} : { config: told.config }),
    }),
    () => informers.stop(),
  );
}

async function controllerManager(
  { session, clientAs, quiescence, log }: Parts,
  { controllers = ['*'], rootCaFile, clusterCidr }: AloneOptions,
): Promise<Component> {
  const { CONTROLLERS, createController } = await import('../controllers/index.js');
  const informers = createInformerFactory({
    client: clientAs(`kube-controller-manager/${VERSION}/shared-informers`),
    clock: systemClock,
    quiescence,
    random: systemRandom,
  });
  // As Kubernetes' own: without a file, whatever this client checks the server against.
  const rootCa = rootCaFile === undefined ? session.serverCa : inGoWords('open', rootCaFile, () => readFileSync(rootCaFile, 'utf8'));
  const config = {
    ...(rootCa === undefined ? {} : { rootCa }),
    ...(clusterCidr === undefined ? {} : { clusterCidr, nodeCidrMaskSize: 24 }),
  };
  const wanted = CONTROLLERS.filter(({ name }) => isWanted(name, controllers));
  const made = await Promise.all(
    wanted.map((entry) =>
      createController(entry, {
        informers,
        clock: systemClock,
        random: systemRandom,
        quiescence,
        log,
        config,
        clientFor: (_user, userAgent) => clientAs(userAgent),
      }),
    ),
  );
  return {
    name: 'kube-controller-manager',
    async start() {
      for (const { name } of wanted) log.info(`"Started controller" controller="${name}-controller"`);
      await Promise.all(made.map((controller) => controller.start()));
    },
    async stop() {
      await Promise.all(made.map((controller) => controller.stop()));
      informers.stop();
    },
  };
}

/** As --controllers: names, "-name" for those that are not to run, "*" for all others. */
function isWanted(name: string, listed: readonly string[]): boolean {
  const names = [name, `${name}-controller`];
  if (listed.some((one) => one.startsWith('-') && names.includes(one.slice(1)))) return false;
  return listed.includes('*') || listed.some((one) => names.includes(one));
}

async function kubelet(
  { clientAs, quiescence, log }: Parts,
  home: string,
  { nodeName = 'node', podCidr = '10.244.250.0/24', nodeIp = '127.0.0.1' }: AloneOptions,
): Promise<Component> {
  const [
    { createKubelet },
    { createSimRuntime },
    { createSimNetwork },
    { createImageCatalog },
    { noHostedPrograms },
    { diskFiles },
    { nodeProber },
    { NODE_SIZE },
  ] = await Promise.all([
    import('../kubelet/kubelet.js'),
    import('../sim/runtime/runtime.js'),
    import('../sim/network/network.js'),
    import('../sim/images/catalogue.js'),
    import('../sim/runtime/hosted.js'),
    import('../platform/diskfiles.js'),
    import('./prober.js'),
    import('./topology.js'),
  ]);
  const client = clientAs(`kubelet/${VERSION}`);
  const files = diskFiles(join(home, 'kubelets', nodeName));
  const network = createSimNetwork({ clock: systemClock, quiescence, random: systemRandom });
  const sim = createSimRuntime({
    node: { name: nodeName, addresses: [nodeIp], podCidr },
    network,
    files,
    clock: systemClock,
    random: systemRandom,
    quiescence,
    images: createImageCatalog({ mode: 'known' }),
    hosts: noHostedPrograms,
  });
  const recorder = createEventRecorder({ client, clock: systemClock, quiescence, log, component: 'kubelet', host: nodeName });
  const { cpu, memory, pods, ephemeralStorage } = NODE_SIZE;
  const agent = createKubelet({
    nodeName,
    addresses: [{ type: 'InternalIP', address: nodeIp }],
    capacity: { cpu, memory, pods, 'ephemeral-storage': ephemeralStorage },
    client,
    runtime: sim.runtime,
    images: sim.images,
    files,
    clock: systemClock,
    random: systemRandom,
    quiescence,
    recorder,
    log,
    prober: nodeProber(network, { name: nodeName, address: nodeIp }),
  });
  return endedBy(agent, () => sim.close());
}

/** The component, with something more to stop after it. */
function endedBy(component: Component, after: () => Promise<void> | void): Component {
  return {
    name: component.name,
    start: () => component.start(),
    async stop() {
      await component.stop();
      await after();
    },
  };
}
