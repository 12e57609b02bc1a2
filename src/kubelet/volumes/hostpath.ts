/** hostPath volumes: what their type asks to be there already, or to be made. */
import type { FileInfo, Files } from '../../platform/files.js';

/** Throws an Error in the kubelet's words. */
export function hostPathReady(files: Files, { path, type = '' }: { path: string; type?: string | undefined }): void {
  const info = followed(files, path);
  const refuse = (what: string): never => {
    throw new Error(`hostPath type check failed: ${path} is not ${what}`);
  };
  switch (type) {
    case '':
      if (info === undefined) files.makeFolder(path);
      return;
    case 'DirectoryOrCreate':
      if (info === undefined) return files.makeFolder(path, { mode: 0o755 });
      return info.kind === 'folder' ? undefined : refuse('a directory');
    case 'Directory':
      return info?.kind === 'folder' ? undefined : refuse('a directory');
    case 'FileOrCreate':
      if (info === undefined) return files.write(path, '', { mode: 0o644 });
      return info.kind === 'file' ? undefined : refuse('a file');
    case 'File':
      return info?.kind === 'file' ? undefined : refuse('a file');
    case 'Socket':
      return refuse('a socket file');
    case 'CharDevice':
      return refuse('a character device');
    case 'BlockDevice':
      return refuse('a block device');
    default:
      throw new Error(`${type} is an invalid volume type`);
  }
}

function followed(files: Files, path: string): FileInfo | undefined {
  const info = files.info(path);
  if (info?.kind !== 'link') return info;
  if (files.names(path) !== undefined) return { ...info, kind: 'folder' };
  return files.read(path) === undefined ? undefined : { ...info, kind: 'file' };
}
