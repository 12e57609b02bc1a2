/** create secret: generic, tls and docker-registry. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { CliError, type Command } from '../../command.js';
import type { Context } from '../../context.js';
import { nameHash } from '../../namehash.js';
import { oneName } from '../../writing.js';
import { APPEND_HASH_FLAG, core, createGenerated, GENERATE_FLAGS } from './generate.js';
import { readSources, SOURCE_FLAGS } from './sources.js';

const RULES = {
  badKey: (key: string, problems: readonly string[]) => `${JSON.stringify(key)} is not valid key name for a Secret ${problems.join(';')}`,
  taken: (key: string) => `cannot add key ${key}, another key by that name already exists`,
};

async function send(context: Context, name: string, data: Record<string, string>, type: string | undefined): Promise<void> {
  const object: any = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name },
    ...(Object.keys(data).length === 0 ? {} : { data }),
    ...(type === undefined ? {} : { type }),
  };
  if (context.flags.bool('append-hash')) object.metadata.name = `${name}-${nameHash(object, {})}`;
  await createGenerated(context, { resource: core('secrets'), object, failed: 'failed to create secret ' });
}

const base64 = (bytes: Uint8Array | string): string => Buffer.from(bytes as string).toString('base64');

const generic: Command = {
  name: 'generic',
  summary: 'Create a secret from a local file, directory, or literal value',
  usage: 'NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none] [options]',
  flags: [...GENERATE_FLAGS, ...SOURCE_FLAGS, APPEND_HASH_FLAG, { name: 'type', type: 'string', description: 'The type of secret to create' }],
  async run(context) {
    const { flags } = context;
    const name = oneName(context);
    if (flags.list('from-env-file').length > 0 && (flags.list('from-file').length > 0 || flags.list('from-literal').length > 0))
      throw new CliError('from-env-file cannot be combined with from-file or from-literal');
    const data = Object.fromEntries([...readSources(context, RULES)].map(([key, bytes]) => [key, base64(bytes)]));
    await send(context, name, data, flags.string('type') === '' ? undefined : flags.string('type'));
  },
};

const tls: Command = {
  name: 'tls',
  summary: 'Create a TLS secret',
  usage: 'NAME --cert=path/to/cert/file --key=path/to/key/file [--dry-run=server|client|none] [options]',
  flags: [
    ...GENERATE_FLAGS,
    APPEND_HASH_FLAG,
    { name: 'cert', type: 'string', description: 'Path to PEM encoded public key certificate.' },
    { name: 'key', type: 'string', description: 'Path to private key associated with given certificate.' },
  ],
  async run(context) {
    const { flags } = context;
    const name = oneName(context);
    if (flags.string('cert') === '' || flags.string('key') === '') throw new CliError('key and cert must be specified');
    const [cert, key] = [read(context, flags.string('cert')), read(context, flags.string('key'))];
    checkPair(cert, key);
    await send(context, name, { 'tls.crt': base64(cert), 'tls.key': base64(key) }, 'kubernetes.io/tls');
  },
};

function read({ host }: Context, path: string): Buffer {
  try {
    return host.readFile(path);
  } catch (error) {
    throw new CliError(`failed to read file ${path}, ${goPathError(error, path)}`.replace(/^failed to read/, 'Cannot read'));
  }
}

/** "open x: no such file or directory". */
function goPathError(error: unknown, path: string): string {
  const { code, message } = error as Error & { code?: string };
  if (code === 'ENOENT') return `open ${path}: no such file or directory`;
  if (code === 'EISDIR') return `read ${path}: is a directory`;
  return code === 'EACCES' ? `open ${path}: permission denied` : message;
}

/** Go's crypto/tls, which reads both and looks whether they belong together. */
function checkPair(cert: Buffer, key: Buffer): void {
  const types = (text: string): string[] => [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g)].map(([, type]) => type!);
  const [certTypes, keyTypes] = [types(cert.toString()), types(key.toString())];
  if (certTypes.length === 0) throw new CliError('tls: failed to find any PEM data in certificate input');
  if (!certTypes.includes('CERTIFICATE')) {
    if (certTypes.some((type) => type.endsWith('PRIVATE KEY')))
      throw new CliError('tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched');
    throw new CliError(
      `tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: [${certTypes.join(' ')}]`,
    );
  }
  if (keyTypes.length === 0) throw new CliError('tls: failed to find any PEM data in key input');
  if (!keyTypes.some((type) => type.endsWith('PRIVATE KEY'))) {
    if (keyTypes[0] === 'CERTIFICATE') throw new CliError('tls: found a certificate rather than a key in the PEM for the private key');
    throw new CliError(
      `tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: [${keyTypes.join(' ')}]`,
    );
  }
  let belongs: boolean;
  try {
    belongs = new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch {
    // OpenSSL's words say nothing here; what Go says of any key or certificate it cannot read begins so.
    throw new CliError('tls: failed to parse private key');
  }
  if (!belongs) throw new CliError('tls: private key does not match public key');
}

const dockerRegistry: Command = {
  name: 'docker-registry',
  summary: 'Create a secret for use with a Docker registry',
  usage:
    'NAME --docker-username=user --docker-password=password --docker-email=email [--docker-server=string] [--from-file=[key=]source] [--dry-run=server|client|none] [options]',
  flags: [
    ...GENERATE_FLAGS,
    APPEND_HASH_FLAG,
    ...SOURCE_FLAGS.slice(0, 1),
    { name: 'docker-email', type: 'string', description: 'Email for Docker registry' },
    { name: 'docker-password', type: 'string', description: 'Password for Docker registry authentication' },
    { name: 'docker-server', type: 'string', default: "'https://index.docker.io/v1/'", description: 'Server location for Docker registry' },
    { name: 'docker-username', type: 'string', description: 'Username for Docker registry authentication' },
  ],
  async run(context) {
    const { flags } = context;
    const name = oneName(context);
    const [username, password, server, email] = ['docker-username', 'docker-password', 'docker-server', 'docker-email'].map((flag) => flags.string(flag)) as [
      string,
      string,
      string,
      string,
    ];
    const fromFile = flags.list('from-file').length > 0;
    if (!fromFile && (username === '' || password === '' || server === ''))
      throw new CliError('either --from-file or the combination of --docker-username, --docker-password and --docker-server is required');
    // The file's key, where none is named, is the one that this type of secret must have.
    const data = Object.fromEntries([...readSources(context, { ...RULES, fileKey: '.dockerconfigjson' })].map(([key, bytes]) => [key, base64(bytes)]));
    if (!fromFile) {
      const auth = { username, password, ...(email === '' ? {} : { email }), auth: base64(`${username}:${password}`) };
      data['.dockerconfigjson'] = base64(toGoJson({ auths: { [server]: auth } }));
    }
    await send(context, name, data, 'kubernetes.io/dockerconfigjson');
  },
};

// Go writes a struct's fields in its own order, not sorted.
const toGoJson = (value: unknown): string => JSON.stringify(value).replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);

export const secret: Command = {
  name: 'secret',
  summary: 'Create a secret using a specified subcommand',
  about:
    'Create a secret with specified type.\n\n A docker-registry type secret is for accessing a container registry.\n\n A generic type secret indicate an Opaque secret type.\n\n A tls type secret holds TLS certificate and its associated key.',
  usage: '(docker-registry | generic | tls) [options]',
  helpTo: 'stderr',
  subcommands: { 'docker-registry': async () => dockerRegistry, generic: async () => generic, tls: async () => tls },
  subcommandSummaries: { 'docker-registry': dockerRegistry.summary, generic: generic.summary, tls: tls.summary },
};
