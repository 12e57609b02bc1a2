/**
 * kube-proxy: keeps one node's rules in step with Services and EndpointSlices.
 * It knows a rule backend and the API server, and nothing else.
 */
import { EndpointSlice } from '../api/discovery/endpointslice.js';
import { Service } from '../api/core/service.js';
import type { InformerFactory } from '../client/client.js';
import type { RuleBackend } from '../cri/network.js';
import type { Component, Log } from '../platform/component.js';
import type { Quiescence } from '../platform/quiescence.js';
import { planRules } from './rules.js';

export interface KubeProxyOptions {
  node: string;
  informers: InformerFactory;
  backend: RuleBackend;
  quiescence: Quiescence;
  log: Log;
}

const SERVICE_NAME = 'kubernetes.io/service-name';
const BY_SERVICE = 'service';

/** The index every user of slices shares: "namespace/service". */
export function sliceIndex(slice: EndpointSlice): readonly string[] {
  const service = slice.metadata.labels?.[SERVICE_NAME];
  return service === undefined ? [] : [`${slice.metadata.namespace}/${service}`];
}

export function createKubeProxy({ node, informers, backend, quiescence, log }: KubeProxyOptions): Component {
  const services = informers.of<Service>(Service);
  const slices = informers.of<EndpointSlice>(EndpointSlice, { indexers: { [BY_SERVICE]: sliceIndex } });
  let stops: (() => void)[] = [];
  let scheduled = false;
  let running = false;

  return { name: `kube-proxy ${node}`, start, stop };

  async function start(): Promise<void> {
    running = true;
    await informers.start();
    if (!running) return; // stopped while it waited
    const handler = { added: changed, updated: changed, deleted: changed };
    stops = [services.handle(handler), slices.handle(handler)];
    sync();
    log.info(`"Starting to sync service rules" node="${node}"`);
  }

  async function stop(): Promise<void> {
    running = false;
    for (const end of stops.splice(0)) end();
  }

  // Many changes arrive in one turn; the rules are computed once for all of them.
  function changed(): void {
    if (scheduled) return;
    scheduled = true;
    const done = quiescence.hold();
    setImmediate(() => {
      scheduled = false;
      if (running) sync();
      done();
    });
  }

  function sync(): void {
    backend.sync(planRules(services.lister.list(), ({ metadata }) => slices.lister.byIndex(BY_SERVICE, `${metadata.namespace}/${metadata.name}`), node));
  }
}
