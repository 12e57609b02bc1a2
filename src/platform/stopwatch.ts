/** How long something took on this machine, for figures that nothing depends on. Never for what happens in a cluster: that waits on its Clock. */

/** Milliseconds since some moment, ever rising. */
export const stopwatch = (): number => performance.now();
