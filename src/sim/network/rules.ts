/** A node's Service rules: which backend a connection to a cluster IP or node port goes to. */
import type { RuleBackend, ServiceRule } from '../../cri/network.js';
import type { Clock } from '../../platform/clock.js';
import type { Random } from '../../platform/random.js';

interface Dialled {
  address: string;
  port: number;
  protocol: string;
  client: string;
  isNode: boolean;
}

export class NodeRules implements RuleBackend {
  readonly #clock: Clock;
  readonly #random: Random;
  #rules: readonly ServiceRule[] = [];
  #byFrontend = new Map<string, ServiceRule>();
  #byNodePort = new Map<string, ServiceRule>();
  #affinity = new Map<string, { address: string; port: number; at: number }>();

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  sync(rules: readonly ServiceRule[]): void {
    this.#rules = rules;
    this.#byFrontend = new Map(rules.flatMap((rule) => rule.frontends.map(({ address, port }) => [`${rule.protocol}/${address}:${port}`, rule] as const)));
    this.#byNodePort = new Map(rules.filter(({ nodePort }) => nodePort > 0).map((rule) => [`${rule.protocol}/${rule.nodePort}`, rule] as const));
  }

  get current(): readonly ServiceRule[] {
    return this.#rules;
  }

  /** undefined: no rule; 'refused': a Service without endpoints. */
  choose(dialled: Dialled): { address: string; port: number } | 'refused' | undefined {
    const rule =
      this.#byFrontend.get(`${dialled.protocol}/${dialled.address}:${dialled.port}`) ??
      (dialled.isNode ? this.#byNodePort.get(`${dialled.protocol}/${dialled.port}`) : undefined);
    if (rule === undefined) return undefined;
    if (rule.backends.length === 0) return 'refused';
    const key = `${rule.service} ${dialled.client}`;
    const sticky = rule.affinitySeconds > 0 ? this.#affinity.get(key) : undefined;
    const now = this.#clock.now();
    const alive =
      sticky !== undefined &&
      now - sticky.at <= rule.affinitySeconds * 1000 &&
      rule.backends.some(({ address, port }) => address === sticky.address && port === sticky.port);
    const backend = alive ? sticky : rule.backends[this.#random.int(rule.backends.length)]!;
    if (rule.affinitySeconds > 0) this.#affinity.set(key, { address: backend.address, port: backend.port, at: now });
    return { address: backend.address, port: backend.port };
  }

  describe(): string[] {
    return this.#rules.flatMap((rule) => {
      const to = rule.backends.length === 0 ? 'REJECT (no endpoints)' : rule.backends.map(({ address, port }) => `${address}:${port}`).join(', ');
      const sticky = rule.affinitySeconds > 0 ? `, same client same backend for ${rule.affinitySeconds}s` : '';
      const lines = rule.frontends.map(({ address, port }) => `${rule.service} ${rule.protocol} ${address}:${port} -> ${to}${sticky}`);
      return rule.nodePort > 0 ? [...lines, `${rule.service} ${rule.protocol} nodePort ${rule.nodePort} -> ${to}${sticky}`] : lines;
    });
  }
}
