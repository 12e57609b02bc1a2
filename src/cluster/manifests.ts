/** What the package ships in manifests/: a new control plane's objects, the static pods of the control plane, the add-ons. Read when a cluster is made, not at start-up. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeObject } from '../apimachinery/object.js';
import type { PolicyRule } from '../apiserver/authz/authorizer.js';
import type { ClusterConfig } from './home.js';

/** In the order in which they are made: namespaces before what lives in them, roles before bindings. */
const BOOTSTRAP = [
  'namespaces',
  'priorityclasses',
  'servicecidrs',
  'clusterroles',
  'clusterrolebindings',
  'roles',
  'rolebindings',
  'prioritylevelconfigurations',
  'flowschemas',
  'apiservices',
];

export const CONTROL_PLANE = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const;

/** With an etcd elsewhere, as kubeadm does, there is no static pod for it. */
export const controlPlaneOf = ({ etcd }: Pick<ClusterConfig, 'etcd'>): (typeof CONTROL_PLANE)[number][] =>
  CONTROL_PLANE.filter((part) => part !== 'etcd' || etcd === undefined);

export interface Manifests {
  bootstrap(): KubeObject[];
  /** The accounts that controllers act as; the controller manager makes them. */
  controllerAccounts(): KubeObject[];
  nodeRules(): readonly PolicyRule[];
  /** YAML of one static pod of the control plane. */
  controlPlane(name: (typeof CONTROL_PLANE)[number]): string;
  /** YAML of one add-on, several documents. */
  addon(name: string): string;
}

/** `root`: the package's own folder. */
export function packageManifests(root: string): Manifests {
  const read = (...path: string[]): string => readFileSync(join(root, 'manifests', ...path), 'utf8');
  const list = (name: string): KubeObject[] => JSON.parse(read('bootstrap', `${name}.json`)) as KubeObject[];
  return {
    bootstrap: () => BOOTSTRAP.flatMap(list),
    controllerAccounts: () => list('serviceaccounts'),
    nodeRules: () => (list('clusterroles').find(({ metadata }) => metadata.name === 'system:node') as unknown as { rules: PolicyRule[] }).rules,
    controlPlane: (name) => read('control-plane', `${name}.yaml`),
    addon: (name) => read('addons', `${name}.yaml`),
  };
}
