/** Rules of files made from keys, of the downward API's files, and of projected volumes. */
import { forbidden, invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import type { DownwardAPIVolumeFile, KeyToPath, ProjectedVolumeSource, VolumeProjection } from '../types/volume.js';
import { fileMode, requiredText } from './complaints.js';
import { validateFieldRef, validateResourceFieldRef, VOLUME_FIELDS } from './env.js';
import { validateLabelSelector } from './labelselector.js';
import { localNonReservedPath } from './paths.js';

const TOKEN_SECONDS_MIN = 10 * 60;
const TOKEN_SECONDS_MAX = 2 ** 32;

export function validateKeyToPaths(items: readonly KeyToPath[] | undefined, field: string): Causes {
  return (items ?? []).flatMap(({ key, path, mode }, at) => [
    ...requiredText(key, `${field}[${at}].key`),
    ...requiredText(path, `${field}[${at}].path`),
    ...localNonReservedPath(path, `${field}[${at}].path`),
    ...fileMode(mode, `${field}[${at}].mode`),
  ]);
}

/** As Kubernetes does: complaints about a file name the volume, not the file's place in it. */
export function validateDownwardItems(items: readonly DownwardAPIVolumeFile[] | undefined, field: string): Causes {
  return (items ?? []).flatMap((file) => downwardFile(file, field));
}

function downwardFile({ path, fieldRef, resourceFieldRef, mode }: DownwardAPIVolumeFile, field: string): Causes {
  const causes = [...requiredText(path, `${field}.path`), ...localNonReservedPath(path, `${field}.path`)];
  if (fieldRef !== undefined) {
    causes.push(...validateFieldRef(fieldRef, `${field}.fieldRef`, VOLUME_FIELDS));
    if (resourceFieldRef !== undefined) causes.push(invalid(field, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'));
  } else if (resourceFieldRef !== undefined) {
    causes.push(...validateResourceFieldRef(resourceFieldRef, `${field}.resourceFieldRef`, { inVolume: true }));
  } else causes.push(required(field, 'one of fieldRef and resourceFieldRef is required'));
  return [...causes, ...fileMode(mode, `${field}.mode`)];
}

const PROJECTIONS = ['secret', 'configMap', 'downwardAPI', 'serviceAccountToken', 'clusterTrustBundle', 'podCertificate'] as const;

export function validateProjected({ sources, defaultMode }: ProjectedVolumeSource, field: string): Causes {
  const paths = new Set<string>();
  return [
    ...fileMode(defaultMode, `${field}.defaultMode`),
    ...(sources ?? []).flatMap((source, at) => projection(source, `${field}.sources[${at}]`, { volume: field, paths })),
  ];
}

interface Projected {
  volume: string;
  paths: Set<string>;
}

function projection(source: VolumeProjection, field: string, projected: Projected): Causes {
  const given = PROJECTIONS.filter((name) => source[name] !== undefined);
  if (given.length === 0) return [required(field, 'must specify exactly one source')];
  return given.flatMap((name, at) => {
    const path = `${field}.${name}`;
    return at > 0 ? [forbidden(path, 'may not specify more than 1 volume type per source')] : CHECKS[name](source, path, projected);
  });
}

const CHECKS: Readonly<Record<(typeof PROJECTIONS)[number], (source: VolumeProjection, field: string, projected: Projected) => Causes>> = {
  secret: ({ secret }, field, projected) => keyProjection(secret!, field, projected),
  configMap: ({ configMap }, field, projected) => keyProjection(configMap!, field, projected),
  downwardAPI: ({ downwardAPI }, field, projected) =>
    (downwardAPI!.items ?? []).flatMap((file) => [...downwardFile(file, field), ...conflict(file.path, file.path, projected)]),
  serviceAccountToken: ({ serviceAccountToken }, field, projected) => {
    const { expirationSeconds: seconds = 0, path } = serviceAccountToken!;
    return [
      ...(seconds < TOKEN_SECONDS_MIN ? [invalid(`${field}.expirationSeconds`, seconds, 'may not specify a duration less than 10 minutes')] : []),
      ...(seconds > TOKEN_SECONDS_MAX ? [invalid(`${field}.expirationSeconds`, seconds, 'may not specify a duration larger than 2^32 seconds')] : []),
      ...requiredText(path, `${field}.path`),
      ...localNonReservedPath(path, `${field}.path`),
      ...conflict(path, path, projected),
    ];
  },
  clusterTrustBundle: ({ clusterTrustBundle }, field, projected) => {
    const { name, signerName, labelSelector, path } = clusterTrustBundle!;
    const selected =
      name !== undefined && signerName !== undefined
        ? [invalid(field, { name, signerName }, 'only one of name and signerName may be used')]
        : name === undefined && signerName === undefined
          ? [required(field, 'either name or signerName must be specified')]
          : [];
    return [...selected, ...validateLabelSelector(labelSelector, `${field}.labelSelector`), ...requiredText(path, `${field}.path`), ...localNonReservedPath(path, `${field}.path`), ...conflict(path, path, projected)];
  },
  podCertificate: ({ podCertificate }, field, projected) => {
    const { signerName, keyType, credentialBundlePath, keyPath, certificateChainPath } = podCertificate!;
    const files = { credentialBundlePath, keyPath, certificateChainPath };
    return [
      ...requiredText(signerName, `${field}.signerName`),
      ...requiredText(keyType, `${field}.keyType`),
      ...Object.entries(files).flatMap(([name, path]) => (path ? [...localNonReservedPath(path, `${field}.${name}`), ...conflict(path, path, projected)] : [])),
    ];
  },
};

function keyProjection({ name, items }: { name?: string; items?: KeyToPath[] }, field: string, projected: Projected): Causes {
  return [
    ...requiredText(name, `${field}.name`),
    ...(items ?? []).flatMap((item, at) => [
      ...validateKeyToPaths([item], `${field}.items`).map((cause) => ({ ...cause, field: cause.field.replace('.items[0]', `.items[${at}]`) })),
      ...conflict(item.path, name, projected),
    ]),
  ];
}

function conflict(path: string, value: string | undefined, { volume, paths }: Projected): Causes {
  if (path === '') return [];
  const taken = paths.has(path);
  paths.add(path);
  return taken ? [invalid(volume, value, 'conflicting duplicate paths')] : [];
}
