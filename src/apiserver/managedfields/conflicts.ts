/**
 * Conflicts of server-side apply, in Kubernetes' words: 409 with a cause for
 * each field that another manager owns with another value.
 */
import { applyConflict, type StatusError } from '../../apimachinery/status.js';
import { byBytes } from '../../apimachinery/patch/gotext.js';
import { pathText } from './element.js';
import { difference, members, type MaybeSet } from './fieldset.js';
import { keyOf, type Manager } from './managed.js';

export interface Conflict {
  manager: Manager;
  fields: NonNullable<MaybeSet>;
}

export function conflictError(conflicts: readonly Conflict[]): StatusError {
  const ordered = [...conflicts].sort((one, other) => byBytes(keyOf(one.manager), keyOf(other.manager)));
  const named = ordered.map(({ manager, fields }) => ({ manager: managerText(manager), paths: [...members(fields)].map(pathText) }));
  const count = named.reduce((sum, { paths }) => sum + paths.length, 0);
  const message =
    count === 1
      ? `Apply failed with 1 conflict: conflict with ${named[0]!.manager}: ${named[0]!.paths[0]}`
      : `Apply failed with ${count} conflicts: ${named.map(({ manager, paths }) => [`conflicts with ${manager}:`, ...paths.map((path) => `- ${path}`)].join('\n')).join('\n')}`;
  return applyConflict(
    named.flatMap(({ manager, paths }) => paths.map((field) => ({ reason: 'FieldManagerConflict', message: `conflict with ${manager}`, field }))),
    message,
  );
}

function managerText({ manager, subresource, operation, apiVersion }: Manager): string {
  const sub = subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`;
  return `${JSON.stringify(manager)}${sub}${operation === 'Update' ? ` using ${apiVersion}` : ''}`;
}

/** The conflicts that remain once some fields are allowed. */
export function conflictsBeyond(conflicts: readonly Conflict[], allowed: MaybeSet): Conflict[] {
  return conflicts.flatMap(({ manager, fields }) => {
    const left = difference(fields, allowed);
    return left === undefined ? [] : [{ manager, fields: left }];
  });
}
