/** The patch of three documents that client-side apply sends, sent again when somebody else was quicker. */
import { isConflict, isInvalid, StatusError } from '../../../apimachinery/status.js';
import { createThreeWayJSONMergePatch, createThreeWayMergePatch } from '../../../apimachinery/patch/index.js';
import { CliError } from '../../command.js';
import { pathOf } from '../../discovery.js';
import { infoPath } from '../../infos.js';
import { lastApplied } from '../../lastapplied.js';
import type { Info } from '../../manifests.js';
import { shapeOf } from '../../shapes.js';
import { toCompactJson } from '../../printers/compact.js';
import { applyQuery, describeInfo, type Applying } from '../apply.js';

/** As kubectl: so often is a conflict tried again. */
const TRIES_MAX = 5;
const PAUSE_MS = 1000;

export async function patchOver(applying: Applying, info: Info, modified: any, live: any): Promise<{ object: any; changed: boolean }> {
  const { context } = applying;
  let now = live;
  for (let tries = 1; ; tries++) {
    const made = await patchOf(applying, info, modified, now);
    try {
      return await send(applying, info, made, now);
    } catch (error) {
      if (isConflict(error) && tries < TRIES_MAX) {
        if (tries > 1) await new Promise<void>((resolve) => context.clock.after(PAUSE_MS, resolve));
        now = await (await context.rest()).object('GET', infoPath(info));
        continue;
      }
      if ((isConflict(error) || isInvalid(error)) && context.flags.bool('force'))
        return { object: await replace(applying, info, modified, now), changed: true };
      throw withPatch(made.patch, info, error);
    }
  }
}

interface Made {
  patch: any;
  contentType: string;
}

/** Exported for diff, which asks the server what would come of it. */
export async function patchOf({ context }: Pick<Applying, 'context'>, info: Info, modified: any, live: any): Promise<Made> {
  const original = lastApplied(live) ?? {};
  const shape = await shapeOf(info.resource!);
  const { toYaml } = await import('../../../apimachinery/yaml.js');
  const options = { overwrite: !context.flags.has('overwrite') || context.flags.bool('overwrite'), toYaml };
  try {
    if (shape === undefined) return { patch: createThreeWayJSONMergePatch(original, modified, live, options), contentType: 'application/merge-patch+json' };
    return { patch: createThreeWayMergePatch(original, modified, live, shape, options), contentType: 'application/strategic-merge-patch+json' };
  } catch (error) {
    const [a, b, c] = [original, modified, live].map((one) => toCompactJson(one));
    throw new CliError(
      `error when applying patch:\n\nto:\n${describeInfo(info)}\nfor: ${JSON.stringify(info.source)}: error when creating patch with:\noriginal:\n${a}\nmodified:\n${b}\ncurrent:\n${c}\nfor: ${JSON.stringify(info.source)}: ${(error as Error).message}`,
    );
  }
}

async function send(
  { context, dryRun, fieldValidation }: Applying,
  info: Info,
  { patch, contentType }: Made,
  live: any,
): Promise<{ object: any; changed: boolean }> {
  if (Object.keys(patch).length === 0) return { object: live, changed: false };
  if (dryRun === 'client') return { object: live, changed: true };
  const rest = await context.rest();
  return {
    object: await rest.object('PATCH', infoPath(info), { query: applyQuery(context, dryRun, fieldValidation), contentType, body: patch }),
    changed: true,
  };
}

function withPatch(patch: any, info: Info, error: unknown): unknown {
  if (isInvalid(error)) return error;
  const text = `error when applying patch:\n${toCompactJson(patch)}\nto:\n${describeInfo(info)}\nfor: ${JSON.stringify(info.source)}: `;
  if (error instanceof StatusError) return new StatusError({ ...error.status, message: text + (error.status.message ?? '') });
  return new CliError(text + (error as Error).message);
}

/** --force: the object goes, and comes again; where the new one is refused, the old one comes back. */
async function replace({ context, dryRun, fieldValidation }: Applying, info: Info, modified: any, live: any): Promise<any> {
  const rest = await context.rest();
  const { deleteAndWait } = await import('../delete/waiting.js');
  await deleteAndWait(context, { ...info, object: live });
  const collection = pathOf(info.resource!, { namespace: info.namespace });
  const query = applyQuery(context, dryRun, fieldValidation);
  try {
    return await rest.object('POST', collection, { query, body: modified });
  } catch (error) {
    const { resourceVersion: _version, uid: _uid, creationTimestamp: _time, ...metadata } = live.metadata;
    await rest.object('POST', collection, { query, body: { ...live, metadata } }).catch((again: unknown) => {
      throw new CliError(
        `An error occurred force-replacing the existing object with the newly provided one:\n\n${(error as Error).message}.\n\nAdditionally, an error occurred attempting to restore the original object:\n\n${(again as Error).message}`,
      );
    });
    throw error;
  }
}
