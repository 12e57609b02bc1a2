/** set image, resources, selector, serviceaccount and subject. */
import { parseQuantity } from '../../../apimachinery/quantity.js';
import { CliError, type Command } from '../../command.js';
import { checkOptions } from '../../writing.js';

import { labelSelector } from '../create/policies.js';
import { divide, matches, noTemplate, podSpecOf, RECORDED_SET_FLAGS, SET_FLAGS, setOn } from './template.js';

const isPair = (arg: string): boolean => arg.indexOf('=') > 0 || (arg.endsWith('-') && arg !== '-');

export const image: Command = {
  name: 'image',
  summary: 'Update the image of a pod template',
  usage: '(-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N [options]',
  examples: [
    {
      does: "Set a deployment's nginx container image to 'nginx:1.9.1', and its busybox container image to 'busybox'",
      command: 'set image deployment/nginx busybox=busybox nginx=nginx:1.9.1',
    },
  ],
  flags: RECORDED_SET_FLAGS,
  async run(context) {
    checkOptions(context);
    const { resources, changes } = divide(context.args, isPair);
    const stray = changes.find((word) => !isPair(word));
    if (stray !== undefined) throw new CliError(`all resources must be specified before image changes: ${stray}`);
    const images = changes.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)] as const);
    return setOn(context, {
      resources,
      judge() {
        if (images.length === 0) throw new CliError('at least one image update is required');
        if (images.length > 1 && images.some(([name]) => name === '*'))
          throw new CliError('all containers are already specified by *, but saw more than one container_name=container_image pairs');
      },
      done: 'image updated',
      failed: 'failed to patch image update to pod template: ',
      change(object, info, problem) {
        const spec = podSpecOf(object);
        if (spec === undefined) throw noTemplate(info);
        for (const [name, value] of images) {
          const found = [...(spec.initContainers ?? []), ...(spec.containers ?? [])].filter((one: any) => name === '*' || one.name === name);
          if (found.length === 0) problem(`error: unable to find container named ${JSON.stringify(name)}`);
          for (const container of found) container.image = value;
        }
      },
    });
  },
};

export const resources: Command = {
  name: 'resources',
  summary: 'Update resource requests/limits on objects with pod templates',
  usage: '(-f FILENAME | TYPE NAME)  ([--limits=LIMITS & --requests=REQUESTS] [options]',
  examples: [
    {
      does: 'Set a deployments nginx container cpu limits to "200m" and memory to "512Mi"',
      command: 'set resources deployment nginx -c=nginx --limits=cpu=200m,memory=512Mi',
    },
  ],
  flags: [
    ...RECORDED_SET_FLAGS,
    {
      name: 'containers',
      short: 'c',
      type: 'string',
      default: "'*'",
      description: 'The names of containers in the selected pod templates to change, all containers are selected by default - may use wildcards',
    },
    { name: 'limits', type: 'string', description: "The resource requirement requests for this container.  For example, 'cpu=100m,memory=256Mi'." },
    { name: 'requests', type: 'string', description: "The resource requirement requests for this container.  For example, 'cpu=100m,memory=256Mi'." },
  ],
  async run(context) {
    const { flags, args } = context;
    let limits: Record<string, string> | undefined;
    let requests: Record<string, string> | undefined;
    return setOn(context, {
      resources: args,
      judge() {
        [limits, requests] = [amounts(flags.string('limits')), amounts(flags.string('requests'))];
        if (limits === undefined && requests === undefined)
          throw new CliError('you must specify an update to requests or limits (in the form of --requests/--limits)');
      },
      done: 'resource requirements updated',
      failed: 'failed to patch resources update to pod template ',
      change(object, info) {
        const spec = podSpecOf(object);
        if (spec === undefined) throw noTemplate(info);
        const found = [...(spec.containers ?? []), ...(spec.initContainers ?? [])].filter(({ name }: any) => matches(flags.string('containers'), name));
        if (found.length === 0) throw new CliError(`unable to find container named ${flags.string('containers')}`);
        for (const container of found) {
          const before = container.resources ?? {};
          container.resources = {
            ...before,
            ...(limits === undefined ? {} : { limits: merged(before.limits, limits) }),
            ...(requests === undefined ? {} : { requests: merged(before.requests, requests) }),
          };
        }
      },
    });
  },
};

const merged = (before: Record<string, string> | undefined, set: Record<string, string>): Record<string, string> => ({ ...before, ...set });

function amounts(text: string): Record<string, string> | undefined {
  if (text === '') return undefined;
  return Object.fromEntries(
    text.split(',').map((pair) => {
      const parts = pair.split('=');
      if (parts.length !== 2) throw new CliError(`invalid argument syntax ${pair}, expected <resource>=<value>`.replace('invalid', 'Invalid'));
      return [parts[0]!, parseQuantity(parts[1]!).toString()];
    }),
  );
}

