/** kube-scheduler, kube-controller-manager, kubelet: one component as a process of its own, against any API server. */
import { CliError, type Command } from '../command.js';
import type { Context } from '../context.js';
import type { Flag } from '../flags.js';
import { targetOf } from '../globalflags.js';
import type { AloneOptions } from '../host.js';

const LEADER: Flag = {
  name: 'leader-elect',
  type: 'bool',
  default: 'true',
  description: 'Lead only while holding the Lease of this name in kube-system, so that several may run.',
};

function component(name: AloneOptions['component'], summary: string, flags: readonly Flag[], optionsOf: (context: Context) => Partial<AloneOptions>): Command {
  return {
    name,
    own: true,
    summary,
    about: `${summary}. Speaks to the API server that --kubeconfig, --server or KUBECONFIG names, and to nothing else; prints "started ${name}", logs on stderr, and runs until Ctrl-C.`,
    usage: '--kubeconfig FILE [options]',
    examples: [
      {
        does: 'Beside an API server that runs alone',
        command: `serve --bare --components apiserver --kubeconfig admin.conf &  ${name} --kubeconfig admin.conf`,
      },
    ],
    flags,
    async run(context) {
      if (context.args.length > 0) throw new CliError(`unknown command ${JSON.stringify(context.args[0])} for "${name}"`);
      return context.host.runAlone(targetOf(context.flags), {
        component: name,
        ...(name !== 'kubelet' && context.flags.changed('leader-elect') ? { leaderElect: context.flags.bool('leader-elect') } : {}),
        ...optionsOf(context),
      });
    },
  };
}

const text = ({ flags }: Context, name: string): string | undefined => (flags.changed(name) ? flags.string(name) : undefined);
const given = <Key extends string>(key: Key, value: string | undefined): { [key in Key]?: string } =>
  value === undefined ? {} : ({ [key]: value } as { [key in Key]: string });

export const kubeScheduler = component(
  'kube-scheduler',
  'Run the scheduler alone',
  [
    LEADER,
    {
      name: 'config',
      type: 'string',
      description: 'File with a KubeSchedulerConfiguration (kubescheduler.config.k8s.io/v1): profiles, plugins and what they are told, back-offs, extenders.',
    },
  ],
  (context) => {
    const path = text(context, 'config');
    return given('schedulerConfig', path === undefined ? undefined : context.host.readFile(path).toString());
  },
);

export const kubeControllerManager = component(
  'kube-controller-manager',
  'Run the controllers alone',
  [
    LEADER,
    { name: 'controllers', type: 'stringSlice', description: 'Controllers to run: "*" for all, names, and "-name" for those that are not to run.' },
    {
      name: 'root-ca-file',
      type: 'string',
      description: 'Certificate that goes into kube-root-ca.crt; by default the one that the server is checked against.',
    },
    { name: 'cluster-cidr', type: 'string', description: 'Range from which nodes get their pod ranges; without it they get none.' },
  ],
  (context) => ({
    ...(context.flags.changed('controllers') ? { controllers: context.flags.list('controllers') } : {}),
    ...given('rootCaFile', text(context, 'root-ca-file')),
    ...given('clusterCidr', text(context, 'cluster-cidr')),
  }),
);

export const kubelet = component(
  'kubelet',
  'Run one node alone: a kubelet over a simulated machine',
  [
    { name: 'hostname-override', type: 'string', default: "'node'", description: 'The name of the node.' },
    { name: 'node-ip', type: 'string', default: "'127.0.0.1'", description: 'The address that the node tells.' },
    { name: 'pod-cidr', type: 'string', default: "'10.244.250.0/24'", description: "The range of its pods' addresses." },
  ],
  (context) => ({
    ...given('nodeName', text(context, 'hostname-override')),
    ...given('nodeIp', text(context, 'node-ip')),
    ...given('podCidr', text(context, 'pod-cidr')),
  }),
);
