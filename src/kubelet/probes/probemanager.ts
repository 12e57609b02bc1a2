/**
 * Probes of the containers that run: startup first, then readiness and
 * liveness, each at its period, results after as many answers as its
 * thresholds ask. One that keeps giving the answer it gave waits on beats, so
 * that a cluster at rest is at rest.
 */
import type { Clock } from '../../platform/clock.js';
import type { Container, Pod, Probe } from '../kinds.js';
import { runProbe, type ProbeDeps } from './probe.js';

export type ProbeKind = 'startup' | 'readiness' | 'liveness';

export interface ProbeManagerOptions extends ProbeDeps {
  clock: Clock;
  /** Something that was shown has changed. */
  changed(pod: Pod, container: string, kind: ProbeKind, ok: boolean): void;
  unhealthy(pod: Pod, container: string, message: string): void;
}

export interface SavedProbe {
  containerId: string;
  kind: ProbeKind;
  ok: boolean | undefined;
  last: boolean | undefined;
  count: number;
  /** When it is to look next, milliseconds since the epoch. */
  due: number;
}

interface Prober {
  pod: Pod;
  container: Container;
  containerId: string;
  podIp: string;
  kind: ProbeKind;
  probe: Probe;
  /** What is shown; undefined: nothing yet. */
  ok: boolean | undefined;
  /** The last answer, how often it came in a row, and when the next is due. */
  last: boolean | undefined;
  count: number;
  due: number;
  cancel: () => void;
  isSteady: boolean;
  isOver: boolean;
}

const TITLE: Readonly<Record<ProbeKind, string>> = { startup: 'Startup', readiness: 'Readiness', liveness: 'Liveness' };
/** So many good answers in a row, and a probe is at rest. */
const STEADY_AFTER = 2;
/** So many bad ones: each raises the count of an Event, until Events are too many to be told. */
const STEADY_AFTER_FAILURES = 25;

export class ProbeManager {
  readonly #options: ProbeManagerOptions;
  /** By container id. */
  readonly #probers = new Map<string, Map<ProbeKind, Prober>>();
  #saved = new Map<string, SavedProbe>();

  constructor(options: ProbeManagerOptions) {
    this.#options = options;
  }

  /** Probes a container that runs, unless it does already. */
  ensure(pod: Pod, container: Container, { containerId, startedAt, podIp }: { containerId: string; startedAt: number; podIp: string }): void {
    const known = this.#probers.get(containerId);
    if (known !== undefined) {
      for (const prober of known.values()) prober.pod = pod;
      return;
    }
    const probers = new Map<ProbeKind, Prober>();
    this.#probers.set(containerId, probers);
    for (const [kind, probe] of probesOf(container)) {
      const saved = this.#saved.get(`${containerId} ${kind}`);
      const due = saved?.due ?? startedAt + (probe.initialDelaySeconds ?? 0) * 1000;
      probers.set(kind, {
        pod,
        container,
        containerId,
        podIp,
        kind,
        probe,
        ok: saved?.ok,
        last: saved?.last,
        count: saved?.count ?? 0,
        due,
        cancel: () => {},
        isSteady: false,
        isOver: false,
      });
    }
    const startup = probers.get('startup');
    if (startup !== undefined && startup.ok !== true) this.#wait(startup);
    else this.#begin(probers);
  }

  isStarted(containerId: string): boolean {
    const startup = this.#probers.get(containerId)?.get('startup');
    return startup === undefined || startup.ok === true;
  }

  isReady(containerId: string): boolean {
    const readiness = this.#probers.get(containerId)?.get('readiness');
    return this.isStarted(containerId) && (readiness === undefined || readiness.ok === true);
  }

  /** The probe that wants the container killed. */
  failed(containerId: string): { kind: 'liveness' | 'startup'; probe: Probe } | undefined {
    for (const kind of ['liveness', 'startup'] as const) {
      const prober = this.#probers.get(containerId)?.get(kind);
      if (prober?.ok === false) return { kind, probe: prober.probe };
    }
    return undefined;
  }

