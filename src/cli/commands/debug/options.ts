/** What the flags of debug say, read once. */
import { readProblem } from '../../printers/printer.js';
import { CliError } from '../../command.js';
import type { Context } from '../../context.js';
import { nameSuffix } from '../../suffix.js';
import { parseYaml } from '../../../apimachinery/yaml.js';
import { profileNamed, type Keep, type Profile } from './profiles.js';

export interface DebugOptions {
  names: readonly string[];
  /** What follows `--`. */
  command: readonly string[];
  argumentsOnly: boolean;
  attach: boolean;
  container: string;
  copyTo: string;
  env: { name: string; value: string }[];
  image: string;
  pullPolicy: string;
  setImages: ReadonlyMap<string, string>;
  target: string;
  stdin: boolean;
  tty: boolean;
  quiet: boolean;
  profile: Profile;
  keep: Keep;
  /** A part of a container that lies over what the profile made. */
  custom: any;
}

export function readOptions(context: Context): DebugOptions {
  const { flags, args, dash } = context;
  const split = dash >= 0 && args.length > dash;
  const stdin = flags.bool('stdin');
  return {
    names: split ? args.slice(0, dash) : args,
    command: split ? args.slice(dash) : [],
    argumentsOnly: flags.bool('arguments-only'),
    attach: flags.changed('attach') ? flags.bool('attach') : stdin,
    container: flags.string('container'),
    copyTo: flags.string('copy-to'),
    env: [...pairs(flags.list('env'))].map(([name, value]) => ({ name, value })),
    image: flags.string('image'),
    pullPolicy: flags.string('image-pull-policy'),
    setImages: pairs(flags.list('set-image')),
    target: flags.string('target'),
    stdin,
    tty: flags.bool('tty'),
    quiet: flags.bool('quiet'),
    profile: profileNamed(flags.string('profile')),
    keep: {
      labels: flags.bool('keep-labels'),
      annotations: flags.bool('keep-annotations'),
      liveness: flags.bool('keep-liveness'),
      readiness: flags.bool('keep-readiness'),
      startup: flags.bool('keep-startup'),
      initContainers: flags.bool('keep-init-containers'),
    },
    custom: customOf(context),
  };
}

const pairs = (items: readonly string[]): Map<string, string> =>
  new Map(items.map((item) => [item.slice(0, item.indexOf('=')), item.slice(item.indexOf('=') + 1)]));

function customOf({ flags, host }: Context): any {
  const path = flags.string('custom');
  if (path === '') return undefined;
  let text: string;
  try {
    text = host.readFile(path).toString('utf8');
  } catch (error) {
    throw new CliError(`must pass a container spec json file for custom profile: ${readProblem(path, error as Error)}`);
  }
  try {
    return parseYaml(text) ?? {};
  } catch (error) {
    throw new CliError(`${path} does not contain a valid container spec: error converting YAML to JSON: ${(error as Error).message}`);
  }
}

const DOMAIN = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const PART = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const REFERENCE = new RegExp(
  `^(?:(?:${DOMAIN}(?:\\.${DOMAIN})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?/)?${PART}(?:/${PART})*(?::[\\w][\\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$`,
);

/** Does it read as an image's name: distribution/reference's grammar. */
export const isReference = (image: string): boolean => REFERENCE.test(image);

/** The name of the container that debugs: the one asked for, or a new one, which is told. */
export function containerName(context: Context, { container, quiet }: DebugOptions, pod: any): string {
  if (container !== '') return container;
  const taken = new Set(containersOf(pod).map(({ name }) => name));
  let name = '';
  for (let tries = 0; name === '' || taken.has(name); tries++) name = `debugger-${nameSuffix(context, `${pod.metadata.name} ${tries}`)}`;
  if (!quiet) context.out(`Defaulting debug container name to ${name}.\n`);
  return name;
}

export const containersOf = ({ spec }: any): any[] => [...(spec.containers ?? []), ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])];

/** A container as the flags describe it. */
export function describedContainer(options: DebugOptions, name: string): any {
  const { command, argumentsOnly, env, image, pullPolicy, stdin, tty } = options;
  return {
    ...(command.length === 0 ? {} : argumentsOnly ? { args: command } : { command }),
    ...(env.length > 0 ? { env } : {}),
    image,
    ...(pullPolicy === '' ? {} : { imagePullPolicy: pullPolicy }),
    name,
    resources: {},
    ...(stdin ? { stdin } : {}),
    terminationMessagePolicy: 'File',
    ...(tty ? { tty } : {}),
  };
}

/** Says when what a profile gives will not reach a process that is not root. */
export function warnOfUser(context: Context, container: any, pod: any): void {
  const user = pod.spec.securityContext?.runAsUser;
  const own = container?.securityContext;
  if (user === undefined || user === 0 || own === undefined || own.runAsUser === 0) return;
  if (own.privileged !== true && (own.capabilities?.add ?? []).length === 0) return;
  context.err(
    'Warning: Non-root user is configured for the entire target Pod, and some capabilities granted by debug profile may not work. Please consider using "--custom" with a custom profile that specifies "securityContext.runAsUser: 0".\n',
  );
}
