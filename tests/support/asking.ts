/** Asks a control plane in this process, and waits until its controllers have come to rest. */
import type { ControlPlane } from './controlplane.js';

export type Ask = (method: string, path: string, body?: object) => Promise<any>;

/** PATCH is a merge patch; an answer is its object, whatever its code. */
export function asking({ send, quiescence }: Pick<ControlPlane, 'send' | 'quiescence'>): Ask {
  return async (method, path, body) => {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const answer = await send({ method, path, headers: { 'content-type': type }, body: body === undefined ? undefined : JSON.stringify(body) });
    await quiescence.settled();
    return JSON.parse(answer.text);
  };
}

/** "reason: message" of each event about an object, in order of their names. */
export async function eventsAbout(ask: Ask, name: string): Promise<string[]> {
  const { items } = await ask('GET', '/api/v1/events');
  return items.filter((event: any) => event.involvedObject.name === name).map(({ reason, message }: any) => `${reason}: ${message}`);
}
