/** Log files of containers that run are put aside when they have grown too long, and only so many are kept. */
import { quantityOf } from '../../apimachinery/quantity.js';
import type { Context } from '../context.js';

/** A runtime goes on in a new file of the old name by itself: it opens the file for each line. */
export async function rotateLogs({ options, config }: Context): Promise<void> {
  const { files, runtime, clock } = options;
  const most = Number(quantityOf(config.containerLogMaxSize).value());
  if (most <= 0) return; // as Kubernetes: without a size nothing is put aside
  for (const { logPath } of await runtime.listContainers({ state: 'CONTAINER_RUNNING' })) {
    if (!logPath.startsWith('/') || (files.info(logPath)?.size ?? 0) <= most) continue;
    const folder = logPath.slice(0, logPath.lastIndexOf('/'));
    const name = logPath.slice(folder.length + 1);
    const aside = (files.names(folder) ?? []).filter((one) => one.startsWith(`${name}.`)).sort();
    // The one in use and the one that is put aside now count as well.
    for (const old of aside.slice(0, Math.max(0, aside.length - (config.containerLogMaxFiles - 2)))) files.remove(`${folder}/${old}`);
    files.rename(logPath, `${logPath}.${stamp(clock.now())}`);
    files.append(logPath, '');
  }
}

/** "20060102-150405". */
const stamp = (now: number): string => new Date(now).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
