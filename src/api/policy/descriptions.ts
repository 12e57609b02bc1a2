/** What disruption budgets and evictions are, in words, as src/api/descriptions.ts reads them. */
export const policy = `
PodDisruptionBudget: How many pods of a set must stay, when pods are evicted on purpose.
  spec: Which pods, and how many.
  status: How many may go now.
PodDisruptionBudgetSpec: Which pods, and how many must stay.
  minAvailable: How many, or which share, must be there after an eviction. Not with maxUnavailable.
  selector: The pods, by their labels; {} is all of the namespace.
  maxUnavailable: How many, or which share, may be missing after an eviction.
  unhealthyPodEvictionPolicy: When pods that are not ready may be evicted: IfHealthyBudget (the default) or AlwaysAllow.
PodDisruptionBudgetStatus: How many pods may go now.
  disruptedPods: Pods whose eviction was allowed and that are not gone yet, with the time.
  disruptionsAllowed: How many may be evicted now.
  currentHealthy: How many are ready.
  desiredHealthy: How many must be.
  expectedPods: How many there are to be.
Eviction: The wish that a pod be deleted, if the budgets allow it.
  deleteOptions: How it is deleted.
`;
