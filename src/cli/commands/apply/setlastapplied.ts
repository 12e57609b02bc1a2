/** apply set-last-applied: writes what a file says into the annotation, and changes nothing else. */
import { isNotFound } from '../../../apimachinery/status.js';
import { CliError, type Command } from '../../command.js';
import type { Context } from '../../context.js';
import { infoPath, MISSING } from '../../infos.js';
import { LAST_APPLIED } from '../../lastapplied.js';
import { fromFiles, readManifests, type Info } from '../../manifests.js';
import { toCompactJson } from '../../printers/compact.js';
import { DRY_RUN_FLAG, FILENAME_FLAGS } from '../../sharedflags.js';
import { checkOptions, dryRunOf, resultPrinter, tell, WRITE_OUTPUT_FLAGS, writeQuery } from '../../writing.js';
import { withInfo } from '../apply.js';

export const setLastApplied: Command = {
  name: 'set-last-applied',
  summary: 'Set the last-applied-configuration annotation on a live object to match the contents of a file',
  about:
    "Set the latest last-applied-configuration annotations by setting it to match the contents of a file. This results in the last-applied-configuration being updated as though 'kubectl apply -f <file>' was run, without updating any other parts of the object.",
  usage: '-f FILENAME [options]',
  examples: [{ does: 'Set the last-applied-configuration of a resource to match the contents of a file', command: 'apply set-last-applied -f deploy.yaml' }],
  flags: [
    ...WRITE_OUTPUT_FLAGS,
    FILENAME_FLAGS[0]!,
    DRY_RUN_FLAG,
    { name: 'create-annotation', type: 'bool', description: "Will create 'last-applied-configuration' annotations if current objects doesn't have one" },
  ],
  run,
};

async function run(context: Context): Promise<number | void> {
  context.needs('write');
  if (!fromFiles(context)) throw new CliError(MISSING.replaceAll('kubectl', context.host.program));
  checkOptions(context);
  const dryRun = dryRunOf(context);
  const printer = await resultPrinter(context, dryRun);
  const rest = await context.rest();
  const { infos, errors } = await readManifests(context);
  if (errors.length > 0) return tell(context, errors);
  const patches: { info: Info; live: any; now: string }[] = [];
  // As kubectl does: all are looked at before the first is changed.
  for (const info of infos) {
    const live: any = await rest.named(infoPath(info), info.namespace).catch((error: unknown) => {
      throw isNotFound(error) ? error : withInfo('retrieving current configuration of', info, error);
    });
    const before: string | undefined = live.metadata.annotations?.[LAST_APPLIED];
    if (before === undefined && !context.flags.bool('create-annotation')) {
      throw new CliError(
        `no last-applied-configuration annotation found on resource: ${info.name}, to create the annotation, run the command with --create-annotation`,
      );
    }
    const now = asWritten(info.object);
    if (before !== undefined && sameJson(before, now)) context.out(`set-last-applied ${info.name}: no changes required.\n`);
    else patches.push({ info, live, now });
  }
  for (const { info, live, now } of patches) {
    const patched =
      dryRun === 'client'
        ? live
        : await rest.object('PATCH', infoPath(info), {
            contentType: 'application/merge-patch+json',
            query: writeQuery(context, dryRun),
            body: { metadata: { annotations: { [LAST_APPLIED]: now } } },
          });
    printer.print(patched, 'configured');
  }
}

/** The object as its file has it: no empty annotations are added, as apply itself does. */
export const asWritten = (object: any): string => `${toCompactJson(object)}\n`;

function sameJson(a: string, b: string): boolean {
  try {
    return toCompactJson(JSON.parse(a)) === toCompactJson(JSON.parse(b));
  } catch (error) {
    // What is no JSON is the same as nothing else.
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
