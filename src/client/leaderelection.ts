/**
 * Leader election by a Lease, with client-go's rules: a holder renews every
 * two seconds; another takes over when it has not seen the record change for
 * the lease's duration, by its own clock; a holder that cannot renew in time steps down.
 */
import { Lease as LeaseKind } from '../api/coordination/lease.js';
import type { Lease } from '../api/coordination/types/lease.js';
import type { ObjectDraft } from '../apimachinery/object.js';
import { isNotFound, isStatusError } from '../apimachinery/status.js';
import { formatMicroTime } from '../apimachinery/time.js';
import type { Clock } from '../platform/clock.js';
import type { Log } from '../platform/component.js';
import type { Random } from '../platform/random.js';
import type { Client } from './client.js';
import type { EventRecorder } from './events.js';

export interface LeaderElectionOptions {
  client: Client;
  clock: Clock;
  random: Random;
  log: Log;
  recorder?: EventRecorder;
  lease: { namespace: string; name: string };
  identity: string;
  leaseDurationMs?: number;
  renewDeadlineMs?: number;
  retryPeriodMs?: number;
  started(): void;
  /** Called once when leadership is lost or given up. */
  stopped(): void;
}

const JITTER = 1.2;

export interface LeaderElection {
  readonly leading: boolean;
  /** Resolves when it has asked once. */
  start(): Promise<void>;
  /** Gives the lease up, so that another need not wait. */
  stop(): Promise<void>;
}

export function electLeader(options: LeaderElectionOptions): LeaderElection {
  const { client, clock, random, lease: key, identity, leaseDurationMs = 15_000, renewDeadlineMs = 10_000, retryPeriodMs = 2_000 } = options;
  const leases = client.on(LeaseKind);
  let observed: { lease: Lease; text: string; at: number } | undefined;
  let leading = false;
  let stopped = false;
  let renewedAt = 0;
  let cancel: (() => void) | undefined;

  function observe(lease: Lease): void {
    const text = JSON.stringify(lease.spec);
    if (observed?.text !== text) observed = { lease, text, at: clock.now() };
    else observed = { ...observed, lease };
  }

  async function tryOnce(): Promise<boolean> {
    const now = formatMicroTime(clock.now());
    const fresh = { holderIdentity: identity, leaseDurationSeconds: leaseDurationMs / 1000, acquireTime: now, renewTime: now };
    try {
      observe(await leases.get(key));
    } catch (error) {
      if (!isNotFound(error)) throw error;
      observe(
        await leases.create({
          apiVersion: 'coordination.k8s.io/v1',
          kind: 'Lease',
          metadata: { ...key },
          spec: { ...fresh, leaseTransitions: 0 },
        } as ObjectDraft<Lease>),
      );
      return true;
    }
    const { lease, at } = observed!;
    const { holderIdentity = '', acquireTime, leaseTransitions = 0 } = lease.spec ?? {};
    const mine = holderIdentity === identity;
    if (!mine && holderIdentity !== '' && at + leaseDurationMs > clock.now()) return false;
    const spec = { ...lease.spec, ...fresh, acquireTime: mine ? (acquireTime ?? now) : now, leaseTransitions: mine ? leaseTransitions : leaseTransitions + 1 };
    observe(await leases.update({ ...lease, spec } as Lease));
    return true;
  }

  async function round(): Promise<void> {
    let held = false;
    try {
      held = await tryOnce();
    } catch (error) {
      if (!isStatusError(error) && !(error instanceof Error)) throw error;
      options.log.error(`error retrieving resource lock ${key.namespace}/${key.name}: ${(error as Error).message}`);
    }
    if (stopped) return;
    if (held) renewedAt = clock.now();
    if (held && !leading) begin();
    else if (leading && !held && clock.now() - renewedAt >= renewDeadlineMs) end();
    if (!stopped) cancel = clock.after(leading ? retryPeriodMs : retryPeriodMs + random.int(retryPeriodMs * JITTER), () => void round());
  }

  function begin(): void {
    leading = true;
    const lease = observed!.lease;
    options.recorder?.event(lease, 'Normal', 'LeaderElection', `${identity} became leader`);
    options.log.info(`successfully acquired lease ${key.namespace}/${key.name}`);
    options.started();
  }

  function end(): void {
    leading = false;
    stopped = true;
    if (observed !== undefined) options.recorder?.event(observed.lease, 'Normal', 'LeaderElection', `${identity} stopped leading`);
    options.stopped();
  }

  return {
    get leading() {
      return leading;
    },
    start: round,
    async stop() {
      if (stopped) return;
      stopped = true;
      cancel?.();
      if (!leading) return;
      leading = false;
      const { lease } = observed!;
      const now = formatMicroTime(clock.now());
      try {
        await leases.update({ ...lease, spec: { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1, acquireTime: now, renewTime: now } } as Lease);
      } catch (error) {
        if (!isStatusError(error) && !(error instanceof Error)) throw error; // another took it already, or the server is gone: either way it is free soon
      }
      options.stopped();
    },
  };
}
