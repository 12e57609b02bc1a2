/** Roles and bindings described: rules taken apart and put together by resource, as kubectl shows them. */
import type { Describer } from './scene.js';
import { compare, goList, type Writer } from './writer.js';

interface Rule {
  verbs: string[];
  apiGroups: readonly string[];
  resources: readonly string[];
  resourceNames: readonly string[];
  nonResourceURLs: readonly string[];
}

export const describeRole: Describer = (w, { metadata, rules }) => {
  writeHead(w, metadata);
  w.line(0, 'PolicyRule:');
  w.table(
    1,
    ['Resources', 'Non-Resource URLs', 'Resource Names', 'Verbs'],
    compact((rules ?? []).flatMap(breakdown)).map((rule) => [resourceText(rule), goList(rule.nonResourceURLs), goList(rule.resourceNames), goList(rule.verbs)]),
  );
};

export const describeBinding: Describer = (w, { metadata, roleRef, subjects }) => {
  writeHead(w, metadata);
  w.line(0, 'Role:');
  w.field('Kind', roleRef.kind, 1);
  w.field('Name', roleRef.name, 1);
  w.line(0, 'Subjects:');
  w.table(
    1,
    ['Kind', 'Name', 'Namespace'],
    (subjects ?? []).map(({ kind, name, namespace = '' }: any) => [kind, name, namespace]),
  );
};

function writeHead(w: Writer, { name, labels, annotations }: any): void {
  w.field('Name', name);
  w.labels('Labels', labels);
  w.annotations(annotations);
}

/** One rule for each verb, group, resource, name and URL. */
function breakdown({ verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: any): Rule[] {
  const none = { apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: [] };
  const rules: Rule[] = [];
  for (const group of apiGroups ?? []) {
    for (const resource of resources ?? []) {
      for (const verb of verbs) {
        const rule = { ...none, verbs: [verb], apiGroups: [group], resources: [resource] };
        if ((resourceNames ?? []).length === 0) rules.push(rule);
        else for (const name of resourceNames) rules.push({ ...rule, verbs: [verb], resourceNames: [name] });
      }
    }
  }
  for (const url of nonResourceURLs ?? []) for (const verb of verbs) rules.push({ ...none, verbs: [verb], nonResourceURLs: [url] });
  return rules;
}

/** Verbs of the same resource come together; the rest stays apart. In kubectl's order. */
function compact(rules: readonly Rule[]): Rule[] {
  const apart = rules.filter(({ nonResourceURLs }) => nonResourceURLs.length > 0);
  const together = new Map<string, Rule>();
  for (const rule of rules) {
    if (rule.nonResourceURLs.length > 0) continue;
    const key = JSON.stringify([rule.apiGroups, rule.resources, rule.resourceNames]);
    const there = together.get(key);
    if (there === undefined) together.set(key, { ...rule, verbs: [...rule.verbs] });
    else there.verbs.push(...rule.verbs.filter((verb) => !there.verbs.includes(verb)));
  }
  return [...apart, ...together.values()].sort((a, b) => compare(goText(a), goText(b)));
}

const goText = (rule: Rule): string =>
  `Verbs:${goList(rule.verbs)},APIGroups:${goList(rule.apiGroups)},Resources:${goList(rule.resources)},ResourceNames:${goList(rule.resourceNames)},NonResourceURLs:${goList(rule.nonResourceURLs)},`;

/** "deployments.apps/scale" */
function resourceText({ resources, apiGroups }: Rule): string {
  const [resource] = resources;
  if (resource === undefined) return '';
  const slash = resource.indexOf('/');
  const group = apiGroups[0] ? `.${apiGroups[0]}` : '';
  return slash < 0 ? resource + group : `${resource.slice(0, slash)}${group}${resource.slice(slash)}`;
}