export const serviceaccount: Command = {
  name: 'serviceaccount',
  aliases: ['sa'],
  summary: 'Update the service account of a resource',
  usage: '(-f FILENAME | TYPE NAME) SERVICE_ACCOUNT [options]',
  examples: [
    { does: "Set deployment nginx-deployment's service account to serviceaccount1", command: 'set serviceaccount deployment nginx-deployment serviceaccount1' },
  ],
  flags: RECORDED_SET_FLAGS.filter(({ name }) => name !== 'selector'),
  async run(context) {
    checkOptions(context);
    const account = context.args.at(-1);
    if (account === undefined) throw new CliError('serviceaccount is required');
    const named = context.args.slice(0, -1);
    return setOn(context, {
      resources: named,
      done: 'serviceaccount updated',
      failed: 'failed to patch ServiceAccountName ',
      unnamed: true,
      always: true,
      change(object, info) {
        const spec = podSpecOf(object);
        if (spec === undefined) throw noTemplate(info);
        spec.serviceAccountName = account;
        if (spec.serviceAccount !== undefined) spec.serviceAccount = account;
      },
    });
  },
};

export const selector: Command = {
  name: 'selector',
  summary: 'Set the selector on a resource',
  usage: '(-f FILENAME | TYPE NAME) EXPRESSIONS [--resource-version=version] [options]',
  examples: [{ does: 'Set the labels and selector before creating a deployment/service pair', command: 'set selector svc my-svc environment=qa' }],
  flags: [
    ...RECORDED_SET_FLAGS.filter(({ name }) => name !== 'selector' && name !== 'kustomize').map((flag) =>
      flag.name === 'recursive' ? { ...flag, default: 'true' } : flag,
    ),
    {
      name: 'resource-version',
      type: 'string',
      description:
        'If non-empty, the selectors update will only succeed if this is the current resource-version for the object. Only valid when specifying a single resource.',
    },
  ],
  async run(context) {
    checkOptions(context);
    const last = context.args.at(-1);
    if (last === undefined) throw new CliError('one selector is required');
    const named = context.args.slice(0, -1);
    const wanted: any = labelSelector(last);
    const version = context.flags.string('resource-version');
    return setOn(context, {
      resources: named,
      done: 'selector updated',
      always: true,
      each: true,
      change(object) {
        if (object.kind !== 'Service') throw new CliError(`setting a selector is only supported for Services`);
        if (wanted.matchExpressions !== undefined)
          throw new CliError(
            `match expression [${wanted.matchExpressions.map(({ key, operator, values = [] }: any) => `{${key} ${operator} [${values.join(' ')}]}`).join(' ')}] not supported on this object`,
          );
        object.spec.selector = wanted.matchLabels ?? {};
        if (version !== '') object.metadata.resourceVersion = version;
      },
    });
  },
};

export const subject: Command = {
  name: 'subject',
  summary: 'Update the user, group, or service account in a role binding or cluster role binding',
  usage:
    '(-f FILENAME | TYPE NAME) [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none] [options]',
  examples: [
    { does: 'Update a cluster role binding for serviceaccount1', command: 'set subject clusterrolebinding admin --serviceaccount=namespace:serviceaccount1' },
  ],
  flags: [
    ...SET_FLAGS,
    { name: 'group', type: 'stringArray', description: 'Groups to bind to the role' },
    { name: 'serviceaccount', type: 'stringArray', description: 'Service accounts to bind to the role' },
    { name: 'user', type: 'stringArray', description: 'Usernames to bind to the role' },
  ],
  async run(context) {
    const { subjectsOf } = await import('../create/rbac.js');
    let added: any[] = [];
    return setOn(context, {
      resources: context.args,
      judge() {
        added = subjectsOf(context);
        if (added.length === 0) throw new CliError('you must specify at least one value of user, group or serviceaccount');
      },
      done: 'subjects updated',
      failed: 'failed to patch subjects to rolebinding: ',
      change(object, info) {
        if (object.kind !== 'RoleBinding' && object.kind !== 'ClusterRoleBinding')
          throw new CliError(
            `error: ${info.resource?.name ?? object.kind.toLowerCase()}/${info.name} setting subjects is only supported for RoleBinding/ClusterRoleBinding`,
          );
        const before: any[] = object.subjects ?? [];
        const fresh = added.filter(
          (one) => !before.some((old) => old.kind === one.kind && old.name === one.name && (old.namespace ?? '') === (one.namespace ?? '')),
        );
        if (fresh.length === 0) return false;
        object.subjects = [...before, ...fresh];
        return true;
      },
    });
  },
};
