/** Rules of volume sources that pods and persistent volumes have alike. */
import { invalid, notSupported, required, tooLong, type Causes } from '../../../apimachinery/fielderror.js';
import { dns1123Subdomain } from '../../../apimachinery/names.js';
import type {
  AWSElasticBlockStoreVolumeSource, AzureDiskVolumeSource, AzureFileVolumeSource, FCVolumeSource, FlockerVolumeSource, GCEPersistentDiskVolumeSource,
  HostPathVolumeSource, ISCSIVolumeSource, NFSVolumeSource, QuobyteVolumeSource,
} from '../types/volume.js';
import { between, inclusiveRange, invalidEach, requiredText, supported } from './complaints.js';
import { pathNoBacksteps } from './paths.js';

const PARTITIONS = [0, 255] as const;
const CSI_DRIVER_MAX = 63;
const QUOBYTE_TENANT_MAX = 64;
const HOST_PATH_TYPES = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'];

export function validateHostPath({ path, type }: HostPathVolumeSource, field: string): Causes {
  return [...requiredText(path, `${field}.path`), ...pathNoBacksteps(path, `${field}.path`), ...supported(type, `${field}.type`, HOST_PATH_TYPES)];
}

export function validateGcePersistentDisk({ pdName, partition }: GCEPersistentDiskVolumeSource, field: string): Causes {
  return [...requiredText(pdName, `${field}.pdName`), ...between(partition, `${field}.partition`, PARTITIONS)];
}

export function validateAwsDisk({ volumeID, partition }: AWSElasticBlockStoreVolumeSource, field: string): Causes {
  return [...requiredText(volumeID, `${field}.volumeID`), ...between(partition, `${field}.partition`, PARTITIONS)];
}

export function validateNfs({ server, path }: NFSVolumeSource, field: string): Causes {
  return [
    ...requiredText(server, `${field}.server`),
    ...requiredText(path, `${field}.path`),
    ...(path.startsWith('/') ? [] : [invalid(`${field}.path`, path, 'must be an absolute path')]),
  ];
}

const IQN = /^iqn\.\d{4}-\d{2}\.([a-zA-Z0-9-.]+)(:[^,;*&$|\s]+)$/;
const EUI = /^eui\.[0-9a-zA-Z]{16}$/;
const NAA = /^naa\.[0-9a-zA-Z]{32}$/;
type Iscsi = Omit<ISCSIVolumeSource, 'secretRef'> & { secretRef?: object };
export function validateIscsi(source: Iscsi, field: string): Causes {
  const { targetPortal, iqn, lun, chapAuthDiscovery, chapAuthSession, secretRef, initiatorName } = source;
  return [
    ...requiredText(targetPortal, `${field}.targetPortal`),
    ...(iqn === '' ? [required(`${field}.iqn`)] : validIqn(iqn) ? [] : [invalid(`${field}.iqn`, iqn, 'must be valid format')]),
    ...(lun < PARTITIONS[0] || lun > PARTITIONS[1] ? [invalid(`${field}.lun`, lun, inclusiveRange(...PARTITIONS))] : []),
    ...((chapAuthDiscovery || chapAuthSession) && secretRef === undefined ? [required(`${field}.secretRef`)] : []),
    ...(initiatorName === undefined || validIqn(initiatorName) ? [] : [invalid(`${field}.initiatorname`, initiatorName, 'must be valid format')]),
  ];
}
const validIqn = (name: string): boolean => (name.startsWith('iqn') && IQN.test(name)) || EUI.test(name) || NAA.test(name);

export function validateFlocker({ datasetName, datasetUUID }: FlockerVolumeSource, field: string): Causes {
  const causes: Causes = [];
  if (!datasetName && !datasetUUID) causes.push(required(field, 'one of datasetName and datasetUUID is required'));
  if (datasetName && datasetUUID) causes.push(invalid(field, 'resource', 'datasetName and datasetUUID can not be specified simultaneously'));
  if (datasetName?.includes('/')) causes.push(invalid(`${field}.datasetName`, datasetName, "must not contain '/'"));
  return causes;
}

export function validateQuobyte({ registry, tenant, volume }: QuobyteVolumeSource, field: string): Causes {
  const causes: Causes = [];
  if (registry === '') causes.push(required(`${field}.registry`, 'must be a host:port pair or multiple pairs separated by commas'));
  else if (tenant !== undefined && tenant.length > QUOBYTE_TENANT_MAX) causes.push(required(`${field}.tenant`, 'must be a UUID and may not exceed a length of 64 characters'));
  else if (registry.split(',').some((pair) => !/^[^:]*:[^:]*$/.test(pair))) causes.push(invalid(`${field}.registry`, registry, 'must be a host:port pair or multiple pairs separated by commas'));
  return [...causes, ...requiredText(volume, `${field}.volume`)];
}

export function validateFc({ targetWWNs = [], wwids = [], lun }: FCVolumeSource, field: string): Causes {
  const causes: Causes = [];
  if (targetWWNs.length === 0 && wwids.length === 0) causes.push(required(`${field}.targetWWNs`, 'must specify either targetWWNs or wwids, but not both'));
  if (targetWWNs.length > 0 && wwids.length > 0) causes.push(invalid(`${field}.targetWWNs`, targetWWNs, 'targetWWNs and wwids can not be specified simultaneously'));
  if (targetWWNs.length === 0) return causes;
  return [...causes, ...(lun === undefined ? [required(`${field}.lun`, 'lun is required if targetWWNs is specified')] : between(lun, `${field}.lun`, PARTITIONS))];
}

export function validateAzureFile({ secretName, shareName }: AzureFileVolumeSource, field: string): Causes {
  return [...requiredText(secretName, `${field}.secretName`), ...requiredText(shareName, `${field}.shareName`)];
}

const MANAGED_DISK = '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}';
const BLOB_DISK = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd';
export function validateAzureDisk({ diskName, diskURI, cachingMode, kind }: AzureDiskVolumeSource, field: string): Causes {
  const causes = [
    ...requiredText(diskName, `${field}.diskName`),
    ...requiredText(diskURI, `${field}.diskURI`),
    ...supported(cachingMode, `${field}.cachingMode`, ['None', 'ReadOnly', 'ReadWrite']),
    ...supported(kind, `${field}.kind`, ['Dedicated', 'Managed', 'Shared']),
  ];
  if (kind === 'Managed' && !diskURI.startsWith('/subscriptions/')) causes.push(notSupported(`${field}.diskURI`, diskURI, [MANAGED_DISK]));
  if (kind !== undefined && kind !== 'Managed' && !diskURI.startsWith('https://')) causes.push(notSupported(`${field}.diskURI`, diskURI, [BLOB_DISK]));
  return causes;
}

export function validateCsiDriverName(driver: string, field: string): Causes {
  if (driver === '') return [required(field)];
  return [...(driver.length > CSI_DRIVER_MAX ? [tooLong(field, driver, CSI_DRIVER_MAX)] : []), ...invalidEach(field, driver, dns1123Subdomain(driver.toLowerCase()))];
}
