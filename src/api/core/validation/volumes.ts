/** Rules of a pod's volumes: the list, its names, and one source for each. */
import { duplicate, forbidden, invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import { dns1123Subdomain } from '../../../apimachinery/names.js';
import { goQuote } from '../../../apimachinery/gojson.js';
import type { Volume } from '../types/volume.js';
import { label } from './complaints.js';
import type { Volumes } from './mounts.js';
import { POD_SOURCES } from './podvolumesources.js';
import { iscsiTargetComplaint } from './volumesources.js';

/** Volumes that have complaints are not there for the containers' mounts. `podName` is '' in templates. */
export function validateVolumes(volumes: readonly Volume[] | undefined, field: string, podName: string): { causes: Causes; valid: Volumes } {
  const valid = new Map<string, Volume>();
  const made = new Set((volumes ?? []).filter(({ ephemeral }) => ephemeral !== undefined && podName !== '').map(({ name }) => `${podName}-${name}`));
  const causes = (volumes ?? []).flatMap((volume, at) => {
    const path = `${field}[${at}]`;
    const found = [...validateSource(volume, path, podName), ...(volume.name === '' ? [required(`${path}.name`)] : label(volume.name, `${path}.name`))];
    if (valid.has(volume.name)) found.push(duplicate(`${path}.name`, volume.name));
    if (found.length === 0) valid.set(volume.name, volume);
    const claim = volume.persistentVolumeClaim?.claimName;
    if (claim !== undefined && made.has(claim)) {
      found.push(invalid(`${path}.persistentVolumeClaim.claimName`, claim, 'must not reference a PVC that gets created for an ephemeral volume'));
    }
    return found;
  });
  return { causes, valid };
}

function validateSource(volume: Volume, field: string, podName: string): Causes {
  const causes: Causes = [];
  let sources = 0;
  const members = Object.keys(volume).length - (volume.name === undefined ? 0 : 1);
  for (const { name, path = name, refused = path, check } of POD_SOURCES) {
    if (sources === members) break;
    const source = volume[name];
    if (source === undefined) continue;
    if (sources++ > 0) {
      causes.push(forbidden(`${field}.${refused}`, 'may not specify more than 1 volume type'));
      if (name === 'iscsi') causes.push(...iscsiName(volume, field));
      continue;
    }
    causes.push(...check(source, `${field}.${path}`));
    if (name === 'iscsi') causes.push(...iscsiName(volume, field));
    if (name === 'ephemeral') causes.push(...ephemeralName(volume, field, podName));
  }
  return sources === 0 ? [...causes, required(field, 'must specify a volume type')] : causes;
}

function iscsiName({ name, iscsi }: Volume, field: string): Causes {
  const complaint = iscsiTargetComplaint(name, iscsi!);
  return complaint === undefined ? [] : [invalid(`${field}.name`, name, complaint)];
}

/** The claim that is made for the volume is named after the pod. */
function ephemeralName({ name }: Volume, field: string, podName: string): Causes {
  if (podName === '' || name === '') return [];
  const claim = `${podName}-${name}`;
  return dns1123Subdomain(claim).map((message) => invalid(`${field}.name`, name, `PVC name ${goQuote(claim)}: ${message}`));
}
