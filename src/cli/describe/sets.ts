/** Controllers of pods described: deployments, the sets, jobs and cron jobs. */
import { goJson, sortedKeys as sortKeys } from '../../apimachinery/gojson.js';
import { formatLabelSelector, selectorFromSet, selectorOf } from '../../apimachinery/labels.js';
import { humanDuration } from '../../apimachinery/time.js';
import { writePodTemplate } from './pod.js';
import { controllerOf, controllerText, type Describer, type Scene } from './scene.js';
import { storageClassOf } from './volumes.js';
import { compare, formatDate, formatLabels, goList, type Writer } from './writer.js';

export const describeDeployment: Describer = async (w, deployment, scene) => {
  const { metadata, spec, status } = deployment;
  writeName(w, metadata);
  w.field('CreationTimestamp', formatDate(metadata.creationTimestamp));
  w.labels('Labels', metadata.labels);
  w.annotations(metadata.annotations);
  w.field('Selector', selectorOf(spec.selector).toString());
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0, unavailableReplicas = 0 } = status;
  w.field(
    'Replicas',
    `${spec.replicas} desired | ${updatedReplicas} updated | ${replicas} total | ${availableReplicas} available | ${unavailableReplicas} unavailable`,
  );
  w.field('StrategyType', spec.strategy?.type);
  w.field('MinReadySeconds', spec.minReadySeconds ?? 0);
  const rolling = spec.strategy?.rollingUpdate;
  if (rolling) w.field('RollingUpdateStrategy', `${rolling.maxUnavailable} max unavailable, ${rolling.maxSurge} max surge`);
  writePodTemplate(w, spec.template);
  writeConditions(w, status.conditions);
  await writeReplicaSets(w, deployment, scene);
  await scene.events(w, deployment);
};

async function writeReplicaSets(w: Writer, deployment: any, scene: Scene): Promise<void> {
  const { metadata, spec } = deployment;
  const all = await scene.listOrNone(`/apis/apps/v1/namespaces/${metadata.namespace}/replicasets`, { labelSelector: selectorOf(spec.selector).toString() });
  const owned = all
    .filter((set) => controllerOf(set)?.uid === metadata.uid)
    .sort((a, b) => compare(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '') || compare(a.metadata.name, b.metadata.name));
  if (owned.length === 0) return;
  const wanted = templateText(spec.template);
  const current = owned.find((set) => templateText(set.spec.template) === wanted);
  w.field('OldReplicaSets', setsText(owned.filter((set) => set !== current)));
  w.field('NewReplicaSet', setsText(current === undefined ? [] : [current]));
}

/** A template without the label that names its hash. */
function templateText({ metadata = {}, spec }: any): string {
  const { 'pod-template-hash': _hash, ...labels } = metadata.labels ?? {};
  return goJson(sortKeys({ metadata: { ...metadata, labels, creationTimestamp: null }, spec }));
}

const setsText = (sets: readonly any[]): string =>
  sets.map(({ metadata, spec, status }) => `${metadata.name} (${status.replicas ?? 0}/${spec.replicas} replicas created)`).join(', ') || '<none>';

function writeName(w: Writer, { name, namespace }: any): void {
  w.field('Name', name);
  w.field('Namespace', namespace);
}

function writeConditions(w: Writer, conditions: readonly any[] | undefined): void {
  if ((conditions ?? []).length === 0) return;
  w.line(0, 'Conditions:');
  w.line(1, 'Type\tStatus\tReason');
  w.line(1, '----\t------\t------');
  for (const { type, status, reason } of conditions!) w.line(1, `${type} \t${status}\t${reason ?? ''}`);
}

export const describeReplicaSet: Describer = async (w, set, scene) => {
  const { metadata, spec, status } = set;
  writeName(w, metadata);
  w.field('Selector', formatLabelSelector(spec.selector));
  w.labels('Labels', metadata.labels);
  w.annotations(metadata.annotations);
  const owner = controllerText(set);
  if (owner !== '') w.field('Controlled By', owner);
  w.field('Replicas', `${status.replicas ?? 0} current / ${spec.replicas} desired`);
  w.field('Pods Status', await scene.podsStatus(set, selectorOf(spec.selector).toString()));
  writePodTemplate(w, spec.template);
  writeConditions(w, status.conditions);
  await scene.events(w, set);
};

export const describeReplicationController: Describer = async (w, controller, scene) => {
  const { metadata, spec, status } = controller;
  writeName(w, metadata);
  w.field('Selector', formatLabels(spec.selector));
  w.labels('Labels', metadata.labels);
  w.annotations(metadata.annotations);
  w.field('Replicas', `${status.replicas ?? 0} current / ${spec.replicas} desired`);
  w.field('Pods Status', await scene.podsStatus(controller, selectorFromSet(spec.selector).toString()));
  writePodTemplate(w, spec.template);
  writeConditions(w, status.conditions);
  await scene.events(w, controller);
};

export const describeDaemonSet: Describer = async (w, set, scene) => {
  const { metadata, spec, status } = set;
  const selector = selectorOf(spec.selector).toString();
  writeName(w, metadata);
  w.field('Selector', selector);
  w.field('Node-Selector', formatLabels(spec.template.spec.nodeSelector));
  w.labels('Labels', metadata.labels);
  w.annotations(metadata.annotations);
  // One space, no tab: kubectl does not align these.
  w.line(0, `Desired Number of Nodes Scheduled: ${status.desiredNumberScheduled ?? 0}`);
  w.line(0, `Current Number of Nodes Scheduled: ${status.currentNumberScheduled ?? 0}`);
  w.line(0, `Number of Nodes Scheduled with Up-to-date Pods: ${status.updatedNumberScheduled ?? 0}`);
  w.line(0, `Number of Nodes Scheduled with Available Pods: ${status.numberAvailable ?? 0}`);
  w.line(0, `Number of Nodes Misscheduled: ${status.numberMisscheduled ?? 0}`);
  w.field('Pods Status', await scene.podsStatus(set, selector));
  writePodTemplate(w, spec.template);
  await scene.events(w, set);
};

