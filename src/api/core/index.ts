/** The kinds of core/v1, in discovery's order. */
import type { Kind } from '../kind.js';
import { Binding } from './binding.js';
import { ComponentStatus } from './componentstatus.js';
import { ConfigMap } from './configmap.js';
import { Endpoints } from './endpoints.js';
import { Event } from './event.js';
import { LimitRange } from './limitrange.js';
import { Namespace } from './namespace.js';
import { Node } from './node.js';
import { PersistentVolumeClaim } from './persistentvolumeclaim.js';
import { PersistentVolume } from './persistentvolume.js';
import { Pod } from './pod.js';
import { PodTemplate } from './podtemplate.js';
import { ReplicationController } from './replicationcontroller.js';
import { ResourceQuota } from './resourcequota.js';
import { Secret } from './secret.js';
import { ServiceAccount } from './serviceaccount.js';
import { Service } from './service.js';

export const kinds: readonly Kind[] = [
  Binding,
  ComponentStatus,
  ConfigMap,
  Endpoints,
  Event,
  LimitRange,
  Namespace,
  Node,
  PersistentVolumeClaim,
  PersistentVolume,
  Pod,
  PodTemplate,
  ReplicationController,
  ResourceQuota,
  Secret,
  ServiceAccount,
  Service,
];
