/** What the parts of one kubelet share. */
import type { EventRecorder } from '../client/events.js';
import { createConfigReader } from './configreader.js';
import type { KubeletConfiguration } from './config.js';
import { Backoff } from './containers/backoff.js';
import type { ConfigReader } from './containers/env.js';
import type { PulledRecords } from './containers/pulledrecords.js';
import type { ObjectReference, Pod } from './kinds.js';
import type { KubeletOptions } from './options.js';
import type { KnownManifest } from './staticpods/manifests.js';
import type { SavedResize } from './pods/resize.js';
import type { SavedTurn, Verdict } from './pods/worker.js';
import type { StatusManager } from './pods/statusmanager.js';
import type { ProbeManager } from './probes/probemanager.js';

export interface Context {
  readonly options: KubeletOptions;
  readonly config: KubeletConfiguration;
  readonly reader: ConfigReader;
  readonly status: StatusManager;
  readonly probes: ProbeManager;
  readonly restarts: Backoff;
  readonly pulls: Backoff;
  readonly pulled: PulledRecords;
  readonly hostIps: readonly string[];
  readonly allocatable: Readonly<Record<string, string>>;
  /** Whether volumes, hosts files and termination messages are kept on the node's disk. */
  readonly keepsFiles: boolean;
  /** Resizes that an earlier process left under way, by the pod's uid. */
  readonly resizes: Map<string, SavedResize>;
  /** Turns that pods of an earlier process waited for, by the pod's uid. */
  readonly turns: Map<string, SavedTurn>;
  /** What the files of static pods said when they were last read. */
  readonly manifests: Map<string, KnownManifest>;
  /** Pods that were let in, with the resources that they were granted, to see whether another fits beside them. */
  admitted(): readonly Pod[];
  /** Conditions of the node that keep pods away: MemoryPressure, DiskPressure. */
  pressure(): readonly string[];
  /** Ends pods for a reason of the node's; resolves when they have ended. */
  preempt(pods: readonly Pod[], verdict: Verdict): Promise<void>;
  /** A pod has ended: a resize that waited for room may have it now. */
  roomFreed(): void;
  /** Looks at all resizes that wait, in their order, and wakes whoever is concerned but the one named. */
  retryResizes(uid: string | undefined): void;
  wake(uid: string): void;
}

const BACKOFF_FIRST_MS = 10_000;
/** Of pulls; containers have their own in the configuration. */
const BACKOFF_MAX_MS = 300_000;

export const newBackoff = (maxMs = BACKOFF_MAX_MS): Backoff => new Backoff({ firstMs: Math.min(BACKOFF_FIRST_MS, maxMs), maxMs });

export { createConfigReader };

/** Who an Event of a pod, or of one of its containers, is about. */
export function referenceTo({ metadata }: Pod, fieldPath?: string): ObjectReference {
  return {
    kind: 'Pod',
    namespace: metadata.namespace!,
    name: metadata.name!,
    uid: metadata.uid!,
    apiVersion: 'v1',
    ...(metadata.resourceVersion === undefined ? {} : { resourceVersion: metadata.resourceVersion }),
    ...(fieldPath === undefined ? {} : { fieldPath }),
  };
}

export function fieldPathOf({ spec }: Pod, name: string): string {
  if (spec.containers.some((container) => container.name === name)) return `spec.containers{${name}}`;
  if ((spec.initContainers ?? []).some((container) => container.name === name)) return `spec.initContainers{${name}}`;
  return `spec.ephemeralContainers{${name}}`;
}

export function podEvent(recorder: EventRecorder, pod: Pod, type: 'Normal' | 'Warning', reason: string, message: string): void {
  recorder.event(referenceTo(pod), type, reason, message);
}

export function containerEvent(recorder: EventRecorder, pod: Pod, container: string, type: 'Normal' | 'Warning', reason: string, message: string): void {
  recorder.event(referenceTo(pod, fieldPathOf(pod, container)), type, reason, message);
}
