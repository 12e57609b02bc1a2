/**
 * What a controller is made of and what it offers. A controller is a function
 * from what is to what should be done: it looks at caches alone, writes through
 * the client it is given, and may be killed at any point.
 */
import type { Kind } from '../api/kind.js';
import type { KubeObject } from '../apimachinery/object.js';
import type { Client, Informer, InformerFactory, InformerHandler } from '../client/client.js';
import type { EventRecorder } from '../client/events.js';
import { keyTextOf } from '../client/resource.js';
import { runController, type Outcome } from '../client/runner.js';
import { createWorkQueue, type Delayed, type WorkQueue } from '../client/workqueue.js';
import type { Clock } from '../platform/clock.js';
import type { Component, Log } from '../platform/component.js';
import type { CertificateTools } from './certificates/request.js';
import type { Quiescence } from '../platform/quiescence.js';
import type { Random } from '../platform/random.js';

export type { Outcome } from '../client/runner.js';

/** What kube-controller-manager takes from its command line. Everything has Kubernetes' default. */
export interface ControllerConfig {
  /** PEM of the cluster's root certificate, for kube-root-ca.crt; without it no such ConfigMap is made. */
  rootCa?: string;
  /** Reads and signs certificate requests; without it none is approved or signed. */
  certificates?: CertificateTools;
  /** Signs a token for a Secret that is to hold it; without it such Secrets stay empty. */
  issueSecretToken?(spec: { namespace: string; serviceAccount: { name: string; uid: string }; secret: string }): Promise<string>;
  /** --cluster-cidr: nodes get their pod ranges from here. */
  clusterCidr?: string;
  /** --node-cidr-mask-size. */
  nodeCidrMaskSize?: number;
  /** --node-monitor-grace-period. */
  nodeMonitorGracePeriodMs?: number;
  /** When a node was last heard of, where that is known from before this process (milliseconds since the epoch). */
  lastHeardOf?(node: string): number | undefined;
  /** --terminated-pod-gc-threshold. */
  terminatedPodGcThreshold?: number;
}

export interface ControllerDeps {
  client: Client;
  /** Shared by all controllers of a process. */
  informers: InformerFactory;
  clock: Clock;
  random: Random;
  recorder: EventRecorder;
  log: Log;
  quiescence: Quiescence;
  config: ControllerConfig;
}

export interface Controller extends Component {
  /** Names of the kinds it watches. */
  readonly kinds: readonly string[];
  /** What is to be looked at later, by queue key. */
  delayed(): Delayed[];
  /** Takes up what another process left; before start. */
  restore(delayed: readonly Delayed[]): void;
}

export interface ControllerParts {
  name: string;
  deps: ControllerDeps;
  /** What it reads, asked of the factory before start. Its own writes to these are waited for. */
  informers: readonly (readonly [Kind, Informer<any>])[];
  workers?: number;
  reconcile(key: string, client: Client): Promise<Outcome>;
  /** Connects changes to keys; returns what takes that back. */
  wire(queue: WorkQueue): (() => void)[];
  retry?: { firstMs: number; maxMs: number };
}

const WORKERS = 5;

export function makeController({ name, deps, informers, workers = WORKERS, reconcile, wire, retry }: ControllerParts): Controller {
  const queue = createWorkQueue({ clock: deps.clock, quiescence: deps.quiescence, ...(retry === undefined ? {} : { retry }) });
  const runner = runController({ name, queue, reconcile, workers, client: deps.client, informers: new Map(informers), clock: deps.clock, log: deps.log });
  let unwire: (() => void)[] = [];
  return {
    name,
    kinds: informers.map(([kind]) => kind.kind),
    async start() {
      await deps.informers.start();
      unwire = wire(queue);
      await runner.start();
    },
    async stop() {
      for (const undo of unwire.splice(0)) undo();
      await runner.stop();
    },
    delayed: () => queue.delayed(),
    restore: (delayed) => queue.restore(delayed),
  };
}

/** Tells `on` of every change, with the object as it is now or last was. */
export function anyChange<T extends KubeObject>(on: (object: T, previous?: T) => void): InformerHandler<T> {
  return { added: (object) => on(object), updated: (next, previous) => on(next, previous), deleted: (object) => on(object) };
}

/** Puts the key of every changed object into the queue. */
export function enqueueItself(queue: WorkQueue): InformerHandler<KubeObject> {
  return anyChange((object) => queue.add(keyTextOf(object)));
}
