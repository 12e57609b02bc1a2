/** The last words of a container: the file it may write, or the end of its log. */
import type { ContainerStatus } from '../../cri/runtime.js';
import type { Files } from '../../platform/files.js';
import type { Pod } from '../kinds.js';
import { podFolder } from '../volumes/volumes.js';

export const MESSAGE_POLICY = 'io.kubernetes.container.terminationMessagePolicy';
export const MESSAGE_PATH = 'io.kubernetes.container.terminationMessagePath';

const FILE_BYTES_MAX = 4096;
const LOG_BYTES_MAX = 2048;
const LOG_LINES_MAX = 80;
/** Of all containers of a pod together. */
const POD_BYTES_MAX = 12 * 1024;

export const messageFile = (uid: string, container: string, attempt: number): string => `${podFolder(uid)}/containers/${container}/${attempt}`;

export function terminationMessage(pod: Pod, status: ContainerStatus, { files, logDirectory }: { files: Files; logDirectory: string }): string {
  const containers = pod.spec.containers.length + (pod.spec.initContainers ?? []).length;
  const message = fileMessage(pod, status, files) || logMessage(status, files, logDirectory);
  return message.slice(0, Math.floor(POD_BYTES_MAX / Math.max(1, containers)));
}

function fileMessage(pod: Pod, { metadata }: ContainerStatus, files: Files): string {
  const bytes = files.read(messageFile(pod.metadata.uid!, metadata.name, metadata.attempt));
  return bytes === undefined ? '' : Buffer.from(bytes.subarray(Math.max(0, bytes.length - FILE_BYTES_MAX))).toString('utf8');
}

function logMessage({ annotations, exitCode, logPath }: ContainerStatus, files: Files, logDirectory: string): string {
  if (annotations[MESSAGE_POLICY] !== 'FallbackToLogsOnError' || exitCode === 0) return '';
  const path = logPath.startsWith('/') ? logPath : `${logDirectory}/${logPath}`;
  const bytes = files.read(path);
  if (bytes === undefined) return '';
  const text = Buffer.from(bytes).toString('utf8').split('\n').slice(0, -1).map(contentOf).join('');
  const lines = text
    .split(/(?<=\n)/)
    .slice(-LOG_LINES_MAX)
    .join('');
  return lines.slice(-LOG_BYTES_MAX);
}

/** What one line of a log in CRI's format adds. */
function contentOf(line: string): string {
  const parts = /^\S+ (?:stdout|stderr) ([FP])\S* ?(.*)$/s.exec(line);
  return parts === null ? '' : `${parts[2]}${parts[1] === 'F' ? '\n' : ''}`;
}
