/**
 * Which images were pulled with a password, kept on the node's disk: a pod that
 * does not show the same one has to ask the registry itself, though the image is
 * there. What was pulled without a password is everybody's.
 */
import { createHash } from 'node:crypto';
import type { Files } from '../../platform/files.js';

export interface Credentials {
  username: string;
  password: string;
}

const FOLDER = '/var/lib/kubelet/image_manager/pulled';

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

export class PulledRecords {
  readonly #files: Files | undefined;

  /** `files`: undefined where nothing is kept; then every image is everybody's. */
  constructor(files: Files | undefined) {
    this.#files = files;
  }

  async mayUse(imageId: string, shown: () => Promise<Credentials | undefined>): Promise<boolean> {
    const record = this.#files?.read(pathOf(imageId));
    if (record === undefined) return true;
    const credentials = await shown();
    return (
      credentials !== undefined &&
      (JSON.parse(Buffer.from(record).toString('utf8')) as { credentialHashes: string[] }).credentialHashes.includes(
        hashOf(`${credentials.username}:${credentials.password}`),
      )
    );
  }

  add(imageId: string, credentials: Credentials | undefined): void {
    const path = pathOf(imageId);
    const record = this.#files?.read(path);
    if (credentials === undefined) {
      if (record !== undefined) this.#files!.remove(path);
      return;
    }
    const known = record === undefined ? [] : (JSON.parse(Buffer.from(record).toString('utf8')) as { credentialHashes: string[] }).credentialHashes;
    const credentialHashes = [...new Set([...known, hashOf(`${credentials.username}:${credentials.password}`)])];
    this.#files?.write(path, JSON.stringify({ kind: 'ImagePulledRecord', imageRef: imageId, credentialHashes }));
  }
}

const pathOf = (imageId: string): string => `${FOLDER}/sha256-${hashOf(imageId)}`;
