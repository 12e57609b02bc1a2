/** apply edit-last-applied: what apply keeps of an object, in the user's editor. */
import { CliError, type Command } from '../../command.js';
import type { Context } from '../../context.js';
import { findInfos, infoPath } from '../../infos.js';
import { lastApplied, LAST_APPLIED } from '../../lastapplied.js';
import { resultPrinter, tell, fieldManagerFlag, recorded, RECORD_FLAG, writeQuery } from '../../writing.js';
import { asWritten } from './setlastapplied.js';
import { EDIT_FLAGS } from '../edit.js';
import { edit, firstOf } from '../edit/editor.js';

export const editLastApplied: Command = {
  name: 'edit-last-applied',
  summary: 'Edit latest last-applied-configuration annotations of a resource/object',
  about: 'Edit the latest last-applied-configuration annotations of resources from the default editor.',
  usage: '(RESOURCE/NAME | -f FILENAME) [options]',
  examples: [{ does: 'Edit the last-applied-configuration annotations by type/name in YAML', command: 'apply edit-last-applied deployment/nginx' }],
  flags: [...EDIT_FLAGS, RECORD_FLAG, fieldManagerFlag('kubectl-client-side-apply')],
  run,
};

async function run(context: Context): Promise<number | void> {
  context.needs('write');
  const { infos, errors } = await findInfos(context, { latest: true, everything: true });
  if (errors.length > 0) return tell(context, errors);
  const kept = infos.filter(({ object }) => object.metadata.annotations?.[LAST_APPLIED] !== undefined);
  if (kept.length === 0)
    throw new CliError(
      `no last-applied-configuration annotation found on resources, to create the annotation, use command \`${context.host.program} apply set-last-applied --create-annotation\``,
    );
  const printer = context.flags.string('output') === '' ? await resultPrinter(context) : undefined;
  const rest = await context.rest();
  await edit(context, {
    objects: kept.map(({ object }) => lastApplied(object)),
    first: firstOf(kept),
    ofLastApplied: true,
    async accept(objects) {
      for (const [at, info] of kept.entries()) {
        const annotation = asWritten(recorded(context, objects[at]));
        const patched = await rest.object('PATCH', infoPath(info), {
          contentType: 'application/merge-patch+json',
          query: writeQuery(context, 'none'),
          body: { metadata: { annotations: { [LAST_APPLIED]: annotation } } },
        });
        printer?.print(patched, 'edited');
      }
      return [];
    },
  });
}
