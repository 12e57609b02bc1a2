/** Every plugin there is, by name, as made for one profile. */
import type { PluginArgs } from '../config.js';
import type { Plugin } from '../framework.js';
import type { Handle } from '../handle.js';
import { defaultBinder } from './defaultbinder.js';
import { defaultPreemption } from './defaultpreemption.js';
import { dynamicResources } from './dynamicresources.js';
import { imageLocality } from './imagelocality.js';
import { interPodAffinity } from './interpodaffinity.js';
import { nodeAffinity } from './nodeaffinity.js';
import { nodeDeclaredFeatures } from './nodedeclaredfeatures.js';
import { nodeName } from './nodename.js';
import { nodePorts } from './nodeports.js';
import { nodeResourcesBalancedAllocation, nodeResourcesFit } from './noderesources.js';
import { nodeUnschedulable } from './nodeunschedulable.js';
import { nodeVolumeLimits } from './nodevolumelimits.js';
import { podTopologySpread } from './podtopologyspread.js';
import { schedulingGates } from './schedulinggates.js';
import { taintToleration } from './tainttoleration.js';
import { volumeBinding } from './volumebinding.js';
import { volumeRestrictions } from './volumerestrictions.js';
import { volumeZone } from './volumezone.js';

const REGISTRY: Readonly<Record<string, (handle: Handle, args: PluginArgs) => Plugin>> = {
  SchedulingGates: () => schedulingGates(),
  PrioritySort: () => ({ name: 'PrioritySort', sortsQueue: true, hints: {} }),
  NodeUnschedulable: nodeUnschedulable,
  NodeName: () => nodeName(),
  TaintToleration: taintToleration,
  NodeAffinity: (_, args) => nodeAffinity(args.NodeAffinity),
  NodePorts: () => nodePorts(),
  NodeResourcesFit: (handle, args) => nodeResourcesFit(handle, args.NodeResourcesFit),
  VolumeRestrictions: volumeRestrictions,
  NodeVolumeLimits: nodeVolumeLimits,
  VolumeBinding: (handle, args) => volumeBinding(handle, args.VolumeBinding),
  VolumeZone: volumeZone,
  PodTopologySpread: (handle, args) => podTopologySpread(handle, args.PodTopologySpread),
  InterPodAffinity: (handle, args) => interPodAffinity(handle, args.InterPodAffinity),
  DynamicResources: (handle, args) => dynamicResources(handle, args.DynamicResources),
  DefaultPreemption: (handle, args) => defaultPreemption(handle, args.DefaultPreemption),
  NodeResourcesBalancedAllocation: (_, args) => nodeResourcesBalancedAllocation(args.NodeResourcesBalancedAllocation),
  ImageLocality: imageLocality,
  DefaultBinder: defaultBinder,
  NodeDeclaredFeatures: () => nodeDeclaredFeatures(),
};

/** Those of the names that there are. */
export function createPlugins(handle: Handle, names: ReadonlySet<string>, args: PluginArgs): Map<string, Plugin> {
  return new Map(Object.entries(REGISTRY).flatMap(([name, create]) => (names.has(name) ? [[name, create(handle, args)] as const] : [])));
}
