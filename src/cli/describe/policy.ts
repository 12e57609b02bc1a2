/** Namespaces and what limits them, configuration, accounts, budgets, priorities described. */
import { formatLabelSelector } from '../../apimachinery/labels.js';
import type { Describer } from './scene.js';
import { compare, formatDate, formatLabels, quantity, sortedKeys, type Writer } from './writer.js';

export const describeNamespace: Describer = async (w, namespace, scene) => {
  const { metadata, status } = namespace;
  const quotas = await scene.list(`/api/v1/namespaces/${metadata.name}/resourcequotas`);
  const limits = await scene.list(`/api/v1/namespaces/${metadata.name}/limitranges`);
  w.field('Name', metadata.name);
  w.labels('Labels', metadata.labels);
  w.annotations(metadata.annotations);
  w.field('Status', status?.phase);
  if ((status?.conditions ?? []).length > 0) {
    w.line(0, 'Conditions:');
    w.table(
      1,
      ['Type', 'Status', 'LastTransitionTime', 'Reason', 'Message'],
      status.conditions.map((one: any) => [one.type, one.status, formatDate(one.lastTransitionTime), one.reason ?? '', one.message ?? '']),
    );
  }
  w.line(0, '');
  writeQuotas(w, quotas);
  w.line(0, '');
  if (limits.length === 0) return w.line(0, 'No LimitRange resource.');
  w.line(0, 'Resource Limits');
  w.line(0, ` ${LIMIT_HEADINGS.join('\t')}`);
  w.line(0, ` ${LIMIT_HEADINGS.map((heading) => '-'.repeat(heading.length)).join('\t')}`);
  for (const { spec } of limits) writeLimits(w, spec, ' ');
};

function writeQuotas(w: Writer, quotas: readonly any[]): void {
  if (quotas.length === 0) return w.line(0, 'No resource quota.');
  w.line(0, 'Resource Quotas');
  for (const quota of [...quotas].sort((a, b) => compare(a.metadata.name, b.metadata.name))) {
    w.field('Name', quota.metadata.name, 1);
    const scopes = [...(quota.spec?.scopes ?? [])].sort();
    if (scopes.length > 0) w.field('Scopes', scopes.join(', '), 1);
    for (const scope of scopes) if (SCOPE_HELP[scope] !== undefined) w.line(1, `* ${SCOPE_HELP[scope]}`);
    w.line(1, 'Resource\tUsed\tHard');
    // Three dashes here, four where a quota is described alone: as kubectl has it.
    w.line(1, '--------\t---\t---');
    for (const name of sortedKeys(quota.status?.hard)) w.line(1, `${name}\t${quantity(quota.status.used, name)}\t${quota.status.hard[name]}`);
  }
}

const SCOPE_HELP: Readonly<Record<string, string>> = {
  Terminating: 'Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.',
  NotTerminating:
    'Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.',
  BestEffort: 'Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.',
  NotBestEffort: 'Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.',
};

const LIMIT_HEADINGS = ['Type', 'Resource', 'Min', 'Max', 'Default Request', 'Default Limit', 'Max Limit/Request Ratio'];

function writeLimits(w: Writer, spec: any, prefix: string): void {
  for (const { type, max, min, default: limit, defaultRequest, maxLimitRequestRatio } of spec?.limits ?? []) {
    const lists = [min, max, defaultRequest, limit, maxLimitRequestRatio];
    for (const name of sortedKeys(Object.assign({}, ...lists))) w.line(0, `${prefix}${type}\t${name}\t${lists.map((list) => list?.[name] ?? '-').join('\t')}`);
  }
}

export const describeLimitRange: Describer = (w, { metadata, spec }) => {
  w.field('Name', metadata.name);
  w.field('Namespace', metadata.namespace);
  w.table(0, LIMIT_HEADINGS, []);
  writeLimits(w, spec, '');
};

export const describeResourceQuota: Describer = (w, { metadata, spec, status }) => {
  w.field('Name', metadata.name);
  w.field('Namespace', metadata.namespace);
  const scopes = [...(spec?.scopes ?? [])].sort();
  if (scopes.length > 0) w.field('Scopes', scopes.join(', '));
  for (const scope of scopes) if (SCOPE_HELP[scope] !== undefined) w.line(0, ` * ${SCOPE_HELP[scope]}`);
  w.table(
    0,
    ['Resource', 'Used', 'Hard'],
    sortedKeys(status?.hard).map((name) => [name, quantity(status.used, name), status.hard[name]]),
  );
};

export const describeConfigMap: Describer = async (w, configMap, scene) => {
  const { metadata, data, binaryData } = configMap;
  w.field('Name', metadata.name);
  w.field('Namespace', metadata.namespace);
  w.labels('Labels', metadata.labels);
  w.annotations(metadata.annotations);
  w.line(0, '\nData\n====');
  for (const key of sortedKeys(data)) w.line(0, `${key}:\n----\n${data[key]}\n`);
  w.line(0, '\nBinaryData\n====');
  for (const key of sortedKeys(binaryData)) w.line(0, `${key}: ${bytes(binaryData[key])} bytes`);
  w.line(0, '');
  await scene.events(w, configMap);
};

const bytes = (base64: string | null): number => Buffer.from(base64 ?? '', 'base64').length;

export const describeSecret: Describer = (w, { metadata, type, data }) => {
  w.field('Name', metadata.name);
  w.field('Namespace', metadata.namespace);
  w.labels('Labels', metadata.labels);
  w.annotations(metadata.annotations);
  w.line(0, `\nType:\t${type ?? ''}`);
  w.line(0, '\nData\n====');
  for (const key of sortedKeys(data)) {
    const isToken = key === 'token' && type === 'kubernetes.io/service-account-token';
    w.field(key, isToken ? Buffer.from(data[key], 'base64').toString() : `${bytes(data[key])} bytes`);
  }
};

export const describeServiceAccount: Describer = async (w, account, scene) => {
  const { metadata, imagePullSecrets } = account;
  w.field('Name', metadata.name);
  w.field('Namespace', metadata.namespace);
  w.labels('Labels', metadata.labels);
  w.annotations(metadata.annotations);
  w.items(
    'Image pull secrets',
    (imagePullSecrets ?? []).map(({ name }: any) => name ?? ''),
  );
  await scene.events(w, account);
};

export const describePodDisruptionBudget: Describer = async (w, budget, scene) => {
  const { metadata, spec, status = {} } = budget;
  w.field('Name', metadata.name);
  w.field('Namespace', metadata.namespace);
  if (spec.minAvailable !== undefined) w.field('Min available', spec.minAvailable);
  else if (spec.maxUnavailable !== undefined) w.field('Max unavailable', spec.maxUnavailable);
  w.field('Selector', spec.selector ? formatLabelSelector(spec.selector) : '<unset>');
  w.line(0, 'Status:');
  w.field('Allowed disruptions', status.disruptionsAllowed ?? 0, 2);
  w.field('Current', status.currentHealthy ?? 0, 2);
  w.field('Desired', status.desiredHealthy ?? 0, 2);
  w.field('Total', status.expectedPods ?? 0, 2);
  await scene.events(w, budget);
};

export const describePriorityClass: Describer = async (w, priority, scene) => {
  const { metadata, value, globalDefault, preemptionPolicy, description } = priority;
  w.field('Name', metadata.name);
  w.field('Value', value ?? 0);
  w.field('GlobalDefault', globalDefault ?? false);
  w.field('PreemptionPolicy', preemptionPolicy);
  w.field('Description', description);
  w.field('Annotations', formatLabels(metadata.annotations));
  await scene.events(w, priority);
};
