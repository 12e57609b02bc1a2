/** The objects that a binding hands its policy as `params`: one, several, or null. */
import type { ParamKind } from '../../../api/admissionregistration/types/mutatingadmissionpolicy.js';
import type { ParamRef } from '../../../api/admissionregistration/types/mutatingadmissionpolicybinding.js';
import { selectorOf } from '../../../apimachinery/labels.js';
import type { KubeObject } from '../../../apimachinery/object.js';
import { read, readAll, type AdmissionRequest } from '../plugin.js';

/** A policy or a binding that cannot work as it is. */
export class ConfigurationError extends Error {}

export type Param = KubeObject | null;

export async function collectParams(paramKind: ParamKind | undefined, ref: ParamRef | undefined, request: AdmissionRequest): Promise<readonly Param[]> {
  if (!paramKind || !ref) return [null];
  const { apiVersion = '', kind: name = '' } = paramKind;
  const [group, version] = apiVersion.includes('/') ? (apiVersion.split('/') as [string, string]) : ['', apiVersion];
  const kind = request.server.registry.all().find((one) => one.group === group && one.version === version && one.kind === name);
  if (kind === undefined) throw new ConfigurationError(`paramKind kind \`${apiVersion}, Kind=${name}\` not known`);
  if (!kind.namespaced && ref.namespace) throw new ConfigurationError('paramRef.namespace must not be provided for a cluster-scoped `paramKind`');
  const namespace = kind.namespaced ? ref.namespace || request.namespace : '';
  if (kind.namespaced && namespace === '')
    throw new ConfigurationError('cannot use namespaced paramRef in policy binding that matches cluster-scoped resources');
  const found = await find(request, { group, plural: kind.plural, namespace }, ref);
  if (found.length === 0 && ref.parameterNotFoundAction === 'Deny')
    throw new ConfigurationError('no params found for policy binding with `Deny` parameterNotFoundAction');
  return found.map((object) => ({ ...object, apiVersion, kind: name }));
}

async function find(
  { server }: AdmissionRequest,
  { group, plural, namespace }: { group: string; plural: string; namespace: string },
  { name, selector }: ParamRef,
): Promise<readonly KubeObject[]> {
  if (name) {
    const object = await read(server, group, plural, { namespace, name });
    return object === undefined ? [] : [object];
  }
  const labels = selectorOf(selector);
  return (await readAll(server, group, plural, namespace)).filter((object) => labels.matches(object.metadata.labels ?? {}));
}
