/** Deletes all objects of one kind in one namespace, and tells what stays behind and why. */
import type { Kind } from '../../api/kind.js';
import type { KubeObject } from '../../apimachinery/object.js';
import { isMethodNotSupported, isNotFound, isStatusError } from '../../apimachinery/status.js';
import type { Client } from '../../client/client.js';
import { keyFor } from '../../client/resource.js';

/** How long finalizers are given before another look. */
const FINALIZER_SECONDS = 15;

export interface Left {
  /** "configmaps.", "deployments.apps". */
  resource: string;
  /** When to look again; 0: nothing is left, or nothing that would go by waiting. */
  estimateSeconds: number;
  remaining: number;
  finalizers: Map<string, number>;
  failure?: string;
}

/** `goingSeconds`: how long the namespace has been going, which is taken from its pods' grace. */
export async function emptyKind(client: Client, kind: Kind, { namespace, goingSeconds }: { namespace: string; goingSeconds: number }): Promise<Left> {
  const resource = `${kind.plural}.${kind.group}`;
  const nothing = { resource, estimateSeconds: 0, remaining: 0, finalizers: new Map<string, number>() };
  let estimateSeconds = 0;
  try {
    const before = await listed(client, kind, namespace);
    if (before.length === 0) return nothing;
    estimateSeconds = kind.group === '' && kind.plural === 'pods' ? graceSeconds(before) : 0;
    if (goingSeconds >= estimateSeconds) estimateSeconds = 0;
    await deleteAll(client, kind, namespace, before);
    const left = await listed(client, kind, namespace);
    return left.length === 0 ? nothing : { resource, ...leftOver(kind, namespace, left, estimateSeconds) };
  } catch (error) {
    if (!isStatusError(error)) throw error;
    return { ...nothing, estimateSeconds, failure: error.message }; // told in a condition; the other kinds still go
  }
}

async function listed(client: Client, kind: Kind, namespace: string): Promise<KubeObject[]> {
  try {
    return (await client.on<KubeObject>(kind).list({ namespace })).items ?? [];
  } catch (error) {
    if (isNotFound(error) || isMethodNotSupported(error)) return []; // the kind went, or was never listable
    throw error;
  }
}

async function deleteAll(client: Client, kind: Kind, namespace: string, objects: readonly KubeObject[]): Promise<void> {
  if (kind.verbs.includes('deletecollection')) {
    await client.on(kind).deleteCollection({ namespace, propagationPolicy: 'Background' });
    return;
  }
  for (const object of objects) {
    try {
      await client.on(kind).delete(keyFor(object), { propagationPolicy: 'Background' });
    } catch (error) {
      if (!isNotFound(error) && !isMethodNotSupported(error)) throw error; // gone meanwhile, or never deletable
    }
  }
}

function leftOver(kind: Kind, namespace: string, left: readonly KubeObject[], estimateSeconds: number): Omit<Left, 'resource'> {
  const finalizers = new Map<string, number>();
  for (const { metadata } of left) for (const name of metadata.finalizers ?? []) finalizers.set(name, (finalizers.get(name) ?? 0) + 1);
  const remaining = left.length;
  if (estimateSeconds > 0) return { estimateSeconds, remaining, finalizers };
  if (finalizers.size > 0) return { estimateSeconds: FINALIZER_SECONDS, remaining, finalizers };
  return {
    estimateSeconds,
    remaining,
    finalizers,
    failure: `unexpected items still remain in namespace: ${namespace} for gvr: ${kind.group}/${kind.version}, Resource=${kind.plural}`,
  };
}

function graceSeconds(pods: readonly KubeObject[]): number {
  const running = pods.filter((pod) => !['Succeeded', 'Failed'].includes((pod as { status?: { phase?: string } }).status?.phase ?? ''));
  return Math.max(0, ...running.map((pod) => (pod as { spec?: { terminationGracePeriodSeconds?: number } }).spec?.terminationGracePeriodSeconds ?? 0));
}
