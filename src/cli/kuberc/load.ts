/**
 * The preferences of the user, looked for before every command. A command pays
 * one look for a file that is not there; all else is loaded where there is one.
 */
import type { Host, PluginPolicy } from '../host.js';

export interface Preferred {
  words: readonly string[];
  pluginPolicy?: PluginPolicy;
}

/** The words as they are to be read, and which credential plugins may run. Throws for a file the user named and that cannot be used. */
export async function withPreferences(words: readonly string[], host: Host): Promise<Preferred> {
  if (words.length === 0 || ['false', '0', 'f'].includes((host.env.KUBECTL_KUBERC ?? '').toLowerCase())) return { words };
  const explicit = host.env.KUBERC !== undefined || words.some((word) => word.startsWith('--kuberc'));
  const usual = `${host.env.HOME ?? ''}/.kube/kuberc`;
  if (!explicit && (host.env.HOME === undefined || !isThere(host, usual))) return { words };
  const { preferredWords } = await import('./preferred.js');
  return preferredWords(words, host);
}

function isThere(host: Host, path: string): boolean {
  try {
    host.listFolder(path);
    return true;
  } catch {
    // No preferences: the ordinary case.
    return false;
  }
}
