/** RuntimeClass: a pod carries the overhead and the node selection of the runtime it asks for. */
import { deepEqual } from '../../apimachinery/deep.js';
import { whenThere, type Soon } from '../../platform/soon.js';
import { isPod, read, refused, type AdmissionPlugin, type AdmissionRequest } from './plugin.js';

export const runtimeClass: AdmissionPlugin = {
  name: 'RuntimeClass',
  handles: (request) => isPod(request) && request.operation === 'CREATE',
  admit: (request) => whenThere(classOf(request), (found) => take(request, found)),
  validate: (request) => whenThere(classOf(request), (found) => confirm(request, found)),
};

function take(request: AdmissionRequest, found: any): void {
  if (found === undefined) return;
  const { spec } = request.object;
  const overhead = found.overhead?.podFixed;
  if (overhead !== undefined) {
    if (spec.overhead !== undefined && !deepEqual(spec.overhead, overhead))
      throw refused(request, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
    spec.overhead = { ...overhead };
  }
  schedule(request, found.scheduling, spec);
}

function confirm(request: AdmissionRequest, found: any): void {
  const { overhead } = request.object.spec;
  if (found !== undefined && found.overhead?.podFixed !== undefined) {
    if (!deepEqual(overhead, found.overhead.podFixed)) throw refused(request, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
  } else if (overhead !== undefined && Object.keys(overhead).length > 0)
    throw refused(request, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead');
}

/** undefined: the pod names none. */
function classOf(request: AdmissionRequest): Soon<any> {
  const name: string | undefined = request.object.spec.runtimeClassName;
  if (name === undefined) return undefined;
  return whenThere(read(request.server, 'node.k8s.io', 'runtimeclasses', { namespace: '', name }), (found) => {
    if (found === undefined) throw refused(request, `pod rejected: RuntimeClass ${JSON.stringify(name)} not found`);
    return found;
  });
}

function schedule(request: AdmissionRequest, scheduling: any, spec: any): void {
  if (scheduling === undefined) return;
  const own: Record<string, string> = spec.nodeSelector ?? {};
  for (const [key, value] of Object.entries<string>(scheduling.nodeSelector ?? {})) {
    if (own[key] !== undefined && own[key] !== value)
      throw refused(request, `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own[key]}`);
  }
  if (scheduling.nodeSelector !== undefined) spec.nodeSelector = { ...own, ...scheduling.nodeSelector };
  const tolerations: object[] = spec.tolerations ?? [];
  const added = (scheduling.tolerations ?? []).filter((toleration: object) => !tolerations.some((one) => deepEqual(one, toleration)));
  if (added.length > 0) spec.tolerations = [...tolerations, ...added];
}