export const describeStatefulSet: Describer = async (w, set, scene) => {
  const { metadata, spec, status } = set;
  const selector = selectorOf(spec.selector).toString();
  writeName(w, metadata);
  w.field('CreationTimestamp', formatDate(metadata.creationTimestamp));
  w.field('Selector', selector);
  w.labels('Labels', metadata.labels);
  w.annotations(metadata.annotations);
  w.field('Replicas', `${spec.replicas} desired | ${status.replicas ?? 0} total`);
  w.field('Update Strategy', spec.updateStrategy?.type);
  const rolling = spec.updateStrategy?.rollingUpdate;
  if (rolling?.partition !== undefined) {
    w.field('Partition', rolling.partition, 1);
    if (rolling.maxUnavailable !== undefined) w.field('MaxUnavailable', rolling.maxUnavailable, 1);
  }
  w.field('Pods Status', await scene.podsStatus(set, selector));
  writePodTemplate(w, spec.template);
  writeClaimTemplates(w, spec.volumeClaimTemplates ?? []);
  await scene.events(w, set);
};

function writeClaimTemplates(w: Writer, claims: readonly any[]): void {
  if (claims.length === 0) return w.field('Volume Claims', '<none>');
  w.line(0, 'Volume Claims:');
  for (const claim of claims) {
    w.field('Name', claim.metadata.name, 1);
    w.field('StorageClass', storageClassOf(claim), 1);
    w.labels('Labels', claim.metadata.labels, '  ');
    w.labels('Annotations', claim.metadata.annotations, '  ');
    w.field('Capacity', claim.spec.resources?.requests?.storage ?? '<default>', 1);
    w.field('Access Modes', goList(claim.spec.accessModes), 1);
  }
}

export const describeJob: Describer = async (w, job, scene) => {
  const { metadata, spec, status } = job;
  writeName(w, metadata);
  w.field('Selector', selectorOf(spec.selector).toString());
  w.labels('Labels', metadata.labels);
  w.annotations(metadata.annotations);
  const owner = controllerText(job);
  if (owner !== '') w.field('Controlled By', owner);
  if (spec.parallelism !== undefined) w.field('Parallelism', spec.parallelism);
  w.field('Completions', spec.completions ?? '<unset>');
  if (spec.completionMode !== undefined) w.field('Completion Mode', spec.completionMode);
  if (spec.suspend !== undefined) w.field('Suspend', spec.suspend);
  if (spec.backoffLimit !== undefined) w.field('Backoff Limit', spec.backoffLimit);
  if (spec.ttlSecondsAfterFinished !== undefined) w.field('TTL Seconds After Finished', spec.ttlSecondsAfterFinished);
  if (status.startTime) w.field('Start Time', formatDate(status.startTime));
  if (status.completionTime) w.field('Completed At', formatDate(status.completionTime));
  if (status.startTime && status.completionTime) w.field('Duration', humanDuration(Date.parse(status.completionTime) - Date.parse(status.startTime)));
  if (spec.activeDeadlineSeconds !== undefined) w.field('Active Deadline Seconds', `${spec.activeDeadlineSeconds}s`);
  const ready = status.ready === undefined ? '' : ` (${status.ready} Ready)`;
  w.field('Pods Statuses', `${status.active ?? 0} Active${ready} / ${status.succeeded ?? 0} Succeeded / ${status.failed ?? 0} Failed`);
  if (spec.completionMode === 'Indexed') w.field('Completed Indexes', cappedIndexes(status.completedIndexes ?? ''));
  writePodTemplate(w, spec.template);
  await scene.events(w, job);
};

const INDEXES_MAX = 50;

function cappedIndexes(indexes: string): string {
  if (indexes === '') return '<none>';
  const comma = indexes.indexOf(',', INDEXES_MAX);
  return comma < 0 ? indexes : `${indexes.slice(0, comma + 1)}...`;
}

export const describeCronJob: Describer = async (w, job, scene) => {
  const { metadata, spec, status } = job;
  writeName(w, metadata);
  w.labels('Labels', metadata.labels);
  w.annotations(metadata.annotations);
  w.field('Schedule', spec.schedule);
  w.field('Concurrency Policy', spec.concurrencyPolicy);
  w.field('Suspend', spec.suspend === undefined ? '<unset>' : spec.suspend ? 'True' : 'False');
  w.field('Time Zone', spec.timeZone ?? '<unset>');
  w.field('Successful Job History Limit', spec.successfulJobsHistoryLimit ?? '<unset>');
  w.field('Failed Job History Limit', spec.failedJobsHistoryLimit ?? '<unset>');
  w.field('Starting Deadline Seconds', spec.startingDeadlineSeconds === undefined ? '<unset>' : `${spec.startingDeadlineSeconds}s`);
  const template = spec.jobTemplate.spec;
  w.field('Selector', template.selector ? selectorOf(template.selector).toString() : '<unset>');
  w.field('Parallelism', template.parallelism ?? '<unset>');
  w.field('Completions', template.completions ?? '<unset>');
  if (template.activeDeadlineSeconds !== undefined) w.field('Active Deadline Seconds', `${template.activeDeadlineSeconds}s`);
  writePodTemplate(w, template.template);
  w.field('Last Schedule Time', status.lastScheduleTime ? formatDate(status.lastScheduleTime) : '<unset>');
  w.field('Active Jobs', (status.active ?? []).map(({ name }: any) => name).join(', ') || '<none>');
  await scene.events(w, job);
};
