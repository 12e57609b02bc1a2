/** CreateOptions, UpdateOptions and PatchOptions as a query gives them, checked in Kubernetes' words. */
import { invalid, notSupported, required, forbidden, tooLong, type Causes } from '../../apimachinery/fielderror.js';
import { invalidObject } from '../../apimachinery/status.js';
import type { ApiRequest } from '../../apimachinery/request.js';
import { headerText } from '../negotiate.js';
import { queryTrue } from '../route.js';

export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

export interface WriteOptions {
  dryRun: boolean;
  /** '' where none was named. */
  fieldManager: string;
  fieldValidation: FieldValidation;
  force: boolean | undefined;
}

const MANAGER_MAX = 128;

export function writeOptions(request: ApiRequest, kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions', apply = false): WriteOptions {
  const { query } = request;
  const dryRun = query.getAll('dryRun');
  const manager = query.get('fieldManager') ?? '';
  const validation = query.get('fieldValidation') ?? '';
  const force = query.get('force');
  const causes: Causes = [];
  if (kind === 'PatchOptions') {
    if (apply && manager === '') causes.push(required('fieldManager', 'is required for apply patch'));
    else if (!apply && force !== null) causes.push(forbidden('force', 'may not be specified for non-apply patch'));
  }
  causes.push(...managerCauses(manager), ...dryRunCauses(dryRun));
  if (validation !== '' && validation !== 'Ignore' && validation !== 'Strict' && validation !== 'Warn')
    causes.push(notSupported('fieldValidation', validation, ['', 'Ignore', 'Strict', 'Warn']));
  if (causes.length > 0) throw invalidObject({ group: 'meta.k8s.io', kind }, '', causes);
  return {
    dryRun: dryRun.length > 0,
    fieldManager: manager,
    fieldValidation: validation === '' ? 'Warn' : (validation as FieldValidation),
    force: force === null ? undefined : queryTrue(force),
  };
}

export function dryRunCauses(dryRun: readonly string[]): Causes {
  return dryRun.every((value) => value === 'All') ? [] : [notSupported('dryRun', dryRun, ['All'])];
}

/** What Go takes for printable: of all spaces only the plain one. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;

function managerCauses(manager: string): Causes {
  const causes: Causes = Buffer.byteLength(manager) > MANAGER_MAX ? [tooLong('fieldManager', manager, MANAGER_MAX)] : [];
  if (!UNPRINTABLE.test(manager)) return causes;
  let at = 0;
  for (const letter of manager) {
    if (UNPRINTABLE.test(letter))
      causes.push(
        invalid('fieldManager', manager, `invalid character U+${letter.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')} (at position ${at})`),
      );
    at += Buffer.byteLength(letter);
  }
  return causes;
}

/** As kube-apiserver names a writer who gave no name: the user agent up to its first slash. */
export function managerName({ fieldManager }: WriteOptions, request: ApiRequest): string {
  if (fieldManager !== '') return fieldManager;
  const agent = headerText(request.headers, 'user-agent').split('/')[0]!;
  if (agent === '') return 'unknown';
  return agent.length <= MANAGER_MAX && !UNPRINTABLE.test(agent) ? agent : printable(agent);
}

/** As much of it as fits, without what cannot be shown. */
function printable(agent: string): string {
  let name = '';
  for (const letter of agent) {
    if (UNPRINTABLE.test(letter)) continue;
    if (Buffer.byteLength(name) + Buffer.byteLength(letter) > MANAGER_MAX) break;
    name += letter;
  }
  return name;
}
