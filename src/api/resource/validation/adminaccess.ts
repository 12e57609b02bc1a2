/**
 * Access to devices that others use is for namespaces that an administrator
 * has marked with a label.
 */
import { forbidden, internalError, type Causes } from '../../../apimachinery/fielderror.js';
import type { LookupContext } from '../../kind.js';
import type { DeviceAllocationResult, DeviceClaim } from '../types/resourceclaim.js';

const LABEL = 'resource.kubernetes.io/admin-access';

/** The path is a claim's, of templates too: as Kubernetes says it. */
export async function refuseAdminAccess({ requests }: DeviceClaim, context: LookupContext): Promise<Causes> {
  const at = (requests ?? []).findIndex(({ exactly }) => exactly?.adminAccess === true);
  return at < 0 ? [] : checkNamespace(`spec.devices.requests[${at}].adminAccess`, context);
}

export async function refuseAdminResults(
  next: DeviceAllocationResult | undefined,
  previous: DeviceAllocationResult | undefined,
  context: LookupContext,
): Promise<Causes> {
  const isAdmin = (result: DeviceAllocationResult | undefined): number => (result?.results ?? []).findIndex(({ adminAccess }) => adminAccess === true);
  // What was once granted stays.
  if (isAdmin(previous) >= 0) return [];
  const at = isAdmin(next);
  return at < 0 ? [] : checkNamespace(`status.allocation.devices.results[${at}].adminAccess`, context);
}

async function checkNamespace(path: string, { namespace = '', readNamespace }: LookupContext): Promise<Causes> {
  const found = await readNamespace(namespace);
  if (found === undefined)
    return [internalError(path, `could not retrieve namespace to verify admin access: namespaces ${JSON.stringify(namespace)} not found`)];
  return found.metadata.labels?.[LABEL] === 'true'
    ? []
    : [forbidden(path, `admin access to devices requires the \`${LABEL}: true\` label on the containing namespace`)];
}
