/** What metrics-server measured, as the API server asks for it: fresh, from the nodes of this process. */
import type { MetricsSource } from '../apiserver/options.js';
import type { Machinery } from './running.js';

export function measured(metrics: Machinery['metrics']): MetricsSource {
  const server = async () => {
    const found = await metrics.source?.();
    await found?.collect();
    return found;
  };
  return {
    nodes: async () => ((await server())?.nodes() ?? []) as never,
    pods: async (namespace) => ((await server())?.pods(namespace) ?? []) as never,
  };
}
