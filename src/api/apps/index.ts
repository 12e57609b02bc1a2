/** The kinds of apps. */
import type { Kind } from '../kind.js';
import { Deployment } from './deployment.js';
import { ReplicaSet } from './replicaset.js';
import { StatefulSet } from './statefulset.js';
import { DaemonSet } from './daemonset.js';
import { ControllerRevision } from './controllerrevision.js';

export const kinds: readonly Kind[] = [Deployment, ReplicaSet, StatefulSet, DaemonSet, ControllerRevision];
