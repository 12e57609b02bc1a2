/**
 * Carries out a preemption: pods that matter less lose their promise of the
 * node, victims are told why and deleted. Until the last of them is going, the
 * pod they make room for is kept from trying again.
 */
import { isNotFound } from '../apimachinery/status.js';
import { formatTime } from '../apimachinery/time.js';
import type { Handle } from './handle.js';
import { Pod } from './kinds.js';
import type { NodeInfo } from './nodeinfo.js';
import type { PodInfo } from './podinfo.js';

interface Key {
  namespace: string;
  name: string;
}

const keyOf = ({ namespace, name }: PodInfo): Key => ({ namespace, name });

export class Preemptor {
  readonly #handle: Handle;
  /** Pods that evictions are under way for, by uid; with the last victim, once the others are gone. */
  readonly #underWay = new Map<string, Key | undefined>();

  constructor(handle: Handle) {
    this.#handle = handle;
  }

  isUnderWay({ uid }: PodInfo): boolean {
    if (!this.#underWay.has(uid)) return false;
    const last = this.#underWay.get(uid);
    if (last === undefined) return true;
    const victim = this.#handle.podNow(last);
    return victim !== undefined && victim.metadata.deletionTimestamp === undefined;
  }

  evict(node: NodeInfo, victims: readonly PodInfo[], pod: PodInfo): void {
    const { background, log } = this.#handle;
    const left = victims.filter(({ isTerminating }) => !isTerminating);
    log.info(`${pod.key} preempts ${victims.length} pods on ${node.name}`);
    if (left.length === 0) return;
    this.#underWay.set(pod.uid, undefined);
    background(this.#carryOut(node, left, pod));
  }

  async #carryOut(node: NodeInfo, victims: readonly PodInfo[], pod: PodInfo): Promise<void> {
    const last = victims.at(-1)!;
    try {
      await this.#takeBackPromises(node, pod);
      await Promise.all(victims.slice(0, -1).map((victim) => this.#remove(victim, pod, node)));
      this.#underWay.set(pod.uid, keyOf(last));
      await this.#remove(last, pod, node);
    } catch (error) {
      this.#underWay.delete(pod.uid);
      this.#handle.activate(pod.uid); // nothing else would wake it
      throw error;
    }
    this.#underWay.delete(pod.uid);
  }

  /** Pods that matter less and were promised this node have to look again. */
  async #takeBackPromises({ name }: NodeInfo, { uid, priority }: PodInfo): Promise<void> {
    const { client, nominator } = this.#handle;
    const losers = nominator.on(name).filter((other) => other.priority < priority && other.uid !== uid && (other.pod.status.nominatedNodeName ?? '') !== '');
    await Promise.all(
      losers.map((other) =>
        ignoringNotFound(
          client.on(Pod).patch(keyOf(other), 'strategic', { metadata: { uid: other.uid }, status: { nominatedNodeName: null } }, { subresource: 'status' }),
        ),
      ),
    );
  }

  async #remove(victim: PodInfo, pod: PodInfo, node: NodeInfo): Promise<void> {
    const { client, recorder } = this.#handle;
    const pods = client.on(Pod);
    const patch = this.#disrupted(victim.pod, pod);
    try {
      if (patch !== undefined) await pods.patch(keyOf(victim), 'strategic', patch, { subresource: 'status' });
      await pods.delete(keyOf(victim), { preconditions: { uid: victim.uid } });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      return; // it went by itself
    }
    recorder.event(victim.pod, {
      type: 'Normal',
      reason: 'Preempted',
      action: 'Preempting',
      note: `Preempted by pod ${pod.uid} on node ${node.name}`,
      related: pod.pod,
    });
  }

  /** The condition that tells why it goes; undefined where that stands there already. */
  #disrupted({ metadata, status }: Pod, { pod: { spec } }: PodInfo): object | undefined {
    const reason = 'PreemptionByScheduler';
    const message = `${spec.schedulerName}: preempting to accommodate a higher priority pod`;
    const observed = metadata.generation === undefined ? {} : { observedGeneration: metadata.generation };
    const known = status.conditions?.find(({ type }) => type === 'DisruptionTarget');
    if (known?.status === 'True' && known.reason === reason && known.message === message && known.observedGeneration === metadata.generation) return undefined;
    const lastTransitionTime = known?.status === 'True' && known.lastTransitionTime ? known.lastTransitionTime : formatTime(this.#handle.clock.now());
    return {
      metadata: { uid: metadata.uid },
      status: { conditions: [{ type: 'DisruptionTarget', ...observed, status: 'True', lastProbeTime: null, lastTransitionTime, reason, message }] },
    };
  }
}

async function ignoringNotFound(promised: Promise<unknown>): Promise<void> {
  try {
    await promised;
  } catch (error) {
    if (!isNotFound(error)) throw error; // who is gone has no promise
  }
}
