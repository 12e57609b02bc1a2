/**
 * apply --server-side: the file goes to the server, which merges it and knows
 * who owns which field. Fields that client-side apply owned become this
 * manager's, and its annotation is kept true, so that both ways can be mixed.
 */
import { isConflict } from '../../../apimachinery/status.js';
import { CliError } from '../../command.js';
import { infoPath } from '../../infos.js';
import { LAST_APPLIED } from '../../lastapplied.js';
import type { Info } from '../../manifests.js';
import { toCompactJson } from '../../printers/compact.js';
import { applyQuery, type Applying } from '../apply.js';

const CONTENT_TYPE = 'application/apply-patch+yaml';
const CLIENT_SIDE = 'kubectl-client-side-apply';
const LAST_APPLIED_MANAGER = 'kubectl-last-applied';
const MIGRATION_TRIES_MAX = 5;

const ADVICE = `
Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`;

export async function applyServerSide(applying: Applying, info: Info, done: (applying: Applying, info: Info, word: string) => void): Promise<void> {
  const { context, dryRun, fieldValidation } = applying;
  let object = await send(applying, info, info.object);
  if (dryRun === 'none' && fieldValidation !== '') {
    object = (await keepLastApplied(applying, info, object)) ?? object;
    const migrated = await migrate(applying, info, object);
    if (migrated) object = await send(applying, info, info.object);
  }
  if (object.metadata?.deletionTimestamp) context.err(`Warning: Detected changes to resource ${info.name} which is currently being deleted.\n`);
  done(applying, { ...info, object }, 'serverside-applied');
}

async function send({ context, dryRun, fieldValidation }: Applying, info: Info, body: any): Promise<any> {
  const { flags } = context;
  const query: Record<string, string> = { ...applyQuery(context, dryRun, fieldValidation), force: String(flags.bool('force-conflicts')) };
  try {
    return await (
      await context.rest()
    ).object('PATCH', infoPath(info, flags.string('subresource')), { query, contentType: CONTENT_TYPE, body: Buffer.from(toCompactJson(body)) });
  } catch (error) {
    if (isConflict(error)) throw new CliError(`${(error as Error).message}${ADVICE}`);
    throw error;
  }
}

/** What client-side apply did becomes a part of what this manager applied. Resolves to whether there was anything. */
async function migrate({ context }: Applying, info: Info, applied: any): Promise<boolean> {
  const manager = context.flags.changed('field-manager') ? context.flags.string('field-manager') : 'kubectl';
  const rest = await context.rest();
  let object = applied;
  for (let tries = 0; tries < MIGRATION_TRIES_MAX; tries++) {
    const entries: any[] = object.metadata.managedFields ?? [];
    const old = entries.filter((entry) => entry.manager === CLIENT_SIDE && entry.operation === 'Update' && !entry.subresource);
    if (old.length === 0 || object.metadata.annotations?.[LAST_APPLIED] === undefined) return false;
    const kept = entries
      .filter((entry) => !old.includes(entry))
      .map((entry) =>
        entry.manager === manager && entry.operation === 'Apply' && !entry.subresource
          ? { ...entry, fieldsV1: old.reduce((fields, { fieldsV1 }) => union(fields, fieldsV1), entry.fieldsV1) }
          : entry,
      );
    const body = [
      { op: 'replace', path: '/metadata/managedFields', value: kept },
      { op: 'replace', path: '/metadata/resourceVersion', value: object.metadata.resourceVersion },
    ];
    try {
      await rest.object('PATCH', infoPath(info), { contentType: 'application/json-patch+json', body });
      return true;
    } catch (error) {
      if (!isConflict(error)) throw error;
      object = await rest.object('GET', infoPath(info));
    }
  }
  return false;
}

function union(a: any, b: any): any {
  const result = { ...a };
  for (const [key, value] of Object.entries(b ?? {})) result[key] = key in result ? union(result[key], value) : value;
  return result;
}

async function keepLastApplied({ context, dryRun, fieldValidation }: Applying, info: Info, object: any): Promise<any> {
  const manager = context.flags.changed('field-manager') ? context.flags.string('field-manager') : 'kubectl';
  const kept: string | undefined = object.metadata?.annotations?.[LAST_APPLIED];
  if (manager !== 'kubectl' || kept === undefined) return undefined;
  // Once a manager of its own holds it, the server keeps it true.
  const isHeld = (object.metadata.managedFields ?? []).some(
    ({ operation, fieldsV1 }: any) => operation === 'Apply' && fieldsV1?.['f:metadata']?.['f:annotations']?.[`f:${LAST_APPLIED}`] !== undefined,
  );
  if (isHeld) return undefined;
  const { apiVersion, kind } = info.object;
  const body = {
    apiVersion,
    kind,
    metadata: { name: info.name, ...(info.namespace === undefined ? {} : { namespace: info.namespace }), annotations: { [LAST_APPLIED]: kept } },
  };
  const query: Record<string, string> = { ...applyQuery(context, dryRun, fieldValidation), fieldManager: LAST_APPLIED_MANAGER };
  return (await context.rest()).object('PATCH', infoPath(info), { query, contentType: CONTENT_TYPE, body: Buffer.from(toCompactJson(body)) });
}
