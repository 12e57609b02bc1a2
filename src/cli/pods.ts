/**
 * Pods that commands speak of by the object that owns them (deploy/web), and
 * which of a pod's containers is meant when none is named.
 */
import { selectorOf } from '../apimachinery/labels.js';
import { CliError } from './command.js';
import type { Context } from './context.js';
import { findInfos, listObjects } from './infos.js';
import type { Info } from './manifests.js';

const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';

/** The object a word names: a pod by its bare name, anything as TYPE/NAME. Throws what the server said. */
export async function objectNamed(context: Context, word: string): Promise<Info> {
  const { infos, errors } = await findInfos(context, { args: word.includes('/') ? [word] : ['pods', word] });
  if (errors.length > 0) throw errors[0];
  return infos[0]!;
}

/** The pods behind an object, the best first; a pod is itself. */
export async function podsOf(context: Context, { object, namespace }: Info, doing = 'attach to'): Promise<any[]> {
  if (object.kind === 'Pod') return [object];
  const selector = selectorText(object, doing);
  const resource = (await (await context.discovery()).findKind('v1', 'Pod'))!;
  return (await listObjects(context, resource, namespace, { selector })).sort(byActivity);
}

function selectorText({ kind, spec, metadata }: any, doing: string): string {
  const plain = spec?.selector;
  if (kind === 'Service' || kind === 'ReplicationController') {
    if (plain === undefined || Object.keys(plain).length === 0)
      throw new CliError(`cannot ${doing} *v1.${kind}: invalid service '${metadata.name}': Service is defined without a selector`);
    return Object.entries(plain)
      .map(([key, value]) => `${key}=${String(value)}`)
      .join(',');
  }
  if (plain === undefined || (plain.matchLabels === undefined && plain.matchExpressions === undefined))
    throw new CliError(`cannot ${doing} *v1.${kind}: selector for *v1.${kind} not implemented`);
  return selectorOf(plain).toString();
}

const RANK: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };
const isReady = (pod: any): boolean => (pod.status?.conditions ?? []).some(({ type, status }: any) => type === 'Ready' && status === 'True');

/** As kubectl's ActivePods: bound, running, ready, ready for longer, fewer restarts, newer. */
function byActivity(a: any, b: any): number {
  const bound = Number(!a.spec.nodeName) - Number(!b.spec.nodeName);
  if (bound !== 0) return bound;
  const phase = (RANK[b.status?.phase] ?? 0) - (RANK[a.status?.phase] ?? 0);
  if (phase !== 0) return phase;
  const ready = Number(isReady(b)) - Number(isReady(a));
  if (ready !== 0) return ready;
  return String(a.metadata.creationTimestamp).localeCompare(String(b.metadata.creationTimestamp)) || String(a.metadata.name).localeCompare(b.metadata.name);
}

const containerWords = ({ containers = [], initContainers = [], ephemeralContainers = [] }: any): string =>
  [
    ...containers.map(({ name }: any) => name),
    ...ephemeralContainers.map(({ name }: any) => `${name} (ephem)`),
    ...initContainers.map(({ name }: any) => `${name} (init)`),
  ].join(', ');

/** The name of the container meant; says on standard error which of several was taken. Throws for one that is not there. */
export function containerOf(context: Context, pod: any, named: string, options: { quiet?: boolean; tell?: (text: string) => void } = {}): string {
  const { containers = [], initContainers = [], ephemeralContainers = [] } = pod.spec;
  const all = [...containers, ...initContainers, ...ephemeralContainers];
  if (named !== '') {
    if (!all.some(({ name }: any) => name === named))
      throw new CliError(`container ${named} is not valid for pod ${pod.metadata.name} out of: ${containerWords(pod.spec)}`);
    return named;
  }
  const annotated: string | undefined = pod.metadata.annotations?.[DEFAULT_CONTAINER];
  if (annotated !== undefined && annotated !== '') {
    if (all.some(({ name }: any) => name === annotated)) return annotated;
    context.err(`Default container name ${JSON.stringify(annotated)} not found in pod ${pod.metadata.name}\n`);
  }
  const [first] = containers;
  if (first === undefined) throw new CliError(`no containers in pod ${pod.metadata.name}`);
  if (all.length > 1 && !options.quiet) {
    (options.tell ?? ((text) => context.err(text)))(`Defaulted container ${JSON.stringify(first.name)} out of: ${containerWords(pod.spec)}\n`);
  }
  return first.name;
}
