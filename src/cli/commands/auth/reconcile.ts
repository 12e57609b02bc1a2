/**
 * auth reconcile: roles and bindings of a file made true on the server, without
 * taking rights away unless asked to. A changed roleRef means a new binding.
 */
import { isNotFound } from '../../../apimachinery/status.js';
import type { Command } from '../../command.js';
import type { Context } from '../../context.js';
import { pathOf } from '../../discovery.js';
import { infoPath } from '../../infos.js';
import { readManifests, requireFiles, type Info } from '../../manifests.js';
import { FILENAME_FLAGS } from '../../sharedflags.js';
import { dryRunOf, resultPrinter, WRITE_OUTPUT_FLAGS, type DryRun } from '../../writing.js';

export const reconcile: Command = {
  name: 'reconcile',
  summary: 'Reconciles rules for RBAC role, role binding, cluster role, and cluster role binding objects',
  usage: '-f FILENAME [options]',
  examples: [{ does: 'Reconcile RBAC resources from a file', command: 'auth reconcile -f my-rbac-rules.yaml' }],
  flags: [
    ...FILENAME_FLAGS,
    ...WRITE_OUTPUT_FLAGS.filter(({ name }) => name !== 'dry-run'),
    { name: 'dry-run', type: 'string', default: "'none'", alone: 'unchanged', description: 'Must be "none", "server", or "client".' },
    { name: 'remove-extra-permissions', type: 'bool', description: 'If true, removes extra permissions added to roles' },
    { name: 'remove-extra-subjects', type: 'bool', description: 'If true, removes extra subjects added to rolebindings' },
  ],
  run,
};

interface Result {
  object: any;
  operation: 'none' | 'create' | 'update' | 'recreate';
  /** What is told below the operation: a heading and its lines. */
  changes: (readonly [heading: string, lines: readonly string[]])[];
}

const GROUP = 'rbac.authorization.k8s.io';

async function run(context: Context): Promise<void> {
  requireFiles(context);
  const dryRun = dryRunOf(context);
  if (dryRun === 'none') context.needs('write');
  const printer = await resultPrinter(context, dryRun);
  const { infos, errors } = await readManifests(context);
  if (errors.length > 0) throw errors[0];
  for (const info of infos) {
    if (info.resource!.group !== GROUP) continue;
    const result = await reconciled(context, info);
    const object = await store(context, info, { result, dryRun });
    printer.print(object, 'reconciled');
    if (result.operation === 'none') continue;
    context.err(`\treconciliation required ${result.operation}\n`);
    for (const [heading, lines] of result.changes) if (lines.length > 0) context.err(`\t${heading}:\n${lines.map((line) => `\t\t${line}\n`).join('')}`);
  }
}

async function reconciled(context: Context, info: Info): Promise<Result> {
  const expected = info.object;
  const isRole = expected.kind === 'Role' || expected.kind === 'ClusterRole';
  let existing: any;
  try {
    existing = await (await context.rest()).object('GET', infoPath(info));
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const changes: Result['changes'] = isRole
      ? [['missing rules added', (expected.rules ?? []).map(ruleText)]]
      : [['missing subjects added', (expected.subjects ?? []).map(subjectText)]];
    return { object: expected, operation: 'create', changes };
  }
  const merged = { ...existing, metadata: { ...existing.metadata, ...mergedMaps(existing.metadata, expected.metadata) } };
  return isRole ? roleResult(context, merged, existing, expected) : bindingResult(context, merged, existing, expected);
}

