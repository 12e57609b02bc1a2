/**
 * Fields of features that are off in 1.36: they are dropped before a pod is
 * judged, unless the pod that is stored uses them already.
 */
import type { Container, EphemeralContainer } from './types/container.js';
import type { PodSpec } from './types/podspec.js';

export function dropDisabledFields(spec: PodSpec, previous?: PodSpec): void {
  if (spec === previous) return;
  if (!usesStopSignal(previous)) for (const container of containersOf(spec)) dropStopSignal(container);
  for (const source of ['clusterTrustBundle', 'podCertificate'] as const) {
    if (!projections(previous).some((one) => one[source] !== undefined)) for (const one of projections(spec)) if (one[source] !== undefined) delete one[source];
  }
  if (spec.schedulingGroup !== undefined && previous?.schedulingGroup === undefined) delete spec.schedulingGroup;
}

const containersOf = (spec: PodSpec | undefined): (Container | EphemeralContainer)[] => [
  ...(spec?.initContainers ?? []),
  ...(spec?.containers ?? []),
  ...(spec?.ephemeralContainers ?? []),
];

const usesStopSignal = (spec: PodSpec | undefined): boolean => containersOf(spec).some(({ lifecycle }) => lifecycle?.stopSignal !== undefined);

/** A lifecycle that held nothing else goes too. */
function dropStopSignal(container: Container | EphemeralContainer): void {
  if (container.lifecycle?.stopSignal === undefined) return;
  delete container.lifecycle.stopSignal;
  if (Object.keys(container.lifecycle).length === 0) delete container.lifecycle;
}

const projections = (spec: PodSpec | undefined) => (spec?.volumes ?? []).flatMap(({ projected }) => projected?.sources ?? []);
