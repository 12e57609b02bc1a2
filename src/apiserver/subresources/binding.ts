/** binding: gives a pod its node. The scheduler's one write of a spec. */
import { notSupported, required, type Causes } from '../../apimachinery/fielderror.js';
import type { KubeObject } from '../../apimachinery/object.js';
import { conflict, badRequest, unforeseen } from '../../apimachinery/status.js';
import { aggregateText } from '../../apimachinery/fielderror.js';
import { formatTime } from '../../apimachinery/time.js';
import type { KindCall } from '../context.js';
import { read } from '../registry/reads.js';
import type { Outcome } from '../dispatch.js';
import { matchNamespace } from '../verbs/create.js';
import { updateObject } from '../verbs/update.js';
import { noSuchResource } from '../verbs/errors.js';
import { writeOptions } from '../write/options.js';
import { orderedMetadata } from '../write/metadata.js';
import { prepare } from '../write/prepare.js';
import { admit } from './admit.js';
import { decodeForeign, foreign } from './foreign.js';

/** POST …/bindings: the pod is named in the body. */
export async function bindFromBody(call: KindCall): Promise<Outcome> {
  const pods = call.server.registry.resource('', 'v1', 'pods');
  if (pods === undefined) throw noSuchResource();
  const { binding, options } = await decodeBinding(call);
  const named = { ...call, info: { ...call.info, name: binding.metadata.name ?? '' } };
  return assign({ ...named, kind: pods }, { binding, options, admitted: { call: named, subresource: '' } });
}

export async function bind(call: KindCall): Promise<Outcome> {
  const { binding, options } = await decodeBinding(call);
  const name: string = binding.metadata.name ?? '';
  if (name !== call.info.name)
    throw badRequest(
      name === ''
        ? `the name of the object (${call.info.name} based on URL) was undeterminable: name must be provided`
        : `the name of the object (${name}) does not match the name on the URL (${call.info.name})`,
    );
  return assign(call, { binding, options, admitted: { call, subresource: 'binding' } });
}

async function decodeBinding(call: KindCall) {
  const options = writeOptions(call.request, 'CreateOptions');
  const { Binding } = await import('../../api/core/types/binding.js');
  const binding = await decodeForeign(call, foreign({ group: '', version: 'v1', kind: 'Binding', schema: Binding }), options);
  matchNamespace(binding, call.info.namespace);
  return { binding, options };
}

interface Asked {
  binding: any;
  options: ReturnType<typeof writeOptions>;
  /** What was created, as admission sees it. */
  admitted: { call: KindCall; subresource: string };
}

async function assign(call: KindCall, { binding, options, admitted }: Asked): Promise<Outcome> {
  const causes = causesOf(binding);
  // As Kubernetes does: these are plain errors, and so a 500.
  if (causes.length > 0) throw unforeseen(aggregateText(causes));
  await admit(admitted.call, { operation: 'CREATE', subresource: admitted.subresource, object: binding, dryRun: options.dryRun });
  const topology = await topologyOf(call, binding.target.name);
  const labels = { ...binding.metadata.labels, ...topology };
  const prepared = await prepare(call.kind);
  await updateObject(call, prepared, options, {
    subresource: 'binding',
    track: 'none',
    keep: true,
    plain: true,
    uid: binding.metadata.uid ?? '',
    transform: (previous) => bound(previous, { ...binding, metadata: { ...binding.metadata, labels } }, formatTime(call.server.options.clock.now())),
  });
  return { status: 201, object: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 } as unknown as KubeObject };
}

/** As the admission plugin PodTopologyLabels does: a pod learns the zone and the region of its node. */
async function topologyOf({ server }: KindCall, name: string): Promise<Record<string, string>> {
  const node = await read(server, '', 'nodes', { namespace: '', name });
  const entries = Object.entries<string>(node?.metadata.labels ?? {}).filter(([key]) => TOPOLOGY.includes(key));
  return Object.fromEntries(entries);
}
const TOPOLOGY = ['topology.kubernetes.io/region', 'topology.kubernetes.io/zone'];

function causesOf({ target }: any): Causes {
  const causes: Causes = [];
  if ((target?.kind ?? '') !== '' && target.kind !== 'Node') causes.push(notSupported('target.kind', target.kind, ['Node', '<empty>']));
  if ((target?.name ?? '') === '') causes.push(required('target.name'));
  return causes;
}

function bound(previous: any, { target, metadata }: any, now: string): any {
  const refuse = (message: string) => conflict({ group: '', resource: 'pods/binding' }, previous.metadata.name, message);
  if (previous.metadata.deletionTimestamp !== undefined) throw refuse(`pod ${previous.metadata.name} is being deleted, cannot be assigned to a host`);
  if ((previous.spec.nodeName ?? '') !== '')
    throw refuse(`pod ${previous.metadata.name} is already assigned to node ${JSON.stringify(previous.spec.nodeName)}`);
  if ((previous.spec.schedulingGates ?? []).length > 0) throw refuse(`pod ${previous.metadata.name} has non-empty .spec.schedulingGates`);
  const annotations = metadata.annotations === undefined ? {} : { annotations: { ...previous.metadata.annotations, ...metadata.annotations } };
  const labels = Object.keys(metadata.labels).length === 0 ? {} : { labels: { ...previous.metadata.labels, ...metadata.labels } };
  const { nominatedNodeName: _, ...status } = previous.status;
  return {
    ...previous,
    metadata: orderedMetadata({ ...previous.metadata, ...labels, ...annotations }),
    spec: { ...previous.spec, nodeName: target.name },
    status: { ...status, conditions: scheduled(previous.status.conditions ?? [], now) },
  };
}

function scheduled(conditions: readonly any[], now: string): any[] {
  const condition = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: now };
  return conditions.some(({ type }) => type === condition.type)
    ? conditions.map((one) => (one.type === condition.type ? condition : one))
    : [...conditions, condition];
}
