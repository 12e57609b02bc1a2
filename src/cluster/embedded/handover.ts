/**
 * When whoever ran the cluster ends, its clients go on: the next request finds
 * the new owner, or makes this process the owner. What was never sent is sent
 * again; of a write whose answer was lost nobody can say whether it was done,
 * so that stays an error.
 */
import type { Session } from '../../cli/host.js';
import { ConnectionError } from '../../client/http.js';
import type { ApiRequest, ApiResponse } from '../../apimachinery/request.js';

const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOENT']);
const LOST = new Set([...NEVER_SENT, 'ECONNRESET', 'EPIPE']);

/** `first`: a session with another process. `again`: the way to whoever has the cluster by then. */
export function withHandover(first: Session, again: () => Promise<Session>): Session {
  let current = first;
  let moving: Promise<Session> | undefined;

  async function handle(request: ApiRequest): Promise<ApiResponse> {
    const asked = current;
    try {
      return await asked.handler.handle({ ...request, credentials: asked.credentials });
    } catch (error) {
      if (!(error instanceof ConnectionError) || !mayRepeat(request, error)) throw error;
      await move(asked);
      return handle(request);
    }
  }

  /** Once for all requests that lost the same owner. */
  async function move(from: Session): Promise<void> {
    if (current !== from) return;
    moving ??= again().finally(() => (moving = undefined));
    const next = await moving;
    if (current !== from) return;
    current = next;
    await from.close();
  }

  return {
    ...first,
    handler: { handle },
    settle: () => current.settle(),
    close: () => current.close(),
  };
}

function mayRepeat({ method }: ApiRequest, { code }: ConnectionError): boolean {
  return (method === 'GET' || method === 'HEAD' ? LOST : NEVER_SENT).has(code ?? '');
}
