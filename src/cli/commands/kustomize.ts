/** kustomize: what a kustomization makes, printed or written into files. */
import { toYaml } from '../../apimachinery/yaml.js';
import { KUSTOMIZE_VERSION } from '../clientversion.js';
import { CliError, type Command } from '../command.js';
import type { Context } from '../context.js';
import { buildObjects } from '../kustomize/kustomize.js';
import { idOf } from '../kustomize/resources.js';

const RESTRICTORS = ['LoadRestrictionsRootOnly', 'LoadRestrictionsNone'];

export const kustomize: Command = {
  name: 'kustomize',
  summary: 'Build a kustomization target from a directory or URL',
  about:
    "Build a set of KRM resources using a 'kustomization.yaml' file. The DIR argument must be a path to a directory containing 'kustomization.yaml', or a git repository URL with a path suffix specifying same with respect to the repository root. If DIR is omitted, '.' is assumed.",
  usage: 'DIR [flags] [options]',
  examples: [
    { does: 'Build the current working directory', command: 'kustomize' },
    { does: 'Build some shared configuration directory', command: 'kustomize /home/config/production' },
  ],
  flags: [
    { name: 'as-current-user', type: 'bool', description: 'use the uid and gid of the command executor to run the function in the container' },
    { name: 'enable-alpha-plugins', type: 'bool', description: 'enable kustomize plugins' },
    { name: 'enable-helm', type: 'bool', description: 'Enable use of the Helm chart inflator generator.' },
    { name: 'env', short: 'e', type: 'stringArray', description: 'a list of environment variables to be used by functions' },
    { name: 'helm-api-versions', type: 'stringArray', description: 'Kubernetes api versions used by Helm for Capabilities.APIVersions' },
    { name: 'helm-command', type: 'string', default: "'helm'", description: 'helm command (path to executable)' },
    { name: 'helm-debug', type: 'bool', description: 'Enable debug output from the Helm chart inflator generator.' },
    { name: 'helm-kube-version', type: 'string', description: 'Kubernetes version used by Helm for Capabilities.KubeVersion' },
    {
      name: 'load-restrictor',
      type: 'string',
      default: "'LoadRestrictionsRootOnly'",
      description:
        "if set to 'LoadRestrictionsNone', local kustomizations may load files from outside their root. This does, however, break the relocatability of the kustomization.",
    },
    { name: 'mount', type: 'stringArray', description: 'a list of storage options read from the filesystem' },
    { name: 'network', type: 'bool', description: 'enable network access for functions that declare it' },
    { name: 'network-name', type: 'string', default: "'bridge'", description: 'the docker network to run the container in' },
    { name: 'output', short: 'o', type: 'string', description: 'If specified, write output to this path.' },
    {
      name: 'reorder',
      type: 'string',
      default: "'legacy'",
      description: '',
      hidden: true,
      deprecated: "use the new 'sortOptions' field in kustomization.yaml instead.",
    },
    {
      name: 'enable-managedby-label',
      type: 'bool',
      description: '',
      hidden: true,
      deprecated: 'The flag `enable-managedby-label` has been deprecated. Use the `managedByLabel` option in the `buildMetadata` field instead.',
    },
  ],
  async run(context) {
    const { flags, args, host } = context;
    if (args.length > 1) throw new CliError('specify one path to kustomization.yaml');
    const restrictor = flags.string('load-restrictor');
    if (!RESTRICTORS.includes(restrictor)) throw new CliError(`illegal flag value --load-restrictor ${restrictor}; legal values: [${RESTRICTORS.join(' ')}]`);
    const reorder = flags.string('reorder');
    if (reorder !== 'legacy' && reorder !== 'none') throw new CliError(`illegal flag value --reorder ${reorder}; legal values: [legacy none]`);
    const built = await buildObjects(host, args[0] ?? '.', { reorder, anywhere: restrictor === 'LoadRestrictionsNone' });
    const objects = flags.bool('enable-managedby-label') ? built.map(managed) : built;
    const output = flags.string('output');
    if (output !== '' && isFolder(context, output)) return writeEach(context, output, objects);
    const text = objects.map(toYaml).join('---\n');
    if (output === '') context.out(text);
    else host.writeFile(output, text);
  },
};

function isFolder({ host }: Context, path: string): boolean {
  try {
    return host.listFolder(path) !== undefined;
  } catch {
    // Nothing there: it will be a file.
    return false;
  }
}

/** One file an object: "apps_v1_deployment_web.yaml". */
function writeEach({ host }: Context, folder: string, objects: readonly any[]): void {
  for (const object of objects) {
    const { group, version, kind, name, namespace } = idOf(object);
    const rest = [group, version, kind, name]
      .filter((part) => part !== '')
      .join('_')
      .toLowerCase();
    const twins = objects.filter((one) => one !== object && one.kind === object.kind && one.metadata?.name === object.metadata?.name);
    host.writeFile(`${folder.replace(/\/$/, '')}/${twins.length > 0 && namespace !== '' ? `${namespace}_` : ''}${rest}.yaml`, toYaml(object));
  }
}

const managed = (object: any): any => ({
  ...object,
  metadata: { ...object.metadata, labels: { ...object.metadata?.labels, 'app.kubernetes.io/managed-by': `kustomize-${KUSTOMIZE_VERSION}` } },
});
