/** create token: asks for a token of a service account. */
import { isUnreached, urlError } from '../../unreached.js';
import { isStatusError } from '../../../apimachinery/status.js';
import { CliError, type Command } from '../../command.js';
import { pathOf } from '../../discovery.js';
import { goJsonIndent } from '../../../apimachinery/gojson.js';
import { inGoOrder } from '../../goorder.js';
import { oneName, resultPrinter, WRITE_OUTPUT_FLAGS } from '../../writing.js';
import { core } from './generate.js';

const BOUND: Readonly<Record<string, string>> = { Node: 'v1', Pod: 'v1', Secret: 'v1' };

export const token: Command = {
  name: 'token',
  summary: 'Request a service account token',
  usage: 'SERVICE_ACCOUNT_NAME [options]',
  examples: [
    { does: 'Request a token to authenticate to the kube-apiserver as the service account "myapp" in the current namespace', command: 'create token myapp' },
  ],
  flags: [
    ...WRITE_OUTPUT_FLAGS,
    {
      name: 'audience',
      type: 'stringArray',
      description:
        'Audience of the requested token. If unset, defaults to requesting a token for use with the Kubernetes API server. May be repeated to request a token valid for multiple audiences.',
    },
    {
      name: 'bound-object-kind',
      type: 'string',
      description: 'Kind of an object to bind the token to. Supported kinds are Node, Pod, Secret. If set, --bound-object-name must be provided.',
    },
    {
      name: 'bound-object-name',
      type: 'string',
      description: 'Name of an object to bind the token to. The token will expire when the object is deleted. Requires --bound-object-kind.',
    },
    {
      name: 'bound-object-uid',
      type: 'string',
      description:
        'UID of an object to bind the token to. Requires --bound-object-kind and --bound-object-name. If unset, the UID of the existing object is used.',
    },
    {
      name: 'duration',
      type: 'duration',
      default: '0s',
      description:
        'Requested lifetime of the issued token. If not set or if set to 0, the lifetime will be determined by the server automatically. The server may return a token with a longer or shorter lifetime.',
    },
  ],
  async run(context) {
    const { flags } = context;
    const name = oneName(context);
    const [kind, boundName, uid] = ['bound-object-kind', 'bound-object-name', 'bound-object-uid'].map((flag) => flags.string(flag)) as [string, string, string];
    // As kubectl's client does: a name with a slash is no part of a path.
    if (name.includes('/') || name.includes('%'))
      throw new CliError(`failed to create token: invalid resource name ${JSON.stringify(name)}: [may not contain '${name.includes('/') ? '/' : '%'}']`);
    const seconds = flags.duration('duration') / 1000;
    if (seconds < 0) throw new CliError('--duration must be greater than or equal to 0');
    if (!Number.isInteger(seconds)) throw new CliError('--duration cannot be expressed in units less than seconds');
    if (flags.list('audience').includes('')) throw new CliError('--audience must not be an empty string');
    if (kind === '') {
      if (boundName !== '') throw new CliError('--bound-object-name can only be set if --bound-object-kind is provided');
      if (uid !== '') throw new CliError('--bound-object-uid can only be set if --bound-object-kind is provided');
    } else {
      if (BOUND[kind] === undefined) throw new CliError(`supported --bound-object-kind values are ${Object.keys(BOUND).join(', ')}`);
      if (boundName === '') throw new CliError('--bound-object-name is required if --bound-object-kind is provided');
    }
    const spec = {
      audiences: flags.list('audience').length > 0 ? flags.list('audience') : null,
      ...(seconds > 0 ? { expirationSeconds: seconds } : {}),
      ...(kind === '' ? {} : { boundObjectRef: { kind, apiVersion: BOUND[kind], name: boundName, ...(uid === '' ? {} : { uid }) } }),
    };
    context.needs('write');
    const printer = await resultPrinter(context);
    const path = pathOf(core('serviceaccounts'), { namespace: await context.namespace(), name, subresource: 'token' });
    const made: any = await (
      await context.rest()
    )
      .object('POST', path, { body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec } })
      .catch((error: unknown) => {
        throw isStatusError(error) || isUnreached(error) ? new CliError(`failed to create token: ${urlError(error)}`) : error;
      });
    if (flags.string('output').toLowerCase() === 'json') return context.out(`${goJsonIndent(await inOrder(made))}\n`);
    if (flags.changed('output')) return printer.print(made, 'created');
    if (!made.status?.token) throw new CliError('failed to create token: no token in server response');
    context.out(made.status.token);
    if (context.terminal.stdout.isTty) context.out('\n');
  },
};

/** A token's request as Go writes it. */
async function inOrder({ kind, apiVersion, metadata, spec, status }: any): Promise<object> {
  const { audiences, expirationSeconds, boundObjectRef } = spec;
  const { token: text, expirationTimestamp } = status;
  return {
    ...(await inGoOrder(core('serviceaccounts'), { kind, apiVersion, metadata })),
    spec: { audiences, expirationSeconds, boundObjectRef },
    status: { token: text, expirationTimestamp },
  };
}
