/** Rules of storage.k8s.io. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { CSIDriver } from '../../../src/api/storage/csidriver.js';
import { CSINode } from '../../../src/api/storage/csinode.js';
import { CSIStorageCapacity } from '../../../src/api/storage/csistoragecapacity.js';
import { StorageClass } from '../../../src/api/storage/storageclass.js';
import { VolumeAttachment } from '../../../src/api/storage/volumeattachment.js';
import { VolumeAttributesClass } from '../../../src/api/storage/volumeattributesclass.js';
import { updated, withChange, written } from '../written.js';

const of = (kind: string, rest: object) => ({ apiVersion: 'storage.k8s.io/v1', kind, metadata: { name: 'x' }, ...rest });
const node = of('CSINode', { spec: { drivers: [{ name: 'a.b', nodeID: 'n', topologyKeys: ['zone'] }] } });
const driver = of('CSIDriver', { spec: { tokenRequests: [{ audience: 'a' }] } });
const attachment = of('VolumeAttachment', { spec: { attacher: 'a.b', nodeName: 'n', source: { persistentVolumeName: 'pv' } } });
const storageClass = of('StorageClass', { provisioner: 'a.b/c' });
const attributes = of('VolumeAttributesClass', { driverName: 'a.b', parameters: { a: 'b' } });

test.each<[string, any, object, string[]]>([
  [
    'a topology key twice, told at the driver',
    CSINode,
    withChange(node, 'spec.drivers.0.topologyKeys', ['zone', 'zone']),
    ['spec.drivers[0]: Duplicate value: "zone"'],
  ],
  [
    'a node id that is too long',
    CSINode,
    withChange(node, 'spec.drivers.0.nodeID', 'n'.repeat(257)),
    [`spec.drivers[0].nodeID: Invalid value: "${'n'.repeat(257)}": must be 256 characters or less`],
  ],
  [
    'tokens in secrets, but none asked for',
    CSIDriver,
    withChange(of('CSIDriver', { spec: {} }), 'spec.serviceAccountTokenInSecrets', true),
    ['spec.serviceAccountTokenInSecrets: Invalid value: true: serviceAccountTokenInSecrets is set but no tokenRequests are specified'],
  ],
  [
    'a token for one audience twice',
    CSIDriver,
    withChange(driver, 'spec.tokenRequests', [{ audience: 'a' }, { audience: 'a', expirationSeconds: 1 }]),
    ['spec.tokenRequests[1].audience: Duplicate value: "a"'],
  ],
  [
    'a selector before the class',
    CSIStorageCapacity,
    of('CSIStorageCapacity', { storageClassName: 'A', nodeTopology: { matchExpressions: [{ key: 'a', operator: 'Near' }] }, capacity: '-1' }),
    [
      'nodeTopology.matchExpressions[0].operator: Invalid value: "Near": not a valid selector operator',
      "storageClassName: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      'capacity: Invalid value: "-1": must be greater than or equal to 0',
    ],
  ],
  [
    'two terms, one of which says nothing',
    StorageClass,
    withChange(storageClass, 'allowedTopologies', [{ matchLabelExpressions: [{ key: 'a', values: ['b'] }] }, {}]),
    ['allowedTopologies[1].matchLabelExpressions: Duplicate value: ""', 'allowedTopologies[1].matchLabelExpressions: Duplicate value: ""'],
  ],
  [
    'an inline volume that is not CSI',
    VolumeAttachment,
    withChange(attachment, 'spec.source', {
      inlineVolumeSpec: { capacity: { storage: '1Gi' }, persistentVolumeReclaimPolicy: 'Delete', hostPath: { path: '/' } },
    }),
    [
      'spec.source.inlineVolumeSpec.capacity: Forbidden: may not be specified in the context of inline volumes',
      'spec.source.inlineVolumeSpec.csi: Required value: has to be specified in the context of inline volumes',
      'spec.source.inlineVolumeSpec.accessModes: Required value',
      'spec.source.inlineVolumeSpec.persistentVolumeReclaimPolicy: Forbidden: may only be Retain in the context of inline volumes',
    ],
  ],
])('%s', async (_, kind, body, causes) => assert.deepEqual((await written(kind, body)).causes, causes));

test.each<[string, any, object, object, string[]]>([
  [
    'a listed driver, but for its volumes',
    CSINode,
    node,
    withChange(withChange(node, 'spec.drivers.0.nodeID', 'm'), 'spec.drivers.0.allocatable', { count: 3 }),
    ['spec.drivers: Invalid value: {"Name":"a.b","NodeID":"m","TopologyKeys":["zone"],"Allocatable":null}: field is immutable'],
  ],
  [
    'whether a driver attaches',
    CSIDriver,
    driver,
    withChange(driver, 'spec.attachRequired', false),
    ['spec.attachedRequired: Invalid value: false: field is immutable'],
  ],
  [
    'what is attached',
    VolumeAttachment,
    attachment,
    withChange(attachment, 'spec.nodeName', 'm'),
    ['spec: Invalid value: {"Attacher":"a.b","Source":{"PersistentVolumeName":"pv","InlineVolumeSpec":null},"NodeName":"m"}: field is immutable'],
  ],
  [
    'parameters, which there must be',
    VolumeAttributesClass,
    attributes,
    withChange(attributes, 'parameters', undefined),
    ['parameters: Forbidden: updates to parameters are forbidden.', 'parameters: Required value: must contain at least one key/value pair'],
  ],
])('%s: stays', async (_, kind, before, after, causes) => assert.deepEqual(await updated(kind, before, after), causes));
