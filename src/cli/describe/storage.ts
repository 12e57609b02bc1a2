/** Volumes, claims and classes of storage described. */
import { compare, formatDate, formatLabels, goList, type Writer } from './writer.js';
import type { Describer, Scene } from './scene.js';
import { accessModes, storageClassOf, writeClaim, writeVolumeSource } from './volumes.js';

export const describePersistentVolume: Describer = async (w, volume, scene) => {
  const { metadata, spec, status } = volume;
  w.field('Name', metadata.name);
  w.labels('Labels', metadata.labels);
  w.annotations(metadata.annotations);
  w.field('Finalizers', goList(metadata.finalizers));
  w.field('StorageClass', storageClassOf(volume));
  w.field('Status', metadata.deletionTimestamp ? `Terminating (lasts ${w.since(metadata.deletionTimestamp)})` : status?.phase);
  w.field('Claim', spec.claimRef ? `${spec.claimRef.namespace ?? ''}/${spec.claimRef.name ?? ''}` : '');
  w.field('Reclaim Policy', spec.persistentVolumeReclaimPolicy);
  w.field('Access Modes', accessModes(spec.accessModes));
  if (spec.volumeMode !== undefined) w.field('VolumeMode', spec.volumeMode);
  w.field('Capacity', spec.capacity?.storage ?? '0');
  writeAffinity(w, spec.nodeAffinity?.required);
  w.field('Message', status?.message);
  w.line(0, 'Source:');
  writeVolumeSource(w, spec, true);
  await scene.events(w, volume);
};

function writeAffinity(w: Writer, required: any): void {
  if (!required) return w.field('Node Affinity', '<none>');
  w.field('Node Affinity', '');
  const terms: any[] = required.nodeSelectorTerms ?? [];
  if (terms.length === 0) return w.field('Required Terms', '<none>', 1);
  w.field('Required Terms', '', 1);
  terms.forEach(({ matchExpressions }, at) => writeTerm(w, { level: 2, title: `Term ${at}` }, (matchExpressions ?? []).map(requirementText)));
}

const requirementText = ({ key, operator, values }: any): string =>
  `${key} ${operator.toLowerCase()}${(values ?? []).length === 0 ? '' : ` [${values.join(', ')}]`}`;

function writeTerm(w: Writer, { level, title }: { level: number; title: string }, requirements: readonly string[]): void {
  if (requirements.length === 0) return w.field(title, '<none>', level);
  requirements.forEach((text, at) => w.line(level, at === 0 ? `${title}:\t${text}` : `\t${text}`));
}

export const describePersistentVolumeClaim: Describer = async (w, claim, scene) => {
  writeClaim(w, claim, true);
  w.items('Used By', (await podsOf(claim, scene)).map(({ metadata }) => metadata.name).sort(compare));
  const conditions: any[] = claim.status?.conditions ?? [];
  if (conditions.length > 0) {
    w.line(0, 'Conditions:');
    w.line(1, 'Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage');
    w.line(1, '----\t------\t-----------------\t------------------\t------\t-------');
    for (const one of conditions)
      w.line(
        1,
        `${one.type} \t${one.status} \t${formatDate(one.lastProbeTime)} \t${formatDate(one.lastTransitionTime)} \t${one.reason ?? ''} \t${one.message ?? ''}`,
      );
  }
  await scene.events(w, claim);
};

/** Pods that mount the claim, and the pod that owns it. */
async function podsOf({ metadata }: any, scene: Scene): Promise<any[]> {
  const pods = await scene.list(`/api/v1/namespaces/${metadata.namespace}/pods`);
  const owners = new Set((metadata.ownerReferences ?? []).filter(({ kind }: any) => kind === 'Pod').map(({ uid }: any) => uid));
  return pods.filter(
    (pod) =>
      owners.has(pod.metadata.uid) || (pod.spec.volumes ?? []).some(({ persistentVolumeClaim }: any) => persistentVolumeClaim?.claimName === metadata.name),
  );
}

const DEFAULT_CLASS = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];

export const describeStorageClass: Describer = async (w, storageClass, scene) => {
  const { metadata, provisioner, parameters, allowVolumeExpansion, mountOptions, reclaimPolicy, volumeBindingMode, allowedTopologies } = storageClass;
  w.field('Name', metadata.name);
  w.field('IsDefaultClass', DEFAULT_CLASS.some((key) => metadata.annotations?.[key] === 'true') ? 'Yes' : 'No');
  w.field('Annotations', formatLabels(metadata.annotations));
  w.field('Provisioner', provisioner);
  w.field('Parameters', formatLabels(parameters));
  w.field('AllowVolumeExpansion', allowVolumeExpansion === undefined ? '<unset>' : allowVolumeExpansion ? 'True' : 'False');
  if ((mountOptions ?? []).length === 0) w.field('MountOptions', '<none>');
  else {
    w.line(0, 'MountOptions:');
    for (const option of mountOptions) w.line(1, option);
  }
  if (reclaimPolicy !== undefined) w.field('ReclaimPolicy', reclaimPolicy);
  if (volumeBindingMode !== undefined) w.field('VolumeBindingMode', volumeBindingMode);
  if (allowedTopologies !== undefined && allowedTopologies !== null) writeTopologies(w, allowedTopologies);
  await scene.events(w, storageClass);
};

function writeTopologies(w: Writer, terms: readonly any[]): void {
  if (terms.length === 0) return w.field('AllowedTopologies', '<none>');
  w.field('AllowedTopologies', '');
  terms.forEach(({ matchLabelExpressions }, at) =>
    writeTerm(
      w,
      { level: 1, title: `Term ${at}` },
      (matchLabelExpressions ?? []).map((one: any) => requirementText({ ...one, operator: 'in' })),
    ),
  );
}

export const describeVolumeAttributesClass: Describer = async (w, attributes, scene) => {
  w.field('Name', attributes.metadata.name);
  w.field('Annotations', formatLabels(attributes.metadata.annotations));
  w.field('DriverName', attributes.driverName);
  w.field('Parameters', formatLabels(attributes.parameters));
  await scene.events(w, attributes);
};

export const describeCsiNode: Describer = async (w, node, scene) => {
  const { metadata, spec } = node;
  w.field('Name', metadata.name);
  w.labels('Labels', metadata.labels);
  w.annotations(metadata.annotations);
  w.field('CreationTimestamp', formatDate(metadata.creationTimestamp));
  w.line(0, 'Spec:');
  if (spec.drivers) w.line(1, 'Drivers:');
  for (const { name, nodeID, allocatable, topologyKeys } of spec.drivers ?? []) {
    w.line(2, `${name}:`);
    w.field('Node ID', nodeID, 3);
    if (allocatable?.count !== undefined) {
      w.line(3, 'Allocatables:');
      w.field('Count', allocatable.count, 4);
    }
    if (topologyKeys) w.field('Topology Keys', goList(topologyKeys), 3);
  }
  await scene.events(w, node);
};
