/** How a process's end is told on the error channel, by age of the protocol. */
import type { Status } from '../apimachinery/meta/status.js';

/** From v4 on a Status; before, a sentence, and nothing when all went well. */
export function errorText(status: Status, protocol: 'v4' | 'v1'): string {
  if (protocol === 'v4') return JSON.stringify(status);
  return status.status === 'Success' ? '' : (status.message ?? '');
}
