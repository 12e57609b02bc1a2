/** scale: the number of replicas of a workload, as autoscaling/v1 shows it for every kind that has one. */
import { invalid, type Causes } from '../../apimachinery/fielderror.js';
import { deepCopy } from '../../apimachinery/deep.js';
import { formatLabelSelector, selectorFromSet } from '../../apimachinery/labels.js';
import { formatTime } from '../../apimachinery/time.js';
import type { ManagedFieldsEntry } from '../../apimachinery/meta/meta.js';
import type { KubeObject } from '../../apimachinery/object.js';
import { invalidObject } from '../../apimachinery/status.js';
import { fromWire } from '../../apimachinery/walk.js';
import { applyConfiguration, fromScaleManagedFields, toScaleManagedFields, updateManagedFields, type ScaleOptions } from '../managedfields/index.js';
import { groupVersion, type KindCall } from '../context.js';
import type { Outcome } from '../dispatch.js';
import { methodNotAllowed } from '../verbs/errors.js';
import { applied, patcherOf } from '../verbs/patch.js';
import { headerText } from '../negotiate.js';
import { getObject } from '../verbs/read.js';
import { matchName, updateObject } from '../verbs/update.js';
import { matchNamespace } from '../verbs/create.js';
import { finish } from '../write/decode.js';
import { managerName, writeOptions, type WriteOptions } from '../write/options.js';
import { prepare, type Prepared } from '../write/prepare.js';
import { decodeForeign, foreign } from './foreign.js';
import { ageColumn, nameColumn } from '../../api/columns.js';
import type { Kind } from '../../api/kind.js';
import { customScale, type ScalePaths } from './customscale.js';

async function scaleKind(): Promise<Prepared> {
  const { Scale } = await import('../../api/autoscaling/types/scale.js');
  return foreign({ group: 'autoscaling', version: 'v1', kind: 'Scale', schema: Scale, columns: SCALE_COLUMNS });
}

const SCALE_COLUMNS: Kind['columns'] = [
  { ...nameColumn, format: '' },
  { name: 'Desired', type: 'integer', cell: (object: any) => object.spec.replicas ?? 0 },
  { name: 'Available', type: 'integer', cell: (object: any) => object.status.replicas ?? 0 },
  ageColumn,
];

export async function scale(call: KindCall, verb: string): Promise<Outcome> {
  const kind = await scaleKind();
  const paths = customScale(call.kind);
  if (verb === 'get') {
    const object = await getObject(call);
    paths?.requireReplicas(object);
    return { status: 200, object: scaleOf(object, paths), kind: kind.kind };
  }
  if (verb === 'update') return put(call, kind, paths);
  if (verb === 'patch') return patched(call, kind, paths);
  throw methodNotAllowed();
}

export function scaleOf(object: KubeObject, paths: ScalePaths | undefined): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const { spec = {}, status = {} } = object as any;
  const replicas: number = paths === undefined ? (spec.replicas ?? 0) : paths.replicas(object);
  const current: number = paths === undefined ? (status.replicas ?? 0) : paths.current(object);
  const selector: string = paths === undefined ? selectorText(spec.selector) : paths.selector(object);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), uid, resourceVersion, creationTimestamp },
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: current, ...(selector === '' ? {} : { selector }) },
  } as unknown as KubeObject;
}

function selectorText(selector: any): string {
  if (selector === undefined) return '';
  return selector.matchLabels !== undefined || selector.matchExpressions !== undefined ? formatLabelSelector(selector) : selectorFromSet(selector).toString();
}

async function put(call: KindCall, kind: Prepared, paths: ScalePaths | undefined): Promise<Outcome> {
  const options = writeOptions(call.request, 'UpdateOptions');
  const sent = await decodeForeign(call, kind, options);
  matchName(sent, call.info.name);
  matchNamespace(sent, call.kind.namespaced ? call.info.namespace : '');
  return change(call, kind, paths, options, () => ({ wanted: sent }), sent.metadata.uid ?? '');
}

