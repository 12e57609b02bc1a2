/** Pods that wait for a node they were promised when others were evicted for them. */
import type { PodInfo } from './podinfo.js';

const NOBODY: readonly PodInfo[] = [];

export class Nominator {
  readonly #nodeOf = new Map<string, string>();
  readonly #on = new Map<string, Map<string, PodInfo>>();

  get isEmpty(): boolean {
    return this.#nodeOf.size === 0;
  }

  on(nodeName: string): readonly PodInfo[] {
    const pods = this.#on.get(nodeName);
    return pods === undefined ? NOBODY : [...pods.values()];
  }

  nodeOf(uid: string): string | undefined {
    return this.#nodeOf.get(uid);
  }

  set(pod: PodInfo, nodeName: string): void {
    this.remove(pod.uid);
    if (nodeName === '') return;
    this.#nodeOf.set(pod.uid, nodeName);
    let pods = this.#on.get(nodeName);
    if (pods === undefined) this.#on.set(nodeName, (pods = new Map()));
    pods.set(pod.uid, pod);
  }

  remove(uid: string): void {
    const nodeName = this.#nodeOf.get(uid);
    if (nodeName === undefined) return;
    this.#nodeOf.delete(uid);
    const pods = this.#on.get(nodeName);
    pods?.delete(uid);
    if (pods?.size === 0) this.#on.delete(nodeName);
  }
}
