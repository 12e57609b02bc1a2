/** --kuberc, which the commands that show and change the file take as their own. */
import type { Flag } from '../../flags.js';

export const KUBERC_FLAG: Flag = {
  name: 'kuberc',
  type: 'string',
  description:
    'Path to the kuberc file to use for preferences. This can be disabled by exporting KUBECTL_KUBERC=false feature gate or turning off the feature KUBERC=off.',
};
