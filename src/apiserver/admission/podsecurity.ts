/** PodSecurity: a namespace's labels say how much a pod may ask for; see podstandards.ts for what each level refuses. */
import type { AdmissionPlugin } from './chain.js';

export const podSecurity: AdmissionPlugin = { name: 'PodSecurity', handles: () => false };