  /** The container is no more. */
  drop(containerId: string): void {
    for (const prober of this.#probers.get(containerId)?.values() ?? []) this.#end(prober);
    this.#probers.delete(containerId);
  }

  /** A pod that ends is no longer asked, but what was known of it stays. */
  quiet(containerId: string): void {
    for (const prober of this.#probers.get(containerId)?.values() ?? []) this.#end(prober);
  }

  stop(): void {
    for (const id of [...this.#probers.keys()]) this.drop(id);
  }

  saved(): SavedProbe[] {
    return [...this.#probers.values()].flatMap((probers) =>
      [...probers.values()].map(({ containerId, kind, ok, last, count, due }) => ({ containerId, kind, ok, last, count, due })),
    );
  }

  restore(saved: readonly SavedProbe[]): void {
    this.#saved = new Map(saved.map((probe) => [`${probe.containerId} ${probe.kind}`, probe]));
  }

  #begin(probers: ReadonlyMap<ProbeKind, Prober>): void {
    for (const prober of probers.values()) {
      if (prober.kind === 'startup') continue;
      this.#wait(prober);
    }
  }

  #end(prober: Prober): void {
    prober.isOver = true;
    prober.cancel();
  }

  #wait(prober: Prober): void {
    const { clock } = this.#options;
    prober.cancel();
    if (prober.isOver) return;
    prober.cancel = clock.after(Math.max(0, prober.due - clock.now()), () => void this.#look(prober));
  }

  async #look(prober: Prober): Promise<void> {
    const { clock, unhealthy } = this.#options;
    const asked = clock.now();
    const outcome = await runProbe(prober.probe, prober, this.#options);
    if (prober.isOver) return;
    const period = (prober.probe.periodSeconds ?? 10) * 1000;
    prober.due = Math.max(asked + period, clock.now());
    if (outcome.result === 'unknown') {
      unhealthy(prober.pod, prober.container.name, `${TITLE[prober.kind]} probe errored and resulted in unknown state: ${outcome.problem}`);
      this.#next(prober, period);
      return;
    }
    const ok = outcome.result === 'success';
    if (!ok) unhealthy(prober.pod, prober.container.name, `${TITLE[prober.kind]} probe failed: ${outcome.output}`);
    prober.count = prober.last === ok ? prober.count + 1 : 1;
    prober.last = ok;
    const threshold = (ok ? prober.probe.successThreshold : prober.probe.failureThreshold) ?? (ok ? 1 : 3);
    if (prober.count >= threshold && prober.ok !== ok) this.#decide(prober, ok);
    this.#next(prober, period);
  }

  #decide(prober: Prober, ok: boolean): void {
    const before = prober.ok;
    prober.ok = ok;
    const kills = prober.kind !== 'readiness' && !ok;
    if (kills || prober.kind === 'startup') this.#end(prober);
    if (prober.kind === 'startup' && ok) this.#startOthers(prober.containerId);
    // Readiness begins as failing and liveness as well: saying so again changes nothing.
    if (before === undefined && ((prober.kind === 'readiness' && !ok) || (prober.kind === 'liveness' && ok))) return;
    this.#options.changed(prober.pod, prober.container.name, prober.kind, ok);
  }

  #startOthers(containerId: string): void {
    const probers = this.#probers.get(containerId);
    if (probers === undefined) return;
    const now = this.#options.clock.now();
    for (const prober of probers.values()) if (prober.due < now) prober.due = now;
    this.#begin(probers);
  }

  #next(prober: Prober, period: number): void {
    if (prober.isOver) return;
    const enough =
      prober.last === true ? Math.max(STEADY_AFTER, prober.probe.successThreshold ?? 1) : Math.max(STEADY_AFTER_FAILURES, prober.probe.failureThreshold ?? 3);
    const atRest = prober.count >= enough && prober.ok === prober.last;
    if (!atRest) {
      prober.isSteady = false;
      this.#wait(prober);
    } else if (!prober.isSteady) {
      prober.isSteady = true;
      prober.cancel();
      let asking = false;
      prober.cancel = this.#options.clock.beat(period, () => {
        if (asking) return;
        asking = true;
        void this.#look(prober).finally(() => (asking = false));
      });
    }
  }
}

function probesOf({ startupProbe, readinessProbe, livenessProbe }: Container): [ProbeKind, Probe][] {
  const found: [ProbeKind, Probe | undefined][] = [
    ['startup', startupProbe],
    ['readiness', readinessProbe],
    ['liveness', livenessProbe],
  ];
  return found.filter((pair): pair is [ProbeKind, Probe] => pair[1] !== undefined);
}
