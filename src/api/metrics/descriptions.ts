/** What measures of nodes and pods are, in words, as src/api/descriptions.ts reads them. */
export const metrics = `
NodeMetrics: How much of its resources a node uses.
  timestamp: When the measuring ended.
  window: How long it took.
  usage: How much of each.
PodMetrics: How much of their resources a pod's containers use.
  timestamp: When the measuring ended.
  window: How long it took.
  containers: The containers.
ContainerMetrics: How much a container uses.
  name: The container.
  usage: How much of each resource.
`;
