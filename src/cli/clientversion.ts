/** Which kubectl this client is as good as: what `version` tells, and what is written where a version of kubectl belongs. */
export const CLIENT_VERSION = 'v1.36.3';

/** Which kustomize is in it. */
export const KUSTOMIZE_VERSION = 'v5.8.1';

export function clientInfo(): Record<string, string> {
  const [major = '', minor = ''] = CLIENT_VERSION.slice(1).split('.');
  return {
    major,
    minor,
    gitVersion: CLIENT_VERSION,
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '',
    goVersion: '',
    compiler: 'gc',
    platform: 'linux/amd64',
  };
}
