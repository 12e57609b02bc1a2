/**
 * Files below one folder, behind an interface, so that a node's disk can be a
 * real folder, or memory where a thousand nodes must not touch a disk.
 *
 * Paths are absolute within the root ("/etc/kubernetes/manifests/a.yaml").
 * What is not there is `undefined`, never an error; other failures throw.
 */
export interface FileInfo {
  kind: 'file' | 'folder' | 'link';
  size: number;
  mode: number;
  modifiedMs: number;
  /** Changes whenever the content may have changed. */
  fingerprint: string;
  /** Where a link points, as it was written. */
  target?: string;
}

export interface Files {
  read(path: string): Uint8Array | undefined;
  /** Whole or not at all: readers see the old content or the new. Makes missing folders. */
  write(path: string, content: Uint8Array | string, options?: { mode?: number }): void;
  append(path: string, content: Uint8Array | string): void;
  link(path: string, target: string): void;
  makeFolder(path: string, options?: { mode?: number }): void;
  /** Names in a folder, sorted; undefined where there is no such folder. */
  names(path: string): string[] | undefined;
  info(path: string): FileInfo | undefined;
  /** Removes a file, or a folder with all that is in it. */
  remove(path: string): void;
  rename(from: string, to: string): void;
  /** Calls `changed` after something in the folder changed; returns what ends that. Calls may be merged. */
  watch(folder: string, changed: () => void): () => void;
  /** The path on the machine's own disk, or undefined where there is none. */
  diskPath(path: string): string | undefined;
}
