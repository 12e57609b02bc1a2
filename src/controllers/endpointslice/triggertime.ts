/**
 * When the change happened that leads to new endpoints: the earliest moment,
 * among a Service and its pods, that was not accounted for before. Written as
 * an annotation; what is measured by it is how long the network took to learn.
 */
import type { Pod, Service } from '../kinds.js';
import { conditionOf } from '../pods.js';

interface Seen {
  service: string;
  pods: Map<string, string>;
}

export interface TriggerTimes {
  /** RFC 3339, or undefined where nothing newer happened than what was told before. */
  next(key: string, service: Service, pods: readonly Pod[]): string | undefined;
  forget(key: string): void;
}

export function triggerTimes(): TriggerTimes {
  const seen = new Map<string, Seen>();
  return {
    next(key, service, pods) {
      const before = seen.get(key) ?? { service: '', pods: new Map<string, string>() };
      const now: Seen = { service: service.metadata.creationTimestamp ?? '', pods: new Map(pods.map((pod) => [pod.metadata.name!, readyTime(pod)])) };
      seen.set(key, now);
      const newer = [...now.pods].filter(([name, time]) => time > (before.pods.get(name) ?? '')).map(([, time]) => time);
      if (now.service > before.service) newer.push(now.service);
      return newer.sort()[0];
    },
    forget: (key) => void seen.delete(key),
  };
}

function readyTime(pod: Pod): string {
  return conditionOf(pod.status.conditions, 'Ready')?.lastTransitionTime ?? '';
}
