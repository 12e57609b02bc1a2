/**
 * The registries of the world, as far as a simulated node can pull: known images
 * by name, a generic program for every other, and names that do not exist, which
 * fail in containerd's and a registry's words.
 */
import { createHash } from 'node:crypto';
import { RuntimeError } from '../../cri/runtime.js';
import type { ImageTree } from '../machine/filesystem.js';
import { nameOf, parseReference, textOf, type Reference } from './reference.js';

export interface ImageDefinition {
  tree(): ImageTree;
  entrypoint: readonly string[];
  cmd: readonly string[];
  env: Readonly<Record<string, string>>;
  workingDir: string;
  /** "", "1000", "nobody", "101:101". */
  user: string;
  size: number;
  stopSignal?: string;
  /** Commands that are not among its files are taken for programs of its own, which nobody can know. */
  unknown?: boolean;
  /** How long a pull takes. */
  pullMs?: number;
}

export interface PulledImage {
  reference: Reference;
  /** "docker.io/library/nginx:1.27" or with a digest. */ name: string;
  digest: string;
  id: string;
  definition: ImageDefinition;
}

export interface CatalogOptions {
  /** 'generic': every image is the generic one. */
  mode?: 'known' | 'generic';
  /** Repositories or tags that do not exist, beside those whose names say so. */
  missing?: readonly string[];
  /** Images that a user adds, by full name without tag. */
  images?: Readonly<Record<string, ImageDefinition>>;
  /** Status that a registry answers with, by repository ("e500": 500). */
  failing?: Readonly<Record<string, number>>;
}

export interface ImageCatalog {
  readonly mode: 'known' | 'generic';
  /** Rejects with a RuntimeError where the registry would not give it; `hasPassword`: who asks shows a user and password. */
  pull(image: string, how?: { hasPassword: boolean }): Promise<PulledImage>;
}

/** Whose name says that not everybody may have it. */
const PRIVATE = /(?:^|[^a-z])private(?:$|[^a-z])/;
const MISSING =
  /no-?such|non-?existent|does-?not-?exist|not-?found|no-?image|(?:wrong|invalid|fake|bogus|broken|bad)[-_]?(?:image|repo|registry|tag|version|name)|(?:image|tag|version)[-_]?(?:wrong|invalid|fake|bogus|bad)/;
/** Tags that people type to see a pull fail: a word for it, a slip of the finger in "latest", or a version that no image has come to. */
const NO_TAG =
  /^(?:wrong|invalid|fake|bogus|broken|bad|nope|typo|l?at?est?|latestt+|lastest|latets|latest[^-].*|(?:v?\d+\.)+(?:[5-9]\d|\d{3,})(?:\.\d+)*(?:-.*)?)$/;
const OFFICIAL = ['nginx', 'busybox', 'alpine', 'ubuntu', 'debian', 'httpd', 'redis', 'postgres', 'mysql'];

export function createImageCatalog(options: CatalogOptions = {}): ImageCatalog {
  const mode = options.mode ?? 'known';
  return {
    mode,
    async pull(image, { hasPassword } = { hasPassword: true }) {
      const reference = parseReference(image);
      if (reference === undefined)
        throw new RuntimeError('Unknown', `failed to pull and unpack image "${image}": failed to resolve reference "${image}": invalid reference format`);
      refuse(reference, options);
      if (!hasPassword) refuseUnknown(reference);
      const { definitionOf, genericOf, UNKNOWN } = await (known ??= import('./known.js'));
      const definition = mode === 'generic' ? UNKNOWN : (options.images?.[nameOf(reference)] ?? definitionOf(reference) ?? genericOf(reference));
      const digest = reference.digest === '' ? `sha256:${hash(`manifest ${textOf(reference)}`)}` : reference.digest;
      return { reference, name: textOf(reference), digest, id: `sha256:${hash(`config ${nameOf(reference)} ${digest}`)}`, definition };
    },
  };
}

/** Asked for once: a later pull must not take turns of its own while a virtual clock waits for rest. */
let known: Promise<typeof import('./known.js')> | undefined;

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

