/**
 * Columns of HorizontalPodAutoscalers, and metrics in the words of kubectl:
 * "cpu: 12%/80%", two at most.
 */
import { ageColumn, column, nameColumn } from '../columns.js';
import type { Column } from '../kind.js';
import type { HorizontalPodAutoscaler, MetricSpec, MetricStatus } from './types/horizontalpodautoscaler.v2.js';

const SHOWN_MAX = 2;
const UNKNOWN = '<unknown>';

export const hpaColumns: readonly Column<HorizontalPodAutoscaler>[] = [
  nameColumn,
  column<HorizontalPodAutoscaler>('Reference', ({ spec }) => `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`),
  column<HorizontalPodAutoscaler>('Targets', ({ spec, status }) => metricsText(spec.metrics ?? [], status.currentMetrics ?? [])),
  column<HorizontalPodAutoscaler>('MinPods', ({ spec }) => String(spec.minReplicas ?? '<unset>')),
  column<HorizontalPodAutoscaler>('MaxPods', ({ spec }) => spec.maxReplicas),
  column<HorizontalPodAutoscaler>('Replicas', ({ status }) => status.currentReplicas ?? 0),
  ageColumn,
];

function metricsText(specs: readonly MetricSpec[], statuses: readonly MetricStatus[]): string {
  if (specs.length === 0) return '<none>';
  const shown = specs.slice(0, SHOWN_MAX).map((spec, index) => metricText(spec, statuses[index]));
  return specs.length > SHOWN_MAX ? `${shown.join(', ')} + ${specs.length - SHOWN_MAX} more...` : shown.join(', ');
}

function metricText(spec: MetricSpec, status: MetricStatus | undefined): string {
  switch (spec.type) {
    case 'External':
      return valueText(spec.external?.target, status?.external?.current);
    case 'Object':
      return valueText(spec.object?.target, status?.object?.current);
    case 'Pods':
      return `${status?.pods?.current.averageValue ?? UNKNOWN}/${spec.pods?.target.averageValue ?? ''}`;
    case 'Resource':
      return `${spec.resource?.name}: ${resourceText(spec.resource?.target, status?.resource?.current)}`;
    case 'ContainerResource':
      return `${spec.containerResource?.name}: ${resourceText(spec.containerResource?.target, status?.containerResource?.current)}`;
    default:
      return '<unknown type>';
  }
}

interface Value {
  value?: string;
  averageValue?: string;
  averageUtilization?: number;
}
function valueText(target: Value | undefined, current: Value | undefined): string {
  if (target?.averageValue !== undefined) return `${current?.averageValue ?? UNKNOWN}/${target.averageValue} (avg)`;
  return `${current?.value ?? UNKNOWN}/${target?.value ?? ''}`;
}

function resourceText(target: Value | undefined, current: Value | undefined): string {
  if (target?.averageValue !== undefined) return `${current?.averageValue ?? UNKNOWN}/${target.averageValue}`;
  const now = current?.averageUtilization === undefined ? UNKNOWN : `${current.averageUtilization}%`;
  return `${now}/${target?.averageUtilization === undefined ? '<auto>' : `${target.averageUtilization}%`}`;
}
