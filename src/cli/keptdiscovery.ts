/**
 * What a server elsewhere serves, kept in a file for six hours as kubectl keeps
 * it, so that most commands ask for one thing alone. What cannot be kept is
 * asked for again.
 */
import { formatTime } from '../apimachinery/time.js';
import type { KeptDiscovery, Resource } from './discovery.js';
import type { Host } from './host.js';

const KEPT_MS = 6 * 3600 * 1000;

export function keptDiscovery(host: Host, server: string): KeptDiscovery {
  const folder = `${host.home}/cache/discovery`;
  const file = `${folder}/${server.replace(/^https?:\/\//, '').replace(/[^\w.-]/g, '_')}.json`;
  return {
    read() {
      const kept = attempt(() => JSON.parse(Buffer.from(host.readFile(file)).toString()) as { version: string; asked: string; resources: Resource[] });
      const age = kept === undefined ? Infinity : host.clock.now() - Date.parse(kept.asked);
      return kept?.version === host.version && age >= 0 && age < KEPT_MS ? kept.resources : undefined;
    },
    write(resources) {
      attempt(() => {
        host.makeFolder(folder);
        host.writeFile(file, JSON.stringify({ version: host.version, asked: formatTime(host.clock.now()), resources }), { mode: 0o600 });
      });
    },
  };
}

/** A missing or broken file, a read-only or a full disk: go on without. */
function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
