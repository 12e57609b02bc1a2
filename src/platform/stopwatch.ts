/** How long something took on this machine, for figures that nothing depends on. Never for what happens in a cluster: that waits on its Clock. */

/** Milliseconds since some moment, ever rising. */
export function stopwatch(): number {
  // `performance` would be loaded first, which takes longer than what is measured here.
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}
