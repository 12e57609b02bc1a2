/** Priority: a pod's class becomes its number; at most one class is the default. */
import { isPod, isResource, read, readAll, refused, type AdmissionPlugin, type AdmissionRequest } from './plugin.js';

export const priority: AdmissionPlugin = {
  name: 'Priority',
  handles: (request) => (isPod(request) || isResource(request, 'scheduling.k8s.io', 'priorityclasses')) && (request.operation === 'CREATE' || request.operation === 'UPDATE'),
  async admit(request) {
    if (!isPod(request)) return;
    if (request.operation === 'UPDATE') return keep(request);
    await resolve(request);
  },
  async validate(request) {
    if (isPod(request)) return;
    const { object, name } = request;
    if (object.globalDefault !== true) return;
    const other = (await readAll(request.server, 'scheduling.k8s.io', 'priorityclasses', '')).find((one) => one.globalDefault === true && one.metadata.name !== (object.metadata.name ?? name));
    if (other !== undefined) throw refused(request, `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`);
  },
};

function keep({ object, previous }: AdmissionRequest): void {
  const old = (previous as any).spec;
  const { priority = old.priority, preemptionPolicy = old.preemptionPolicy } = object.spec;
  // The spec may be the stored one itself, which nobody edits.
  if (priority !== object.spec.priority || preemptionPolicy !== object.spec.preemptionPolicy) object.spec = { ...object.spec, priority, preemptionPolicy };
}

async function resolve(request: AdmissionRequest): Promise<void> {
  const { object, server } = request;
  const { spec } = object;
  let value = 0;
  let policy = 'PreemptLowerPriority';
  if ((spec.priorityClassName ?? '') === '') {
    const found = lowestDefault(await readAll(server, 'scheduling.k8s.io', 'priorityclasses', ''));
    if (found !== undefined) {
      spec.priorityClassName = found.metadata.name;
      value = found.value;
      policy = found.preemptionPolicy ?? policy;
    }
  } else {
    const found = await read(server, 'scheduling.k8s.io', 'priorityclasses', { namespace: '', name: spec.priorityClassName });
    if (found === undefined) throw refused(request, `no PriorityClass with name ${spec.priorityClassName} was found`);
    value = found.value;
    policy = found.preemptionPolicy ?? policy;
  }
  if (spec.priority !== undefined && spec.priority !== value) throw refused(request, `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`);
  if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== policy) throw refused(request, `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`);
  spec.priority = value;
  spec.preemptionPolicy = policy;
}

function lowestDefault(classes: readonly any[]): any {
  return classes.filter(({ globalDefault }) => globalDefault === true).sort((one, other) => one.value - other.value)[0];
}
