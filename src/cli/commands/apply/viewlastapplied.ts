/** apply view-last-applied: what apply keeps of an object, as YAML or JSON. */
import { CliError, type Command } from '../../command.js';
import type { Context } from '../../context.js';
import { findInfos } from '../../infos.js';
import { lastApplied, LAST_APPLIED } from '../../lastapplied.js';
import { FILENAME_FLAGS, SELECTOR_FLAG } from '../../sharedflags.js';
import { tell, usage } from '../../writing.js';

export const viewLastApplied: Command = {
  name: 'view-last-applied',
  summary: 'View the latest last-applied-configuration annotations of a resource/object',
  about:
    'View the latest last-applied-configuration annotations by type/name or file.\n\nThe default output will be printed to stdout in YAML format. You can use the -o option to change the output format.',
  usage: '(TYPE [NAME | -l label] | TYPE/NAME | -f FILENAME) [options]',
  examples: [{ does: 'View the last-applied-configuration annotations by type/name in YAML', command: 'apply view-last-applied deployment/nginx' }],
  flags: [
    ...FILENAME_FLAGS,
    SELECTOR_FLAG,
    { name: 'all', type: 'bool', description: 'Select all resources in the namespace of the specified resource types' },
    { name: 'output', short: 'o', type: 'string', default: "'yaml'", description: 'Output format. Must be one of (yaml, json)' },
  ],
  run,
};

async function run(context: Context): Promise<number | void> {
  const output = context.flags.string('output');
  const namesNone = context.args.length === 1 && !context.args[0]!.includes('/');
  // As kubectl does: where a namespace was named, a type alone means every object of it, and --all is too much.
  if (context.flags.bool('all') && namesNone && context.namespaceGiven) throw new CliError("setting 'all' parameter but found a non empty selector. ");
  const { infos, errors } = await findInfos(context, { latest: true, everything: context.namespaceGiven });
  const { toYaml } = await import('../../../apimachinery/yaml.js');
  const { toPrettyJson } = await import('../../printers/json.js');
  if (errors.length > 0) return tell(context, errors);
  const texts = infos.flatMap((info) => {
    if (info.object.metadata.annotations?.[LAST_APPLIED] === undefined) {
      // As kubectl does: of an object that was named it says nothing, of one in a file too much.
      if (info.source === '') return [];
      throw new CliError(`error when no last-applied-configuration annotation found on resource: ${info.name}\n ${JSON.stringify(info.source)}: <nil>`);
    }
    if (output !== 'json' && output !== 'yaml') throw usage(context, `Unexpected -o output mode: ${output}, the flag 'output' must be one of yaml|json`);
    const before = lastApplied(info.object);
    return output === 'json' ? `${toPrettyJson(before).replaceAll('    ', '  ')}\n` : toYaml(before);
  });
  for (const text of texts) context.out(text);
}
