/**
 * Resource claims: makes the claims that pods ask for by a template, tells the
 * pod their names, and takes reservations back from pods that are done, with the
 * devices when nobody is left.
 */
import { ResourceClaim as ClaimKind } from '../../api/resource/resourceclaim.js';
import { ResourceClaimTemplate as TemplateKind } from '../../api/resource/resourceclaimtemplate.js';
import type { ResourceClaim } from '../../api/resource/types/resourceclaim.js';
import type { ResourceClaimTemplate } from '../../api/resource/types/resourceclaimtemplate.js';
import type { Kind } from '../../api/kind.js';
import { keyOf, type ObjectDraft } from '../../apimachinery/object.js';
import { isNotFound, isStatusError } from '../../apimachinery/status.js';
import type { Client } from '../../client/client.js';
import { keyFor, keyTextOf } from '../../client/resource.js';
import { anyChange, makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { Pod } from '../kinds.js';
import { controllerOf, controllerRef, isControlledBy } from '../owner.js';
import { isFinished } from '../pods.js';

const POD_CLAIM = 'resource.kubernetes.io/pod-claim-name';
const FINALIZER = 'resource.kubernetes.io/delete-protection';
const MANAGER = 'ResourceClaimController';
const RESERVED_MAX = 256;
/** A name of 63 letters less five that are added and their hyphen. */
const BASE_MAX = 57;
const POD = 'pod:';

const Claim = ClaimKind as Kind<ResourceClaim>;
const Template = TemplateKind as Kind<ResourceClaimTemplate>;
type PodClaim = NonNullable<Pod['spec']['resourceClaims']>[number];
type Consumer = NonNullable<NonNullable<ResourceClaim['status']>['reservedFor']>[number];

export function resourceClaimController(deps: ControllerDeps): Controller {
  const pods = deps.informers.of(Pod);
  const claims = deps.informers.of(Claim);
  const templates = deps.informers.of(Template);

  async function reconcile(key: string, client: Client): Promise<Outcome> {
    if (!key.startsWith(POD)) return syncClaim(client, key);
    const pod = pods.lister.get(keyOf(key.slice(POD.length)));
    if (pod !== undefined && pod.metadata.deletionTimestamp === undefined && !isFinished(pod)) await syncPod(client, pod);
  }

  async function syncPod(client: Client, pod: Pod): Promise<void> {
    const made: { name: string; resourceClaimName: string }[] = [];
    for (const podClaim of pod.spec.resourceClaims ?? []) {
      try {
        const name = await ensureClaim(client, pod, podClaim);
        if (name !== undefined) made.push({ name: podClaim.name, resourceClaimName: name });
      } catch (error) {
        deps.recorder.event(pod, 'Warning', 'FailedResourceClaimCreation', `PodResourceClaim ${podClaim.name}: ${(error as Error).message}`);
        throw error;
      }
    }
    if (made.length > 0) {
      const body = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: pod.metadata.name!, namespace: pod.metadata.namespace! },
        status: { resourceClaimStatuses: made },
      };
      await client.on(Pod).patch(keyFor(pod), 'apply', body, { subresource: 'status', fieldManager: MANAGER, force: true });
    }
    // Whoever bound a pod without a scheduler reserved nothing for it.
    if (pod.spec.nodeName) for (const podClaim of pod.spec.resourceClaims ?? []) await reserve(client, pod, podClaim);
  }

  /** The name of a claim that the pod has not been told of; undefined: it knows, or needs none. */
  async function ensureClaim(client: Client, pod: Pod, podClaim: PodClaim): Promise<string | undefined> {
    const { resourceClaimTemplateName: template } = podClaim;
    if (template === undefined) return undefined;
    const known = nameOf(pod, podClaim);
    if (known === '') return undefined;
    const told = known === undefined ? undefined : claims.lister.get({ namespace: pod.metadata.namespace!, name: known });
    if (told !== undefined && isControlledBy(told, pod)) return undefined;
    const orphan = claims.lister.ownedBy(pod.metadata.uid!).find(({ metadata }) => metadata.annotations?.[POD_CLAIM] === podClaim.name);
    return (orphan ?? (await create(client, pod, podClaim, template))).metadata.name!;
  }

  async function create(client: Client, pod: Pod, podClaim: PodClaim, name: string): Promise<ResourceClaim> {
    const { namespace } = pod.metadata;
    const template = templates.lister.get({ namespace: namespace!, name });
    if (template === undefined)
      throw new Error(`resource claim template ${JSON.stringify(name)}: resourceclaimtemplate.resource.k8s.io ${JSON.stringify(name)} not found`);
    const { annotations, labels } = template.spec.metadata ?? {};
    const metadata = {
      namespace: namespace!,
      generateName: generateName(pod.metadata.name!, podClaim.name),
      ownerReferences: [controllerRef(pod, Pod)],
      annotations: { ...annotations, [POD_CLAIM]: podClaim.name },
      ...(labels === undefined ? {} : { labels }),
    };
    try {
      return await client
        .on(Claim)
        .create({ apiVersion: 'resource.k8s.io/v1', kind: 'ResourceClaim', metadata, spec: template.spec.spec } as ObjectDraft<ResourceClaim>);
    } catch (error) {
      if (!isStatusError(error)) throw error;
      throw new Error(`create ResourceClaim : ${error.message}`, { cause: error });
    }
  }

  async function reserve(client: Client, pod: Pod, podClaim: PodClaim): Promise<void> {
    const name = nameOf(pod, podClaim);
    const claim = name === undefined || name === '' ? undefined : claims.lister.get({ namespace: pod.metadata.namespace!, name });
    if (claim === undefined || (podClaim.resourceClaimTemplateName !== undefined && !isControlledBy(claim, pod))) return;
    const { reservedFor = [], allocation } = claim.status ?? {};
    if (allocation === undefined || reservedFor.length >= RESERVED_MAX || reservedFor.some(({ uid }) => uid === pod.metadata.uid)) return;
    const own = { resource: 'pods', name: pod.metadata.name!, uid: pod.metadata.uid! };
    await client.on(Claim).updateStatus({ ...claim, status: { ...claim.status, reservedFor: [...reservedFor, own] } } as ResourceClaim);
  }

  async function syncClaim(client: Client, key: string): Promise<void> {
    const found = claims.lister.get(keyOf(key));
    if (found === undefined) return;
    const { reservedFor = [], allocation } = found.status ?? {};
    const valid: Consumer[] = [];
    for (const consumer of reservedFor) if (await isStillUsed(client, found.metadata.namespace!, consumer)) valid.push(consumer);
    const { finalizers = [] } = found.metadata;
    const isOurs = finalizers.includes(FINALIZER);
    let claim = found;
    if (valid.length < reservedFor.length) claim = await writeUse(client, found, valid, { free: valid.length === 0 && isOurs });
    else if (isOurs && valid.length === 0 && found.metadata.deletionTimestamp !== undefined && allocation !== undefined)
      claim = await writeUse(client, found, valid, { free: true });
    const isFree = valid.length === 0 && isOurs && claim.status?.allocation === undefined;
    if (isFree && (claim !== found || found.metadata.deletionTimestamp !== undefined))
      claim = await client.on(Claim).update({ ...claim, metadata: { ...claim.metadata, finalizers: finalizers.filter((name) => name !== FINALIZER) } });
    if (valid.length === 0) await removeUnused(client, claim);
  }

  async function writeUse(client: Client, claim: ResourceClaim, reservedFor: Consumer[], { free }: { free: boolean }): Promise<ResourceClaim> {
    const { allocation, reservedFor: _before, ...rest } = claim.status ?? {};
    const status = { ...rest, ...(free || allocation === undefined ? {} : { allocation }), ...(reservedFor.length > 0 ? { reservedFor } : {}) };
    return client.on(Claim).updateStatus({ ...claim, status } as ResourceClaim);
  }

  /** A pod that the cache does not have may be one that it does not have yet: the server is asked. */
  async function isStillUsed(client: Client, namespace: string, { apiGroup = '', resource, name, uid }: Consumer): Promise<boolean> {
    if (apiGroup !== '' || resource !== 'pods') throw new Error(`unsupported ReservedFor entry: ${resource}`);
    const pod = pods.lister.get({ namespace, name }) ?? (await client.on(Pod).get({ namespace, name }).catch(orGone));
    return pod !== undefined && pod.metadata.uid === uid && !isDone(pod);
  }

  /** What was made for a pod that will not run is of no use to anybody. */
  async function removeUnused(client: Client, claim: ResourceClaim): Promise<void> {
    const owner = controllerOf(claim);
    if (owner?.kind !== Pod.kind || owner.apiVersion !== 'v1' || claim.metadata.deletionTimestamp !== undefined) return;
    const pod = pods.lister.get({ namespace: claim.metadata.namespace!, name: owner.name });
    if (pod === undefined || (pod.metadata.uid === owner.uid && !isDone(pod))) return; // one that is gone is the garbage collector's
    await client.on(Claim).delete(keyFor(claim)).catch(orGone);
  }

  return makeController({
    name: 'resource-claim',
    deps,
    informers: [
      [Pod, pods],
      [Claim, claims],
      [Template, templates],
    ],
    reconcile,
    wire(queue) {
      const wake = (pod: Pod): void => {
        if ((pod.spec.resourceClaims ?? []).length === 0) return;
        if (pod.metadata.deletionTimestamp === undefined && !isFinished(pod)) queue.add(`${POD}${keyTextOf(pod)}`);
        else wakeClaims(pod);
      };
      const wakeClaims = (pod: Pod): void => {
        for (const podClaim of pod.spec.resourceClaims ?? []) {
          const name = nameOf(pod, podClaim);
          if (name !== undefined && name !== '') queue.add(`${pod.metadata.namespace}/${name}`);
        }
      };
      return [
        pods.handle({ added: wake, updated: wake, deleted: wakeClaims }),
        claims.handle(
          anyChange((claim) => {
            queue.add(keyTextOf(claim));
            const owner = controllerOf(claim);
            if (owner?.kind === Pod.kind) queue.add(`${POD}${claim.metadata.namespace}/${owner.name}`);
          }),
        ),
      ];
    },
  });
}

/** The claim's name; undefined: it was not made yet; '': none is needed. */
function nameOf(pod: Pod, { name, resourceClaimName, resourceClaimTemplateName }: PodClaim): string | undefined {
  if (resourceClaimName !== undefined) return resourceClaimName;
  if (resourceClaimTemplateName === undefined) return '';
  const status = (pod.status.resourceClaimStatuses ?? []).find((one) => one.name === name);
  return status === undefined ? undefined : (status.resourceClaimName ?? '');
}

/** None of its containers runs or ever will. */
const isDone = (pod: Pod): boolean => isFinished(pod) || (pod.metadata.deletionTimestamp !== undefined && !pod.spec.nodeName);

/** Both names are cut where they are too long together, each by its share. */
function generateName(pod: string, claim: string): string {
  const whole = `${pod}-${claim}-`;
  if (whole.length <= BASE_MAX) return whole;
  const part = (name: string): string => name.slice(0, Math.floor((name.length * BASE_MAX) / whole.length));
  return `${part(pod)}-${part(claim)}`;
}

/** What is gone is an answer here. */
function orGone(error: unknown): undefined {
  if (!isNotFound(error)) throw error;
  return undefined;
}
