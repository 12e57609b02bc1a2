/** An image as a volume: its files on the node's disk, once for all who mount them, and never to be written. */
import { RuntimeError, type Mount } from '../../cri/runtime.js';
import type { Files } from '../../platform/files.js';
import { toChunk } from '../bytes.js';
import type { PulledImage } from './catalogue.js';

const FOLDER = '/var/lib/containerd/io.containerd.image-volumes';

/** The mount with the folder that holds the image. Throws a RuntimeError where it is not on the node, or has no such part. */
export function imageMount(mount: Mount, find: (image: string) => PulledImage | undefined, files: Files, sandboxId: string): Mount {
  const { image: name = '', hostPath: part } = mount;
  const image = find(name);
  if (image === undefined) throw new RuntimeError('NotFound', `failed to mount image volume: image "${name}": not found`);
  const folder = `${FOLDER}/${image.id.replace('sha256:', '')}`;
  if (files.info(folder) === undefined) unpack(image, folder, files);
  const hostPath = part === '' ? folder : `${folder}/${part}`;
  const fail = (why: string): never => {
    throw new RuntimeError(
      'Unknown',
      `failed to mount image volume: failed to ensure image subpath ${JSON.stringify(part)} in "${volumeOf(sandboxId, image)}": ${why}`,
    );
  };
  if (part !== '') {
    const found = files.info(hostPath);
    if (part.split('/').includes('..')) fail(`openat ${part}: path escapes from parent`);
    if (found === undefined) fail(`openat ${part}: no such file or directory`);
    if (found!.kind !== 'folder') fail(`only directory subpath is supported, subpath: ${JSON.stringify(part)}, mountpoint: "${volumeOf(sandboxId, image)}" `);
  }
  return { ...mount, hostPath, readonly: true };
}

/** Where containerd would have mounted it for that pod. */
const volumeOf = (sandboxId: string, { digest }: PulledImage): string =>
  `/run/containerd/io.containerd.grpc.v1.cri/image-volumes/${sandboxId}/${digest.replace('sha256:', '')}`;

function unpack({ definition }: PulledImage, folder: string, files: Files): void {
  files.makeFolder(folder, { mode: 0o755 });
  for (const [path, node] of definition.tree().nodes) {
    if (node.t === 'd') files.makeFolder(`${folder}${path}`, { mode: node.m });
    else if (node.t === 'l') files.link(`${folder}${path}`, node.to);
    else if (node.t === 'f') files.write(`${folder}${path}`, toChunk(node.d), { mode: node.m });
  }
}