function refuse(reference: Reference, options: CatalogOptions): void {
  const name = textOf(reference);
  const fail = (code: 'NotFound' | 'Unknown', why: string): never => {
    throw new RuntimeError(code, `failed to pull and unpack image "${name}": failed to resolve reference "${name}": ${why}`);
  };
  const missing = (text: string): boolean => MISSING.test(text) || (options.missing ?? []).includes(text);
  const tag = reference.digest === '' ? reference.tag : reference.digest;
  const local = /^(?:localhost|127\.0\.0\.1)(?::(\d+))?$/.exec(reference.domain);
  const status = options.failing?.[reference.repository.replace(/^library\//, '')];
  if (status !== undefined)
    fail(
      'Unknown',
      `pulling from host ${registryHost(reference)} failed with status code [manifests ${tag}]: ${status} ${status === 500 ? 'Internal Server Error' : status === 503 ? 'Service Unavailable' : 'Unknown'}`,
    );
  if (local !== null)
    fail(
      'Unknown',
      `failed to do request: Head "http://${reference.domain}/v2/${reference.repository}/manifests/${tag}": dial tcp 127.0.0.1:${local[1] ?? '80'}: connect: connection refused`,
    );
  if (/\.(invalid|example|test|local)(:\d+)?$/.test(reference.domain) || missing(reference.domain))
    fail(
      'Unknown',
      `failed to do request: Head "https://${reference.domain}/v2/${reference.repository}/manifests/${tag}": dial tcp: lookup ${reference.domain.split(':')[0]}: no such host`,
    );
  if (
    isSlip(reference) ||
    missing(reference.repository) ||
    missing(nameOf(reference)) ||
    (options.missing ?? []).includes(reference.repository.replace(/^library\//, ''))
  ) {
    if (reference.domain === 'docker.io')
      fail('Unknown', 'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed');
    fail('NotFound', `${name}: not found`);
  }
  if (
    missing(reference.tag) ||
    (reference.digest === '' && reference.tag !== 'latest' && NO_TAG.test(reference.tag)) ||
    UNRELEASED[nameOf(reference)]?.test(reference.tag) === false ||
    (options.missing ?? []).includes(`${nameOf(reference)}:${reference.tag}`)
  )
    fail('NotFound', `${name}: not found`);
}

/** As containerd tells what a registry says to somebody it does not know. */
function refuseUnknown(reference: Reference): void {
  if (!PRIVATE.test(nameOf(reference))) return;
  const name = textOf(reference);
  const why = reference.domain === 'docker.io' ? 'server message: insufficient_scope: authorization failed' : 'authorization failed: no basic auth credentials';
  throw new RuntimeError(
    'Unknown',
    `failed to pull and unpack image "${name}": failed to resolve reference "${name}": pull access denied, repository does not exist or may require authorization: ${why}`,
  );
}

const registryHost = ({ domain }: Reference): string => (domain === 'docker.io' ? 'registry-1.docker.io' : domain);

/** Images of which one version is all there is, and tutorials ask for another to show what then happens. */
const UNRELEASED: Readonly<Record<string, RegExp>> = {
  'gcr.io/google-samples/kubernetes-bootcamp': /^v1$/,
  'docker.io/jocatalin/kubernetes-bootcamp': /^(?:v1|v2|latest)$/,
};

/** Whether a name without owner is one letter off, or two letters swapped, from an image that everybody knows: nobody else may publish there. */
function isSlip({ domain, repository }: Reference): boolean {
  const name = domain === 'docker.io' ? /^library\/([a-z]+)$/.exec(repository)?.[1] : undefined;
  return name !== undefined && !OFFICIAL.includes(name) && OFFICIAL.some((known) => differsByOne(name, known));
}

function differsByOne(one: string, other: string): boolean {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  const [left, right] = [one.slice(at), other.slice(at)];
  return (
    left.slice(1) === right ||
    left === right.slice(1) ||
    left.slice(1) === right.slice(1) ||
    (left[0] === right[1] && left[1] === right[0] && left.slice(2) === right.slice(2))
  );
}
