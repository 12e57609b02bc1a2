/** Priority: a pod's class becomes its number; at most one class is the default. */
import { whenThere, type Soon } from '../../platform/soon.js';
import { isPod, isResource, read, readAll, refused, type AdmissionPlugin, type AdmissionRequest } from './plugin.js';

export const priority: AdmissionPlugin = {
  name: 'Priority',
  handles: (request) =>
    (isPod(request) || isResource(request, 'scheduling.k8s.io', 'priorityclasses')) && (request.operation === 'CREATE' || request.operation === 'UPDATE'),
  admit(request) {
    if (!isPod(request)) return;
    return request.operation === 'UPDATE' ? keep(request) : resolve(request);
  },
  validate(request) {
    if (isPod(request) || request.object.globalDefault !== true) return;
    return onlyDefault(request);
  },
};

async function onlyDefault(request: AdmissionRequest): Promise<void> {
  const { object, name } = request;
  const other = (await readAll(request.server, 'scheduling.k8s.io', 'priorityclasses', '')).find(
    (one) => one.globalDefault === true && one.metadata.name !== (object.metadata.name ?? name),
  );
  if (other !== undefined) throw refused(request, `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`);
}

function keep({ object, previous }: AdmissionRequest): void {
  const old = (previous as any).spec;
  const { priority = old.priority, preemptionPolicy = old.preemptionPolicy } = object.spec;
  // The spec may be the stored one itself, which nobody edits.
  if (priority !== object.spec.priority || preemptionPolicy !== object.spec.preemptionPolicy) object.spec = { ...object.spec, priority, preemptionPolicy };
}

function resolve(request: AdmissionRequest): Soon<void> {
  const { object, server } = request;
  const { spec } = object;
  if ((spec.priorityClassName ?? '') === '') {
    return whenThere(readAll(server, 'scheduling.k8s.io', 'priorityclasses', ''), (classes) => {
      const found = lowestDefault(classes);
      if (found !== undefined) spec.priorityClassName = found.metadata.name;
      setPriority(request, found);
    });
  }
  return whenThere(read(server, 'scheduling.k8s.io', 'priorityclasses', { namespace: '', name: spec.priorityClassName }), (found) => {
    if (found === undefined) throw refused(request, `no PriorityClass with name ${spec.priorityClassName} was found`);
    setPriority(request, found);
  });
}

/** `found` is undefined where the pod names no class and none is the default. */
function setPriority(request: AdmissionRequest, found: any): void {
  const { spec } = request.object;
  const value: number = found?.value ?? 0;
  const policy: string = found?.preemptionPolicy ?? 'PreemptLowerPriority';
  if (spec.priority !== undefined && spec.priority !== value)
    throw refused(
      request,
      `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
    );
  if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== policy)
    throw refused(
      request,
      `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`,
    );
  spec.priority = value;
  spec.preemptionPolicy = policy;
}

function lowestDefault(classes: readonly any[]): any {
  let lowest: any;
  for (const one of classes) if (one.globalDefault === true && (lowest === undefined || one.value < lowest.value)) lowest = one;
  return lowest;
}