async function patched(call: KindCall, kind: Prepared, paths: ScalePaths | undefined): Promise<Outcome> {
  const isApply = headerText(call.request.headers, 'content-type').split(';')[0]!.trim() === 'application/apply-patch+yaml';
  const options = writeOptions(call.request, 'PatchOptions', isApply);
  if (isApply) return appliedTo(call, kind, paths, options);
  const apply = patcherOf(call, kind, options);
  return change(
    call,
    kind,
    paths,
    options,
    (current) => {
      const next = finish(apply(current), kind.kind, kind.strategy);
      matchName(next, call.info.name);
      return { wanted: next };
    },
    '',
  );
}

async function appliedTo(call: KindCall, kind: Prepared, paths: ScalePaths | undefined, options: WriteOptions): Promise<Outcome> {
  const config = await applied(call);
  return change(
    call,
    kind,
    paths,
    options,
    (current) => {
      const { object, managedFields } = applyConfiguration({
        current,
        config,
        node: kind.node,
        gvk: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
        manager: managerName(options, call.request),
        subresource: 'scale',
        time: formatTime(call.server.options.clock.now()),
        ...(options.force === undefined ? {} : { force: options.force }),
      });
      const next = finish(fromWire<any>(kind.node, object).object, kind.kind, kind.strategy);
      matchName(next, call.info.name);
      return { wanted: next, managed: managedFields ?? [] };
    },
    '',
  );
}

/** What the Scale is to be; `managed`, where the managers are known already. */
interface Wish {
  wanted: any;
  managed?: readonly ManagedFieldsEntry[];
}

async function change(
  call: KindCall,
  kind: Prepared,
  paths: ScalePaths | undefined,
  options: WriteOptions,
  next: (current: any) => Wish,
  uid: string,
): Promise<Outcome> {
  const prepared = await prepare(call.kind);
  const { object } = await updateObject(call, prepared, options, {
    subresource: 'scale',
    track: 'none',
    uid,
    fullKey: true,
    transform: (previous) => {
      const told = { apiVersion: groupVersion(call.kind), ...(paths === undefined ? {} : { replicasPath: paths.path }) };
      const live = seenThrough(previous, paths, told);
      const { wanted, managed } = next(live);
      const causes = causesOf(wanted);
      if (causes.length > 0 && paths !== undefined)
        throw invalidObject(call.kind, wanted.metadata.name, [invalid('.spec.replicas', wanted.spec.replicas, 'should be a non-negative integer')]);
      if (causes.length > 0) throw invalidObject({ group: 'autoscaling', kind: 'Scale' }, wanted.metadata.name, causes);
      const result = deepCopy(previous);
      const replicas: number = wanted.spec?.replicas ?? 0;
      if (paths === undefined) result.spec.replicas = replicas;
      else paths.setReplicas(result, replicas);
      if (wanted.metadata.resourceVersion !== undefined && wanted.metadata.resourceVersion !== '')
        result.metadata.resourceVersion = wanted.metadata.resourceVersion;
      const owners =
        managed ??
        updateManagedFields({
          before: live,
          after: wanted,
          node: kind.node,
          manager: managerName(options, call.request),
          subresource: 'scale',
          apiVersion: 'autoscaling/v1',
          time: formatTime(call.server.options.clock.now()),
        });
      const entries = fromScaleManagedFields(previous.metadata.managedFields, owners, told);
      if (entries.length === 0) delete result.metadata.managedFields;
      else result.metadata.managedFields = entries;
      return result;
    },
  });
  return { status: 200, object: scaleOf(object, paths), kind: kind.kind };
}

function seenThrough(previous: KubeObject, paths: ScalePaths | undefined, told: ScaleOptions): KubeObject {
  const seen = scaleOf(previous, paths);
  const managedFields = toScaleManagedFields(previous.metadata.managedFields, told);
  return managedFields.length === 0 ? seen : { ...seen, metadata: { ...seen.metadata, managedFields } };
}

function causesOf({ spec }: any): Causes {
  const replicas: number = spec?.replicas ?? 0;
  return replicas < 0 ? [invalid('spec.replicas', replicas, 'must be greater than or equal to 0')] : [];
}
