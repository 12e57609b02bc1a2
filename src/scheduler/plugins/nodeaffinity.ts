/** NodeAffinity: node selectors and node affinity, required and preferred. */
import type { PluginArgs } from '../config.js';
import type { NodeAffinity } from '../../api/core/types/podspec.js';
import type { NodeSelectorTerm } from '../../api/core/types/reference.js';
import { normalizeDefault, reject, SKIP, type NodesOnly, type Plugin, type StateData } from '../framework.js';
import type { Node } from '../kinds.js';
import { emptyNode, type NodeInfo } from '../nodeinfo.js';
import type { PodInfo } from '../podinfo.js';
import { nodeTerm, type NodeMatch } from '../selection.js';

const NAME = 'NodeAffinity';
const UNMATCHED = reject(NAME, 'UnschedulableAndUnresolvable', "node(s) didn't match Pod's node affinity/selector");
const ENFORCED = reject(NAME, 'UnschedulableAndUnresolvable', "node(s) didn't match scheduler-enforced node affinity");
const CONFLICT = reject(NAME, 'UnschedulableAndUnresolvable', 'pod affinity terms conflict');

interface Preferred extends StateData {
  terms: readonly { weight: number; match: NodeMatch }[];
}

export const fitsAffinity = ({ requiredNodes }: PodInfo, { labels, name }: NodeInfo): boolean => requiredNodes === undefined || requiredNodes(labels, name);

/** `addedAffinity` is asked of every pod of the profile, beside its own. */
export function nodeAffinity({ addedAffinity }: PluginArgs['NodeAffinity']): Plugin {
  const terms = addedAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms.map(nodeTerm);
  const isEnforced = ({ labels, name }: NodeInfo): boolean => terms === undefined || terms.some((term) => term(labels, name));
  const added = preferences(addedAffinity);
  const fits = (pod: PodInfo, node: NodeInfo): boolean => isEnforced(node) && fitsAffinity(pod, node);
  return {
    name: NAME,
    hints: {
      'Node/Add': (pod, node: Node) => fits(pod, emptyNode(node)),
      'Node/UpdateLabel': (pod, next: Node, previous: Node) => fits(pod, emptyNode(next)) && !fits(pod, emptyNode(previous)),
    },
    preFilter(_, pod) {
      if (pod.requiredNodes === undefined) return terms === undefined ? SKIP : undefined;
      const own = pod.pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
      return own.length === 0 ? undefined : namedNodes(own);
    },
    filter(_, pod, node) {
      if (terms !== undefined && !isEnforced(node)) return ENFORCED;
      return fitsAffinity(pod, node) ? undefined : UNMATCHED;
    },
    preScore(cycle, { pod: { spec } }) {
      const own = preferences(spec.affinity?.nodeAffinity);
      if (own.length + added.length === 0) return SKIP;
      cycle.write(NAME, { terms: [...added, ...own] } satisfies Preferred as StateData);
      return undefined;
    },
    score(cycle, _, { labels, name }) {
      let sum = 0;
      for (const { weight, match } of cycle.read<Preferred>(NAME)!.terms) if (match(labels, name)) sum += weight;
      return sum;
    },
    normalize: (_, scores) => normalizeDefault(scores),
  };
}

function preferences(affinity: NodeAffinity | undefined): Preferred['terms'] {
  return (affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ weight, preference }) => ({ weight, match: nodeTerm(preference) }));
}

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
