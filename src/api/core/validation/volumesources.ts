/** Rules of volume sources that pods and persistent volumes have alike. */
import { invalid, notSupported, required, tooLong, type Causes } from '../../../apimachinery/fielderror.js';
import { dns1123Subdomain } from '../../../apimachinery/names.js';
import type {
  AWSElasticBlockStoreVolumeSource,
  AzureDiskVolumeSource,
  AzureFileVolumeSource,
  FCVolumeSource,
  FlockerVolumeSource,
  GCEPersistentDiskVolumeSource,
  HostPathVolumeSource,
  ISCSIVolumeSource,
  NFSVolumeSource,
  QuobyteVolumeSource,
} from '../types/volume.js';
import { between, inclusiveRange, invalidEach, requiredText, supported } from './complaints.js';
import { pathNoBacksteps } from './paths.js';

const LUNS = [0, 255] as const;
/** As Kubernetes says it; 0 is taken all the same. */
const PARTITION_TEXT = inclusiveRange(1, 255);
const CSI_DRIVER_MAX = 63;
const QUOBYTE_TENANT_MAX = 64;
const HOST_PATH_TYPES = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'];

export function validateHostPath({ path, type }: HostPathVolumeSource, field: string): Causes {
  if (path === '') return [required(`${field}.path`)];
  return [...pathNoBacksteps(path, `${field}.path`), ...supported(type, `${field}.type`, HOST_PATH_TYPES)];
}

function partitionOf(partition: number | undefined, field: string): Causes {
  return partition !== undefined && (partition < 0 || partition > 255) ? [invalid(`${field}.partition`, partition, PARTITION_TEXT)] : [];
}

export function validateGcePersistentDisk({ pdName, partition }: GCEPersistentDiskVolumeSource, field: string): Causes {
  return [...requiredText(pdName, `${field}.pdName`), ...partitionOf(partition, field)];
}

export function validateAwsDisk({ volumeID, partition }: AWSElasticBlockStoreVolumeSource, field: string): Causes {
  return [...requiredText(volumeID, `${field}.volumeID`), ...partitionOf(partition, field)];
}

export function validateNfs({ server, path }: NFSVolumeSource, field: string): Causes {
  return [
    ...requiredText(server, `${field}.server`),
    ...requiredText(path, `${field}.path`),
    ...(path.startsWith('/') ? [] : [invalid(`${field}.path`, path, 'must be an absolute path')]),
  ];
}

const QUALIFIED_NAMES: Readonly<Record<string, RegExp>> = {
  iqn: /iqn\.\d{4}-\d{2}\.([a-zA-Z0-9-.]+)(:[^,;*&$|\s]+)$/,
  eui: /^eui.[a-zA-Z0-9]{16}$/,
  naa: /^naa.[a-zA-Z0-9]{32}$/,
};
const FORMAT = 'must be valid format';

/** A name of a target or an initiator. Pods' volumes are told more of a wrong beginning than persistent volumes. */
function iscsiName(name: string, field: string, beginning: string): Causes {
  const pattern = QUALIFIED_NAMES[name.slice(0, 3)];
  if (pattern === undefined) return [invalid(field, name, beginning)];
  return pattern.test(name) ? [] : [invalid(field, name, FORMAT)];
}

const TARGET_MAX = 64;
const TARGET_TEXT = `Total length of <volume name>:<iscsi.targetPortal> must be under ${TARGET_MAX} characters if iscsi.initiatorName is specified.`;

/** What the volume's name and the portal together may not be; undefined where they fit. */
export function iscsiTargetComplaint(
  volumeName: string,
  { targetPortal, initiatorName }: { targetPortal: string; initiatorName?: string },
): string | undefined {
  return initiatorName !== undefined && `${volumeName}:${targetPortal}`.length > TARGET_MAX ? TARGET_TEXT : undefined;
}

