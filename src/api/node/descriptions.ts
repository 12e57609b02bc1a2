/** What runtime classes are, in words, as src/api/descriptions.ts reads them. */
export const node = `
RuntimeClass: A way of running pods, such as in virtual machines.
  handler: What the nodes' runtime calls it. It cannot change.
  overhead: What it costs beside the containers.
  scheduling: Which nodes have it.
Overhead: What a way of running costs.
  podFixed: How much of each resource a pod costs.
Scheduling: Which nodes have a way of running.
  nodeSelector: Labels of these nodes, added to the pod's selector.
  tolerations: Taints of these nodes, tolerated by the pods.
`;
