/** Every command by name, loaded when it is called, and the groups in which help lists them. */
import type { Command } from './command.js';

export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  get: async () => (await import('./commands/get.js')).get,
  describe: async () => (await import('./commands/describe.js')).describe,
  apply: async () => (await import('./commands/apply.js')).apply,
  create: async () => (await import('./commands/create.js')).create,
  logs: async () => (await import('./commands/logs.js')).logs,
  attach: async () => (await import('./commands/attach.js')).attach,
  exec: async () => (await import('./commands/exec.js')).exec,
  run: async () => (await import('./commands/run.js')).run,
  set: async () => (await import('./commands/set.js')).set,
  rollout: async () => (await import('./commands/rollout.js')).rollout,
  wait: async () => (await import('./commands/wait.js')).wait,
  taint: async () => (await import('./commands/taint.js')).taint,
  cordon: async () => (await import('./commands/cordon.js')).cordon,
  uncordon: async () => (await import('./commands/cordon.js')).uncordon,
  drain: async () => (await import('./commands/drain.js')).drain,
  expose: async () => (await import('./commands/expose.js')).expose,
  scale: async () => (await import('./commands/scale.js')).scale,
  label: async () => (await import('./commands/label.js')).label,
  annotate: async () => (await import('./commands/label.js')).annotate,
  patch: async () => (await import('./commands/patch.js')).patch,
  edit: async () => (await import('./commands/edit.js')).edit,
  delete: async () => (await import('./commands/delete.js')).deleteCommand,
  explain: async () => (await import('./commands/explain.js')).explain,
  'api-resources': async () => (await import('./commands/apiresources.js')).apiResources,
  'api-versions': async () => (await import('./commands/apiversions.js')).apiVersions,
  version: async () => (await import('./commands/version.js')).version,
  'cluster-info': async () => (await import('./commands/clusterinfo.js')).clusterInfo,
  events: async () => (await import('./commands/events.js')).events,
  options: async () => (await import('./commands/options.js')).options,
  help: async () => (await import('./commands/help.js')).help,
  plugin: async () => (await import('./commands/plugin.js')).plugin,
  top: async () => (await import('./commands/top.js')).top,
  serve: async () => (await import('./commands/serve.js')).serve,
  cluster: async () => (await import('./commands/cluster.js')).cluster,
};

export const GROUPS: readonly { title: string; commands: Readonly<Record<string, string>> }[] = [
  {
    title: 'Basic Commands (Beginner)',
    commands: {
      create: 'Create a resource from a file or from stdin',
      expose: 'Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service',
      run: 'Run a particular image on the cluster',
      set: 'Set specific features on objects',
    },
  },
  {
    title: 'Basic Commands (Intermediate)',
    commands: {
      explain: 'Get documentation for a resource',
      get: 'Display one or many resources',
      edit: 'Edit a resource on the server',
      delete: 'Delete resources by file names, stdin, resources and names, or by resources and label selector',
    },
  },
  {
    title: 'Deploy Commands',
    commands: {
      rollout: 'Manage the rollout of a resource',
      scale: 'Set a new size for a deployment, replica set, or replication controller',
      autoscale: 'Auto-scale a deployment, replica set, stateful set, or replication controller',
    },
  },
  {
    title: 'Cluster Management Commands',
    commands: {
      certificate: 'Modify certificate resources',
      'cluster-info': 'Display cluster information',
      top: 'Display resource (CPU/memory) usage',
      cordon: 'Mark node as unschedulable',
      uncordon: 'Mark node as schedulable',
      drain: 'Drain node in preparation for maintenance',
      taint: 'Update the taints on one or more nodes',
    },
  },
  {
    title: 'Troubleshooting and Debugging Commands',
    commands: {
      describe: 'Show details of a specific resource or group of resources',
      logs: 'Print the logs for a container in a pod',
      attach: 'Attach to a running container',
      exec: 'Execute a command in a container',
      'port-forward': 'Forward one or more local ports to a pod',
      proxy: 'Run a proxy to the Kubernetes API server',
      cp: 'Copy files and directories to and from containers',
      auth: 'Inspect authorization',
      debug: 'Create debugging sessions for troubleshooting workloads and nodes',
      events: 'List events',
    },
  },
  {
    title: 'Advanced Commands',
    commands: {
      diff: 'Diff the live version against a would-be applied version',
      apply: 'Apply a configuration to a resource by file name or stdin',
      patch: 'Update fields of a resource',
      replace: 'Replace a resource by file name or stdin',
      wait: 'Wait for a specific condition on one or many resources',
      kustomize: 'Build a kustomization target from a directory or URL',
    },
  },
  {
    title: 'Settings Commands',
    commands: {
      label: 'Update the labels on a resource',
      annotate: 'Update the annotations on a resource',
      completion: 'Output shell completion code for the specified shell (bash, zsh, fish, or powershell)',
    },
  },
  {
    title: 'Other Commands',
    commands: {
      'api-resources': 'Print the supported API resources on the server',
      'api-versions': 'Print the supported API versions on the server, in the form of "group/version"',
      config: 'Modify kubeconfig files',
      kuberc: 'Manage kuberc configuration files',
      plugin: 'Provides utilities for interacting with plugins',
      version: 'Print the client and server version information',
    },
  },
  {
    title: 'Cluster Commands',
    commands: {
      serve: 'Serve the cluster over HTTPS, for kubectl, helm and any other client',
      cluster: 'Manage the clusters of this machine',
      clock: 'Move the clock of a cluster',
      etcdctl: 'Speak to the cluster\'s etcd',
    },
  },
];
