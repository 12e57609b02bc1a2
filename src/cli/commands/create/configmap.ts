/** create configmap: from literals, files, folders and env files. */
import { isUtf8 } from 'node:buffer';
import { CliError, type Command } from '../../command.js';
import { nameHash } from '../../namehash.js';
import { oneName } from '../../writing.js';
import { APPEND_HASH_FLAG, core, createGenerated, GENERATE_FLAGS } from './generate.js';
import { readSources, SOURCE_FLAGS } from './sources.js';

export const configmap: Command = {
  name: 'configmap',
  aliases: ['cm'],
  summary: 'Create a config map from a local file, directory or literal value',
  usage: 'NAME [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none] [options]',
  examples: [
    { does: 'Create a new config map named my-config based on folder bar', command: 'create configmap my-config --from-file=path/to/bar' },
    {
      does: 'Create a new config map named my-config with key1=config1 and key2=config2',
      command: 'create configmap my-config --from-literal=key1=config1 --from-literal=key2=config2',
    },
  ],
  flags: [...GENERATE_FLAGS, ...SOURCE_FLAGS, APPEND_HASH_FLAG],
  async run(context) {
    const { flags } = context;
    const name = oneName(context);
    if (flags.list('from-env-file').length > 0 && (flags.list('from-file').length > 0 || flags.list('from-literal').length > 0))
      throw new CliError('from-env-file cannot be combined with from-file or from-literal');
    const sources = readSources(context, {
      badKey: (key, problems) => `${JSON.stringify(key)} is not a valid key name for a ConfigMap: ${problems.join(',')}`,
      taken: (key, before) =>
        `cannot add key ${JSON.stringify(key)}, another key by that name already exists in ${isUtf8(before) ? 'Data' : 'BinaryData'} for ConfigMap ${JSON.stringify(name)}`,
    });
    const data: Record<string, string> = {};
    const binaryData: Record<string, string> = {};
    for (const [key, bytes] of sources) {
      if (isUtf8(bytes)) data[key] = Buffer.from(bytes).toString('utf8');
      else binaryData[key] = Buffer.from(bytes).toString('base64');
    }
    const object: any = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name },
      ...(Object.keys(data).length === 0 ? {} : { data }),
      ...(Object.keys(binaryData).length === 0 ? {} : { binaryData }),
    };
    if (flags.bool('append-hash')) object.metadata.name = `${name}-${nameHash(object, {})}`;
    await createGenerated(context, { resource: core('configmaps'), object, failed: 'failed to create configmap: ' });
  },
};
