/** The plugins of the default profile, in Kubernetes' order. */
import type { Plugin } from '../framework.js';
import type { Handle } from '../handle.js';
import { defaultBinder } from './defaultbinder.js';
import { defaultPreemption } from './defaultpreemption.js';
import { dynamicResources } from './dynamicresources.js';
import { imageLocality } from './imagelocality.js';
import { interPodAffinity } from './interpodaffinity.js';
import { nodeAffinity } from './nodeaffinity.js';
import { nodeName } from './nodename.js';
import { nodePorts } from './nodeports.js';
import { nodeResourcesBalancedAllocation, nodeResourcesFit } from './noderesources.js';
import { nodeUnschedulable } from './nodeunschedulable.js';
import { podTopologySpread } from './podtopologyspread.js';
import { schedulingGates } from './schedulinggates.js';
import { nodeVolumeLimits } from './nodevolumelimits.js';
import { taintToleration } from './tainttoleration.js';
import { volumeBinding } from './volumebinding.js';
import { volumeRestrictions } from './volumerestrictions.js';
import { volumeZone } from './volumezone.js';

export function defaultPlugins(handle: Handle): Plugin[] {
  return [
    schedulingGates(),
    nodeUnschedulable(handle),
    nodeName(),
    taintToleration(handle),
    nodeAffinity(),
    nodePorts(),
    nodeResourcesFit(handle),
    volumeRestrictions(handle),
    nodeVolumeLimits(handle),
    volumeBinding(handle),
    volumeZone(handle),
    podTopologySpread(handle),
    interPodAffinity(handle),
    dynamicResources(handle),
    defaultPreemption(handle),
    nodeResourcesBalancedAllocation(),
    imageLocality(handle),
    defaultBinder(handle),
  ];
}
