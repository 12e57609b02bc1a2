/**
 * ControllerRevision: one remembered state of a DaemonSet or StatefulSet. This is the
 * light description; rules on writes are in strategy/controllerrevision.ts.
 */
import type { OwnerReference } from '../../apimachinery/meta/meta.js';
import { ageColumn, column, nameColumn } from '../columns.js';
import { defineKind } from '../define.js';
import type { ControllerRevision as ControllerRevisionObject } from './types/controllerrevision.js';

export type ControllerRevision = ControllerRevisionObject;

export const ControllerRevision = defineKind<ControllerRevision>({
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  columns: [
    nameColumn,
    column('Controller', ({ metadata }) => controllerText(metadata.ownerReferences)),
    column('Revision', ({ revision }) => revision),
    ageColumn,
  ],
  strategy: async () => (await import('./strategy/controllerrevision.js')).strategy,
});

/** "daemonset.apps/agent", or "<none>" where no owner controls it. */
function controllerText(owners: readonly OwnerReference[] | undefined): string {
  const owner = owners?.find(({ controller }) => controller);
  if (!owner) return '<none>';
  const slash = owner.apiVersion.indexOf('/');
  const group = slash < 0 ? '' : `.${owner.apiVersion.slice(0, slash)}`;
  return `${`${owner.kind}${group}`.toLowerCase()}/${owner.name}`;
}
