/** What a policy's expressions see of a request: the object as the version that matched, the request itself, and its namespace. */
import type { Kind } from '../../../api/kind.js';
import { notFound } from '../../../apimachinery/status.js';
import { read, type AdmissionRequest } from '../plugin.js';
import { requestOf } from '../webhook/review.js';
import type { Subject } from './evaluation.js';
import type { Param } from './params.js';

const METADATA = [
  'name',
  'generateName',
  'namespace',
  'labels',
  'annotations',
  'uid',
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'generation',
  'resourceVersion',
  'finalizers',
];

export async function subjectOf(request: AdmissionRequest, kind: Kind, params: Param): Promise<Subject> {
  const { object, oldObject, ...rest } = (await requestOf(request, kind)) as { object: unknown; oldObject: unknown };
  return { object, oldObject, request: rest, namespaceObject: await namespaceOf(request), params };
}

/** null for what is in no namespace, and for namespaces themselves. */
async function namespaceOf({ server, kind, namespace }: AdmissionRequest): Promise<unknown> {
  if (namespace === '' || (kind.group === '' && kind.plural === 'namespaces')) return null;
  const found = await read(server, '', 'namespaces', { namespace: '', name: namespace });
  if (found === undefined) throw notFound({ group: '', resource: 'namespaces' }, namespace);
  const metadata = Object.fromEntries(METADATA.filter((name) => found.metadata[name] !== undefined).map((name) => [name, found.metadata[name]]));
  return { apiVersion: 'v1', kind: 'Namespace', metadata, spec: found.spec, status: found.status };
}
