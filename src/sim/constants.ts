/**
 * Every duration and limit of the simulated machine, stated once. Pulls and
 * starts take no time unless the image, or an annotation of the pod, says so.
 */
export const PULL_MS = 0;
export const START_MS = 0;

/** Annotations of a pod (they reach the runtime with its sandbox) that give its containers a length: Go durations. */
export const PULL_ANNOTATION = 'minikube-ts.io/pull-duration';
export const START_ANNOTATION = 'minikube-ts.io/start-duration';
export const RUN_ANNOTATION = 'minikube-ts.io/run-duration';
/** "true": a generic program in this pod has work to do and ends with 0, as one of a Job does. */
export const COMPLETES_ANNOTATION = 'minikube-ts.io/run-to-completion';
/** "8080,9443": where a generic program answers. */
export const PORTS_ANNOTATION = 'minikube-ts.io/ports';

/** Steps of programs in one turn; after that the machine waits, so that an endless loop leaves room for others. */
export const STEPS_PER_TURN = 4_000;
/** Steps a turn once a machine has used up several turns in a row without once waiting. */
export const STEPS_WHEN_SPINNING = 100;
export const TURN_PAUSE_MS = 20;
export const SPINNING_PAUSE_MS = 500;
export const SPINNING_AFTER_TURNS = 5;

/** Time of a processor that one step stands for in statistics. */
export const STEP_NANOSECONDS = 20_000;
/** As the kubelet's: use is told as a rate over at least so long. */
export const USAGE_WINDOW_MS = 10_000;

export const PIPE_BYTES_MAX = 65_536;
export const READ_BYTES_MAX = 65_536;
/** What one container may really hold in buffers where its pod sets no limit. */
export const MEMORY_BYTES_MAX = 512 * 1024 * 1024;
export const PROCESS_BASE_BYTES = 400 * 1024;
export const PROCESSES_MAX = 4_096;

/** As Linux: six SYNs without an answer. */
export const CONNECT_TIMEOUT_MS = 127_000;
/** As Linux: an address on the link that answers no ARP. */
export const UNREACHABLE_MS = 3_000;
export const DNS_TIMEOUT_MS = 5_000;
export const DNS_ATTEMPTS = 2;

export const LOG_LINE_BYTES_MAX = 16_384;
export const NODE_DISK_BYTES = 100 * 1024 * 1024 * 1024;
