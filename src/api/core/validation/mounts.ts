/** Rules of volume mounts and block devices of a container. */
import { forbidden, invalid, notFound, required, type Causes } from '../../../apimachinery/fielderror.js';
import type { Container } from '../types/container.js';
import type { Volume, VolumeMount } from '../types/volume.js';
import { supported } from './complaints.js';
import { localDescendingPath, pathNoBacksteps } from './paths.js';

/** The pod's valid volumes, by name. */
export type Volumes = ReadonlyMap<string, Volume>;

export function validateVolumeMounts(container: Container, volumes: Volumes, field: string): Causes {
  const devices = container.volumeDevices ?? [];
  const paths = new Set<string>();
  const causes: Causes = [];
  for (const [at, mount] of (container.volumeMounts ?? []).entries()) {
    const path = `${field}[${at}]`;
    if (mount.name === '') causes.push(required(`${path}.name`));
    if (!volumes.has(mount.name)) causes.push(notFound(`${path}.name`, mount.name));
    if (mount.mountPath === '') causes.push(required(`${path}.mountPath`));
    if (paths.has(mount.mountPath)) causes.push(invalid(`${path}.mountPath`, mount.mountPath, 'must be unique'));
    paths.add(mount.mountPath);
    if (devices.some(({ name }) => name === mount.name)) causes.push(invalid(`${path}.name`, mount.name, 'must not already exist in volumeDevices'));
    if (devices.some(({ devicePath }) => devicePath === mount.mountPath)) {
      causes.push(invalid(`${path}.mountPath`, mount.mountPath, 'must not already exist as a path in volumeDevices'));
    }
    // As Kubernetes does: these four name the list, not the mount in it.
    if (mount.subPath || mount.subPathExpr) causes.push(...subPaths(mount, field, path));
    if (mount.mountPropagation !== undefined) causes.push(...propagation(mount, container, `${field}.mountPropagation`));
    if (mount.recursiveReadOnly !== undefined) causes.push(...recursiveReadOnly(mount, `${field}.recursiveReadOnly`));
  }
  return causes;
}

function subPaths({ subPath = '', subPathExpr = '' }: VolumeMount, list: string, field: string): Causes {
  return [
    ...(subPath === '' ? [] : localDescendingPath(subPath, `${list}.subPath`)),
    ...(subPathExpr !== '' && subPath !== '' ? [invalid(`${field}.subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive')] : []),
    ...(subPathExpr === '' ? [] : localDescendingPath(subPathExpr, `${list}.subPathExpr`)),
  ];
}

function propagation({ mountPropagation }: VolumeMount, { securityContext }: Container, field: string): Causes {
  const causes = supported(mountPropagation, field, ['Bidirectional', 'HostToContainer', 'None']);
  if (mountPropagation !== 'Bidirectional' || securityContext?.privileged === true) return causes;
  return [...causes, forbidden(field, 'Bidirectional mount propagation is available only to privileged containers')];
}

function recursiveReadOnly({ recursiveReadOnly: mode, readOnly, mountPropagation }: VolumeMount, field: string): Causes {
  if (mode !== 'Enabled' && mode !== 'IfPossible') return supported(mode, field, ['Disabled', 'Enabled', 'IfPossible']);
  return [
    ...(readOnly === true ? [] : [forbidden(field, 'may only be specified when readOnly is true')]),
    ...(mountPropagation === undefined || mountPropagation === 'None'
      ? []
      : [forbidden(field, 'may only be specified when mountPropagation is None or not specified')]),
  ];
}

export function validateVolumeDevices({ volumeDevices, volumeMounts = [] }: Container, volumes: Volumes, field: string): Causes {
  const names = new Set<string>();
  const paths = new Set<string>();
  return (volumeDevices ?? []).flatMap(({ name, devicePath }, at) => {
    const nameField = `${field}[${at}].name`;
    const pathField = `${field}[${at}].devicePath`;
    const causes: Causes = [];
    if (name === '') causes.push(required(nameField));
    if (names.has(name)) causes.push(invalid(nameField, name, 'must be unique'));
    const volume = volumes.get(name);
    if (volume === undefined) causes.push(notFound(nameField, name));
    else if (volume.persistentVolumeClaim === undefined && volume.ephemeral === undefined) {
      causes.push(invalid(nameField, name, 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode'));
    }
    if (devicePath === '') causes.push(required(pathField));
    if (paths.has(devicePath)) causes.push(invalid(pathField, devicePath, 'must be unique'));
    if (devicePath !== '' && pathNoBacksteps(devicePath, pathField).length > 0) causes.push(invalid(pathField, devicePath, "can not contain backsteps ('..')"));
    else paths.add(devicePath);
    if (volumeMounts.some((mount) => mount.name === name)) causes.push(invalid(nameField, name, 'must not already exist in volumeMounts'));
    if (volumeMounts.some(({ mountPath }) => mountPath === devicePath))
      causes.push(invalid(pathField, devicePath, 'must not already exist as a path in volumeMounts'));
    if (name !== '') names.add(name);
    return causes;
  });
}
