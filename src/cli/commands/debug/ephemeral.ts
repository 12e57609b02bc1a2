/** debug of a pod as it runs: one more ephemeral container in it. */
import { deepCopy } from '../../../apimachinery/deep.js';
import { createTwoWayMergePatch } from '../../../apimachinery/patch/index.js';
import { isNotFound, isStatusError } from '../../../apimachinery/status.js';
import { CliError } from '../../command.js';
import type { Context } from '../../context.js';
import { infoPath } from '../../infos.js';
import type { Info } from '../../manifests.js';
import { shapeOf } from '../../shapes.js';
import { customized } from './custom.js';
import type { Debugging } from './follow.js';
import { containerName, describedContainer, warnOfUser, type DebugOptions } from './options.js';

export async function addEphemeral(context: Context, info: Info, options: DebugOptions): Promise<Debugging> {
  const pod = deepCopy(info.object);
  const name = containerName(context, options, pod);
  const same = (pod.spec.ephemeralContainers ?? []).find((one: any) => one.name === name);
  const made = { ...describedContainer(options, name), ...(options.target === '' ? {} : { targetContainerName: options.target }) };
  options.profile(pod, made, 'ephemeral', options.keep);
  const container = await customized(made, options.custom);
  // As kubectl's patch does: of two of one name the older stands, with what the profile adds to it, and the server refuses to change it.
  if (same === undefined) pod.spec.ephemeralContainers = [...(pod.spec.ephemeralContainers ?? []), container];
  else options.profile(pod, same, 'ephemeral', options.keep);
  warnOfUser(context, container, pod);
  const body = createTwoWayMergePatch(info.object, pod, (await shapeOf(info.resource!))!);
  try {
    return {
      pod: await (await context.rest()).object('PATCH', infoPath(info, 'ephemeralcontainers'), { contentType: 'application/strategic-merge-patch+json', body }),
      container: name,
    };
  } catch (error) {
    if (isNotFound(error) && isStatusError(error) && !error.status.details?.name)
      throw new CliError(`ephemeral containers are disabled for this cluster (error from server: ${JSON.stringify(error.message)})`);
    throw error;
  }
}
