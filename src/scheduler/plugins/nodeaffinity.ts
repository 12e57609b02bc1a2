/** NodeAffinity: node selectors and node affinity, required and preferred. */
import type { NodeSelectorTerm } from '../../api/core/types/reference.js';
import { normalizeDefault, reject, SKIP, type NodesOnly, type Plugin, type StateData } from '../framework.js';
import type { NodeInfo } from '../nodeinfo.js';
import type { PodInfo } from '../podinfo.js';
import { nodeTerm, type NodeMatch } from '../selection.js';

const NAME = 'NodeAffinity';
const UNMATCHED = reject(NAME, 'UnschedulableAndUnresolvable', "node(s) didn't match Pod's node affinity/selector");
const CONFLICT = reject(NAME, 'UnschedulableAndUnresolvable', 'pod affinity terms conflict');

interface Preferred extends StateData {
  terms: readonly { weight: number; match: NodeMatch }[];
}

export const fitsAffinity = ({ requiredNodes }: PodInfo, { labels, name }: NodeInfo): boolean => requiredNodes === undefined || requiredNodes(labels, name);

export const nodeAffinity = (): Plugin => ({
  name: NAME,
  weight: 2,
  hints: { 'Node/Add': fitsAffinity, 'Node/UpdateLabel': fitsAffinity },
  preFilter(_, pod) {
    if (pod.requiredNodes === undefined) return SKIP;
    const terms = pod.pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
    return terms.length === 0 ? undefined : namedNodes(terms);
  },
  filter: (_, pod, node) => (fitsAffinity(pod, node) ? undefined : UNMATCHED),
  preScore(cycle, { pod: { spec } }) {
    const preferred = spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    if (preferred.length === 0) return SKIP;
    const terms = preferred.map(({ weight, preference }) => ({ weight, match: nodeTerm(preference) }));
    cycle.write(NAME, { terms } satisfies Preferred as StateData);
    return undefined;
  },
  score(cycle, _, { labels, name }) {
    let sum = 0;
    for (const { weight, match } of cycle.read<Preferred>(NAME)!.terms) if (match(labels, name)) sum += weight;
    return sum;
  },
  normalize: (_, scores) => normalizeDefault(scores),
});

/** Where every term names nodes, no other need be looked at. */
function namedNodes(terms: readonly NodeSelectorTerm[]): NodesOnly | typeof CONFLICT | undefined {
  const nodeNames = new Set<string>();
  for (const { matchFields = [] } of terms) {
    const lists = matchFields.filter(({ key, operator }) => key === 'metadata.name' && operator === 'In').map(({ values = [] }) => values);
    if (lists.length === 0) return undefined;
    for (const name of lists[0]!) if (lists.every((list) => list.includes(name))) nodeNames.add(name);
  }
  return nodeNames.size === 0 ? CONFLICT : { nodeNames };
}
