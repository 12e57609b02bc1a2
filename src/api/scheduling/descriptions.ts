/** What priority classes are, in words, as src/api/descriptions.ts reads them. */
export const scheduling = `
PriorityClass: Gives pods their priority, under a name.
  value: The priority; higher comes first. It cannot change.
  globalDefault: Whether pods get it that name no class; one class at most does.
  description: When to use it.
  preemptionPolicy: Whether its pods may push out others: PreemptLowerPriority (the default) or Never.
`;