/** Labels and annotations that a file names are added. */
function mergedMaps(existing: any, expected: any): object {
  const merged: Record<string, object> = {};
  for (const field of ['labels', 'annotations']) if (existing[field] || expected?.[field]) merged[field] = { ...existing[field], ...expected?.[field] };
  return merged;
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function roleResult({ flags }: Context, merged: any, existing: any, expected: any): Result {
  const remove = flags.bool('remove-extra-permissions');
  const missing = uncovered(existing.rules ?? [], expected.rules ?? []);
  const extra = uncovered(expected.rules ?? [], existing.rules ?? []);
  const isChanged = missing.length > 0 || (remove && extra.length > 0);
  const rules = remove ? (expected.rules ?? []) : [...(existing.rules ?? []), ...missing];
  const object = isChanged ? { ...merged, rules } : merged;
  return {
    object,
    operation: isChanged || !same(merged.metadata, existing.metadata) ? 'update' : 'none',
    changes: [['missing rules added', missing.map(ruleText)], ...(remove ? [['extra rules removed', extra.map(ruleText)] as const] : [])],
  };
}

function bindingResult({ flags }: Context, merged: any, existing: any, expected: any): Result {
  if (!same([existing.roleRef.kind, existing.roleRef.name], [expected.roleRef?.kind, expected.roleRef?.name]))
    return {
      object: { ...expected, subjects: flags.bool('remove-extra-subjects') ? expected.subjects : union(existing.subjects, expected.subjects) },
      operation: 'recreate',
      changes: [],
    };
  const remove = flags.bool('remove-extra-subjects');
  const missing = without(expected.subjects, existing.subjects);
  const extra = without(existing.subjects, expected.subjects);
  const isChanged = missing.length > 0 || (remove && extra.length > 0);
  const object = isChanged ? { ...merged, subjects: remove ? expected.subjects : [...(existing.subjects ?? []), ...missing] } : merged;
  return {
    object,
    operation: isChanged || !same(merged.metadata, existing.metadata) ? 'update' : 'none',
    changes: [['missing subjects added', missing.map(subjectText)], ...(remove ? [['extra subjects removed', extra.map(subjectText)] as const] : [])],
  };
}

const without = (subjects: readonly any[] | undefined, others: readonly any[] | undefined): any[] =>
  (subjects ?? []).filter((one) => !(others ?? []).some((other) => subjectText(one) === subjectText(other)));
const union = (a: readonly any[] | undefined, b: readonly any[] | undefined): any[] => [...(a ?? []), ...without(b, a)];

const list = (items: readonly unknown[] | undefined): string => `[${(items ?? []).join(' ')}]`;
const ruleText = ({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: any): string =>
  `{Verbs:${list(verbs)} APIGroups:${list(apiGroups)} Resources:${list(resources)} ResourceNames:${list(resourceNames)} NonResourceURLs:${list(nonResourceURLs)}}`;
const subjectText = ({ kind, apiGroup, name, namespace }: any): string =>
  `{Kind:${kind} APIGroup:${apiGroup ?? (kind === 'ServiceAccount' ? '' : GROUP)} Name:${name} Namespace:${namespace ?? ''}}`;

/** The single rights of `wanted` that none of `owned` gives. */
function uncovered(owned: readonly any[], wanted: readonly any[]): any[] {
  return wanted.flatMap(breakdown).filter((right) => !owned.some((rule) => covers(rule, right)));
}

function breakdown({ verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: any): any[] {
  const rights: any[] = [];
  for (const group of apiGroups ?? [])
    for (const resource of resources ?? [])
      for (const verb of verbs) {
        const right = { verbs: [verb], apiGroups: [group], resources: [resource] };
        if ((resourceNames ?? []).length === 0) rights.push(right);
        else for (const name of resourceNames) rights.push({ ...right, resourceNames: [name] });
      }
  for (const url of nonResourceURLs ?? []) for (const verb of verbs) rights.push({ verbs: [verb], nonResourceURLs: [url] });
  return rights;
}

function covers(rule: any, right: any): boolean {
  const has = (words: readonly string[] | undefined, word: string): boolean => (words ?? []).includes('*') || (words ?? []).includes(word);
  if (!has(rule.verbs, right.verbs[0])) return false;
  if (right.nonResourceURLs !== undefined)
    return (rule.nonResourceURLs ?? []).some(
      (url: string) => url === right.nonResourceURLs[0] || (url.endsWith('*') && right.nonResourceURLs[0].startsWith(url.slice(0, -1))),
    );
  const [resource] = right.resources as [string];
  const slash = resource.indexOf('/');
  const isResource = has(rule.resources, resource) || (slash >= 0 && (rule.resources ?? []).includes(`*${resource.slice(slash)}`));
  const isName = (rule.resourceNames ?? []).length === 0 || (right.resourceNames !== undefined && rule.resourceNames.includes(right.resourceNames[0]));
  return has(rule.apiGroups, right.apiGroups[0]) && isResource && isName;
}

/** Sends what is to be done; resolves to the object as it then is. */
async function store(context: Context, info: Info, { result, dryRun }: { result: Result; dryRun: DryRun }): Promise<any> {
  const { object, operation } = result;
  if (operation === 'none' || dryRun === 'client') return object;
  const rest = await context.rest();
  const query = dryRun === 'server' ? { dryRun: 'All' } : {};
  const { resource, namespace } = info;
  const collection = pathOf(resource!, { namespace });
  if (operation === 'update') return rest.object('PUT', infoPath(info), { body: object, query });
  if (operation === 'recreate' && dryRun === 'none') await rest.object('DELETE', infoPath(info));
  return rest.object('POST', collection, { body: object, query });
}
