/** A node's image store: what was pulled, by every name it is known by. */
import type { ImageService, ImageStatus, PodSandboxConfig } from '../../cri/runtime.js';
import type { Clock } from '../../platform/clock.js';
import { NODE_DISK_BYTES, PULL_ANNOTATION, PULL_MS } from '../constants.js';
import { durationMs } from '../bytes.js';
import type { ImageCatalog, PulledImage } from '../images/catalogue.js';
import { nameOf, parseReference, textOf } from '../images/reference.js';

export class ImageStore implements ImageService {
  readonly #catalog: ImageCatalog;
  readonly #clock: Clock;
  #images = new Map<string, PulledImage>();

  constructor(catalog: ImageCatalog, clock: Clock) {
    this.#catalog = catalog;
    this.#clock = clock;
  }

  get names(): string[] {
    return [...this.#images.keys()];
  }

  async restore(names: readonly string[]): Promise<void> {
    for (const name of names) this.#images.set(name, await this.#catalog.pull(name));
  }

  /** By any name: tag, digest or id; undefined: not on this node. */
  find(image: string): PulledImage | undefined {
    const reference = parseReference(image);
    const name = reference === undefined ? image : textOf(reference);
    const known = this.#images.get(name);
    if (known !== undefined) return known;
    for (const pulled of this.#images.values())
      if (pulled.id === image || pulled.id === `sha256:${image}` || `${nameOf(pulled.reference)}@${pulled.digest}` === name) return pulled;
    return undefined;
  }

  listImages(): Promise<ImageStatus[]> {
    const byId = new Map<string, PulledImage[]>();
    for (const pulled of this.#images.values()) byId.set(pulled.id, [...(byId.get(pulled.id) ?? []), pulled]);
    return Promise.resolve([...byId.values()].map(statusOf));
  }

  imageStatus(image: string): Promise<ImageStatus | undefined> {
    const found = this.find(image);
    return Promise.resolve(found === undefined ? undefined : statusOf([...this.#images.values()].filter(({ id }) => id === found.id)));
  }

  async pullImage(image: string, auth?: { username: string; password: string }, sandbox?: PodSandboxConfig): Promise<string> {
    const pulled = await this.#catalog.pull(image, { hasPassword: auth !== undefined });
    const ms = durationMs(sandbox?.annotations[PULL_ANNOTATION]) ?? pulled.definition.pullMs ?? PULL_MS;
    if (ms > 0) await new Promise<void>((resolve) => this.#clock.after(ms, resolve));
    this.#images.set(pulled.name, pulled);
    return `${nameOf(pulled.reference)}@${pulled.digest}`;
  }

  removeImage(image: string): Promise<void> {
    const found = this.find(image);
    if (found !== undefined) for (const [name, { id }] of this.#images) if (id === found.id) this.#images.delete(name);
    return Promise.resolve();
  }

  async imageFsInfo(): Promise<{ usedBytes: number; capacityBytes: number }> {
    const images = await this.listImages();
    return { usedBytes: images.reduce((sum, { size }) => sum + size, 0), capacityBytes: NODE_DISK_BYTES };
  }
}

function statusOf(all: readonly PulledImage[]): ImageStatus {
  const first = all[0]!;
  const { user, size } = first.definition;
  const [name = ''] = user.split(':');
  return {
    id: first.id,
    size,
    username: /^\d+$/.test(name) ? '' : name,
    ...(/^\d+$/.test(name) && { uid: Number(name) }),
    repoTags: all.filter(({ reference }) => reference.digest === '').map(({ name: tag }) => tag),
    repoDigests: [...new Set(all.map(({ reference, digest }) => `${nameOf(reference)}@${digest}`))],
  };
}
