/**
 * Fields of features that are off in 1.36: they are dropped before a pod is
 * judged, unless the pod that is stored uses them already.
 */
import type { Container, EphemeralContainer } from './types/container.js';
import type { PodSpec } from './types/podspec.js';

export function dropDisabledFields(spec: PodSpec, previous?: PodSpec): void {
  if (spec === previous) return;
  if (usesStopSignal(spec) && !usesStopSignal(previous)) for (const container of containersOf(spec)) dropStopSignal(container);
  for (const source of OFF) if (projects(spec, source) && !projects(previous, source)) for (const one of projections(spec)) delete one[source];
  if (spec.schedulingGroup !== undefined && previous?.schedulingGroup === undefined) delete spec.schedulingGroup;
}

const OFF = ['clusterTrustBundle', 'podCertificate'] as const;

const containersOf = (spec: PodSpec | undefined): (Container | EphemeralContainer)[] => [
  ...(spec?.initContainers ?? []),
  ...(spec?.containers ?? []),
  ...(spec?.ephemeralContainers ?? []),
];

const signals = ({ lifecycle }: Container | EphemeralContainer): boolean => lifecycle?.stopSignal !== undefined;
const usesStopSignal = (spec: PodSpec | undefined): boolean =>
  spec !== undefined && (spec.containers?.some(signals) || spec.initContainers?.some(signals) === true || spec.ephemeralContainers?.some(signals) === true);

/** A lifecycle that held nothing else goes too. */
function dropStopSignal(container: Container | EphemeralContainer): void {
  if (container.lifecycle?.stopSignal === undefined) return;
  delete container.lifecycle.stopSignal;
  if (Object.keys(container.lifecycle).length === 0) delete container.lifecycle;
}

function projects(spec: PodSpec | undefined, source: (typeof OFF)[number]): boolean {
  for (const { projected } of spec?.volumes ?? []) for (const one of projected?.sources ?? []) if (one[source] !== undefined) return true;
  return false;
}

const projections = (spec: PodSpec | undefined) => (spec?.volumes ?? []).flatMap(({ projected }) => projected?.sources ?? []);
