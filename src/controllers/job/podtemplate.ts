/** The pods a Job makes: tracked by a finalizer, and for an Indexed Job told which part of the work is theirs. */
import type { Container } from '../../api/core/types/container.js';
import type { PodSpec, PodTemplateSpec } from '../../api/core/types/podspec.js';
import type { ObjectDraft } from '../../apimachinery/object.js';
import { Job, type Pod } from '../kinds.js';
import { controllerRef } from '../owner.js';
import { podFromTemplate } from '../pods.js';
import { INDEX, INDEX_FAILURES, INDEX_IGNORED_FAILURES } from './indexes.js';

export const TRACKING = 'batch.kubernetes.io/job-tracking';
const INDEX_ENV = 'JOB_COMPLETION_INDEX';
/** What of a generateName is kept: 63 less the five letters that are added. */
const GENERATE_NAME_MAX = 58;

export function isTracked({ metadata: { finalizers = [] } }: Pod): boolean {
  return finalizers.includes(TRACKING);
}

export interface IndexedPart {
  index: number;
  /** Failures of this index before, where the Job counts them by index. */
  failures?: number;
  ignoredFailures?: number;
}

export function podOf(job: Job, part: IndexedPart | undefined): ObjectDraft<Pod> {
  const draft = podFromTemplate(job, controllerRef(job, Job), job.spec.template as PodTemplateSpec);
  const finalizers = [...((draft.metadata!.finalizers as string[] | undefined) ?? []), TRACKING];
  if (part === undefined) return { ...draft, metadata: { ...draft.metadata, finalizers } } as ObjectDraft<Pod>;
  const index = String(part.index);
  const annotations = {
    ...draft.metadata!.annotations,
    [INDEX]: index,
    ...(part.failures === undefined ? {} : { [INDEX_FAILURES]: String(part.failures) }),
    ...(part.ignoredFailures ? { [INDEX_IGNORED_FAILURES]: String(part.ignoredFailures) } : {}),
  };
  const name = `${job.metadata.name}-${index}`;
  const metadata = {
    ...draft.metadata,
    generateName: generateNameOf(job.metadata.name!, index),
    finalizers,
    annotations,
    labels: { ...draft.metadata!.labels, [INDEX]: index },
  };
  return { ...draft, metadata, spec: withIndex(job.spec.template.spec as PodSpec, name) } as ObjectDraft<Pod>;
}

/** The index is never cut off: where it would be too long, the Job's name gives way. */
function generateNameOf(name: string, index: string): string {
  const end = `-${index}-`;
  return `${name.slice(0, GENERATE_NAME_MAX - end.length)}${end}`;
}

function withIndex(spec: PodSpec, name: string): PodSpec {
  const tell = (container: Container): Container =>
    (container.env ?? []).some((variable) => variable.name === INDEX_ENV)
      ? container
      : ({
          ...container,
          env: [...(container.env ?? []), { name: INDEX_ENV, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: `metadata.labels['${INDEX}']` } } }],
        } as Container);
  const { initContainers } = spec;
  return {
    ...spec,
    hostname: name,
    containers: (spec.containers ?? []).map(tell),
    ...(initContainers === undefined ? {} : { initContainers: initContainers.map(tell) }),
  };
}