type Iscsi = Omit<ISCSIVolumeSource, 'secretRef'> & { secretRef?: { name?: string } };
/** `volumeName`: of a persistent volume; undefined in pods. */
export function validateIscsi(source: Iscsi, field: string, volumeName?: string): Causes {
  const { targetPortal, iqn, lun, chapAuthDiscovery, chapAuthSession, secretRef, initiatorName } = source;
  const isPersistent = volumeName !== undefined;
  const beginning = isPersistent ? FORMAT : `${FORMAT} starting with iqn, eui, or naa`;
  const complaint = isPersistent ? iscsiTargetComplaint(volumeName, source) : undefined;
  return [
    ...requiredText(targetPortal, `${field}.targetPortal`),
    ...(complaint === undefined ? [] : [invalid(`${field}.targetportal`, targetPortal, complaint)]),
    ...(iqn === '' ? [required(`${field}.iqn`)] : iscsiName(iqn, `${field}.iqn`, beginning)),
    ...(lun < LUNS[0] || lun > LUNS[1] ? [invalid(`${field}.lun`, lun, inclusiveRange(...LUNS))] : []),
    ...((chapAuthDiscovery || chapAuthSession) && secretRef === undefined ? [required(`${field}.secretRef`)] : []),
    ...(isPersistent && secretRef !== undefined ? requiredText(secretRef.name, `${field}.secretRef.name`) : []),
    ...(initiatorName === undefined ? [] : iscsiName(initiatorName, `${field}.initiatorname`, beginning)),
  ];
}

export function validateFlocker({ datasetName, datasetUUID }: FlockerVolumeSource, field: string): Causes {
  const causes: Causes = [];
  if (!datasetName && !datasetUUID) causes.push(required(field, 'one of datasetName and datasetUUID is required'));
  if (datasetName && datasetUUID) causes.push(invalid(field, 'resource', 'datasetName and datasetUUID can not be specified simultaneously'));
  if (datasetName?.includes('/')) causes.push(invalid(`${field}.datasetName`, datasetName, "must not contain '/'"));
  return causes;
}

/** As Go splits them: an IPv6 host stands in brackets. */
const HOST_PORT = /^(\[[^[\]]*\]|[^:[\]]*):[^:[\]]*$/;

export function validateQuobyte({ registry, tenant, volume }: QuobyteVolumeSource, field: string): Causes {
  const causes: Causes = [];
  if (registry === '') causes.push(required(`${field}.registry`, 'must be a host:port pair or multiple pairs separated by commas'));
  else if (tenant !== undefined && tenant.length > QUOBYTE_TENANT_MAX)
    causes.push(required(`${field}.tenant`, 'must be a UUID and may not exceed a length of 64 characters'));
  else {
    const wrong = registry.split(',').filter((pair) => !HOST_PORT.test(pair));
    causes.push(...wrong.map(() => invalid(`${field}.registry`, registry, 'must be a host:port pair or multiple pairs separated by commas')));
  }
  return [...causes, ...requiredText(volume, `${field}.volume`)];
}

export function validateFc({ targetWWNs = [], wwids = [], lun }: FCVolumeSource, field: string): Causes {
  const causes: Causes = [];
  if (targetWWNs.length === 0 && wwids.length === 0) causes.push(required(`${field}.targetWWNs`, 'must specify either targetWWNs or wwids, but not both'));
  if (targetWWNs.length > 0 && wwids.length > 0)
    causes.push(invalid(`${field}.targetWWNs`, targetWWNs, 'targetWWNs and wwids can not be specified simultaneously'));
  if (targetWWNs.length === 0) return causes;
  return [...causes, ...(lun === undefined ? [required(`${field}.lun`, 'lun is required if targetWWNs is specified')] : between(lun, `${field}.lun`, LUNS))];
}

/** Options that Kubernetes itself gives a driver may not be named by a user. */
export function validateFlex({ driver, options }: { driver: string; options?: Readonly<Record<string, string>> }, field: string): Causes {
  return [
    ...requiredText(driver, `${field}.driver`),
    ...Object.keys(options ?? {})
      .sort()
      .flatMap((key) => {
        const slash = key.indexOf('/');
        const namespace = `.${(slash < 0 ? key : key.slice(0, slash)).toLowerCase()}`;
        const isReserved = namespace.endsWith('.kubernetes.io') || namespace.endsWith('.k8s.io');
        return isReserved ? [invalid(`${field}.options[${key}]`, key, 'kubernetes.io and k8s.io namespaces are reserved')] : [];
      }),
  ];
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
  return [
    ...(driver.length > CSI_DRIVER_MAX ? [tooLong(field, driver, CSI_DRIVER_MAX)] : []),
    ...invalidEach(field, driver, dns1123Subdomain(driver.toLowerCase())),
  ];
}
