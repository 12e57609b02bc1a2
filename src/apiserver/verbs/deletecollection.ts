/** deletecollection: every selected object is deleted as by itself; the answer is the list of what was there. */
import { isNotFound } from '../../apimachinery/status.js';
import type { KubeObject } from '../../apimachinery/object.js';
import { groupVersion, isInProcess, type KindCall } from '../context.js';
import type { Outcome } from '../dispatch.js';
import { listOptions, selection } from '../listoptions.js';
import { deleteOptions } from '../write/deleteoptions.js';
import { prepare } from '../write/prepare.js';
import { removeObject } from './delete.js';
import { readPage } from './read.js';

export async function removeAll(call: KindCall): Promise<Outcome> {
  const { kind, info, server, request } = call;
  const options = await deleteOptions(call);
  const list = listOptions(request.query, false);
  const { matches } = selection(kind, list);
  const view = await server.storages.of(kind).ready();
  const page = await readPage(view, info.namespace, list, matches);
  const prepared = await prepare(kind);
  const items: KubeObject[] = [];
  for (const found of page.items) {
    try {
      const { object } = await removeObject({ ...call, info: { ...info, namespace: found.metadata.namespace ?? '' } }, prepared, found.metadata.name!, options);
      items.push(object);
    } catch (error) {
      // Gone in the meantime is what was wanted.
      if (!isNotFound(error)) throw error;
    }
  }
  const shown = kind.custom === undefined && !isInProcess(request) ? items.map(({ kind: _, apiVersion: __, ...rest }) => rest) : items;
  return {
    status: 200,
    list: true,
    object: {
      kind: kind.listKind,
      apiVersion: groupVersion(kind),
      metadata: { resourceVersion: String(page.revision), ...(page.token === undefined ? {} : { continue: page.token }) },
      items: shown,
    } as unknown as KubeObject,
  };
}
