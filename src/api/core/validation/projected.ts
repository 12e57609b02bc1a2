/** Rules of files made from keys, of the downward API's files, and of projected volumes. */
import { forbidden, invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import type { DownwardAPIVolumeFile, KeyToPath, ProjectedVolumeSource, VolumeProjection } from '../types/volume.js';
import { fileMode, requiredText } from './complaints.js';
import { validateFieldRef, validateResourceFieldRef, VOLUME_FIELDS } from './env.js';
import { localNonReservedPath } from './paths.js';

const TOKEN_SECONDS_MIN = 10 * 60;
const TOKEN_SECONDS_MAX = 2 ** 32;

export function validateKeyToPaths(items: readonly KeyToPath[] | undefined, field: string): Causes {
  return (items ?? []).flatMap((item, at) => keyToPath(item, `${field}[${at}]`));
}

function keyToPath({ key, path, mode }: KeyToPath, field: string): Causes {
  return [
    ...requiredText(key, `${field}.key`),
    ...requiredText(path, `${field}.path`),
    ...localNonReservedPath(path, `${field}.path`),
    ...fileMode(mode, `${field}.mode`),
  ];
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

// clusterTrustBundle and podCertificate are features that are off: what is sent of them is dropped before any rule sees it.
const PROJECTIONS = ['secret', 'configMap', 'downwardAPI', 'serviceAccountToken'] as const;

/** As Kubernetes does: every source that is named is looked into, an item without any is let be. */
export function validateProjected({ sources, defaultMode }: ProjectedVolumeSource, field: string): Causes {
  const paths = new Set<string>();
  return [
    ...fileMode(defaultMode, `${field}.defaultMode`),
    ...(sources ?? []).flatMap((source, at) => {
      const path = `${field}.sources[${at}]`;
      const given = PROJECTIONS.filter((name) => source[name] !== undefined);
      const causes = given.flatMap((name) => CHECKS[name](source, `${path}.${name}`, { volume: field, paths }));
      return given.length > 1 ? [...causes, forbidden(path, 'may not specify more than 1 volume type per source')] : causes;
    }),
  ];
}

interface Projected {
  volume: string;
  paths: Set<string>;
}

const CHECKS: Readonly<Record<(typeof PROJECTIONS)[number], (source: VolumeProjection, field: string, projected: Projected) => Causes>> = {
  secret: ({ secret }, field, projected) => keyProjection(secret!, field, projected),
  configMap: ({ configMap }, field, projected) => keyProjection(configMap!, field, projected),
  downwardAPI: ({ downwardAPI }, field, projected) =>
    (downwardAPI!.items ?? []).flatMap((file) => [...downwardFile(file, field), ...(file.path === '' ? [] : conflict(file.path, file.path, projected))]),
  serviceAccountToken: ({ serviceAccountToken }, field, { volume }) => {
    const { expirationSeconds: seconds = 0, path } = serviceAccountToken!;
    return [
      ...(seconds < TOKEN_SECONDS_MIN ? [invalid(`${field}.expirationSeconds`, seconds, 'may not specify a duration less than 10 minutes')] : []),
      ...(seconds > TOKEN_SECONDS_MAX ? [invalid(`${field}.expirationSeconds`, seconds, 'may not specify a duration larger than 2^32 seconds')] : []),
      // As Kubernetes has it: the path is the volume's, not the source's, and may be another's too.
      ...(path === '' ? [required(`${volume}.path`)] : localNonReservedPath(path, `${volume}.path`)),
    ];
  },
};

function keyProjection({ name, items }: { name?: string; items?: KeyToPath[] }, field: string, projected: Projected): Causes {
  return [
    ...requiredText(name, `${field}.name`),
    ...(items ?? []).flatMap((item, at) => [
      ...keyToPath(item, `${field}.items[${at}]`),
      ...(item.path === '' ? [] : conflict(item.path, name ?? '', projected)),
    ]),
  ];
}

function conflict(path: string, value: string, { volume, paths }: Projected): Causes {
  const taken = paths.has(path);
  paths.add(path);
  return taken ? [invalid(volume, value, 'conflicting duplicate paths')] : [];
}
