/** Any error as kubectl words it (k8s.io/kubectl/pkg/cmd/util/helpers.go): API errors by their reason, our own bugs as one line. */
import { isStatusError } from '../apimachinery/status.js';
import type { Status } from '../apimachinery/meta/status.js';

/** With the line end. */
export function describeError(error: unknown): string {
  if (isStatusError(error)) return `${statusText(error.status)}\n`;
  const { name, message, code } = error as Error & { code?: string };
  if (name === 'StoreError' || name === 'ClusterError' || name === 'ConnectionError')
    return `${/^(The connection|Unable to connect) /.test(message) ? '' : 'error: '}${message}\n`;
  if (name === 'ConfigurationError') return message.endsWith('\n') ? message : `${message}\n`;
  if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR') return `error: ${message}\n`;
  return `error: ${message || name}\n`;
}

/** "Error from server (NotFound): pods "x" not found", or the form for invalid objects. */
export function statusText(status: Status): string {
  const { reason, message, details } = status;
  if (reason === 'Invalid') return invalidText(status);
  if (reason === 'Unauthorized') return 'error: You must be logged in to the server (Unauthorized)';
  if (details?.causes?.some((cause) => cause.reason === 'UnexpectedServerResponse')) return `Error from server: ${message ?? ''}`;
  return reason === undefined || reason === '' ? `Error from server: ${message ?? ''}` : `Error from server (${reason}): ${message ?? ''}`;
}

function invalidText({ message, details }: Status): string {
  const causes = details?.causes ?? [];
  const kind = details?.kind ?? '';
  if (kind === '' || details === undefined) return `The request is invalid${causes.length === 0 ? (message ? `: ${message}` : '') : causeText(causes)}`;
  return `The ${kind} ${JSON.stringify(details.name ?? '')} is invalid${causes.length === 0 ? (message ? `: ${message}` : '') : causeText(causes)}`;
}

function causeText(causes: readonly { field?: string; message?: string }[]): string {
  const lines = [...new Set(causes.map(({ field, message }) => (field ? `${field}: ${message}` : `${message}`)))];
  return lines.length === 1 ? `: ${lines[0]}` : `: ${lines.map((line) => `\n* ${line}`).join('')}`;
}
