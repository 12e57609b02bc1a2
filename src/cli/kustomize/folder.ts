/**
 * A folder with a kustomization, and the files it may name: those in and below
 * it. Paths are the user's own; messages name absolute ones, as kustomize does.
 */
import { posix } from 'node:path';
import { CliError } from '../command.js';
import type { Host } from '../host.js';

const NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

export interface Place {
  host: Host;
  /** --load-restrictor LoadRestrictionsNone */
  anywhere: boolean;
}

export class Folder {
  readonly place: Place;
  readonly path: string;
  /** The folders whose kustomizations led here. */
  readonly above: readonly string[];

  constructor(place: Place, path: string, above: readonly string[] = []) {
    this.place = place;
    this.path = path;
    this.above = above;
  }

  absolute(path: string): string {
    return posix.isAbsolute(path) ? posix.normalize(path) : posix.join(this.path, path);
  }

  /** The bytes of a file. Throws in kustomize's words. */
  read(path: string): Buffer {
    const whole = this.absolute(path);
    if (this.place.host.listFolder(this.#existing(path)) !== undefined) throw new CliError(`'${whole}' must resolve to a file`);
    if (!this.place.anywhere && !whole.startsWith(`${this.path.replace(/\/$/, '')}/`))
      throw new CliError(`security; file '${whole}' is not in or below '${this.path}'`);
    return this.place.host.readFile(whole);
  }

  isFolder(path: string): boolean {
    return this.place.host.listFolder(this.#existing(path)) !== undefined;
  }

  /** The folder that the path leads to from here. */
  enter(path: string): Folder {
    const whole = this.absolute(path);
    let names: string[] | undefined;
    try {
      names = this.place.host.listFolder(whole);
    } catch {
      // What the system says is known: there is nothing.
      throw new CliError(`must build at directory: not a valid directory: ${noLink(whole, firstAbsent(this.place, whole))}`);
    }
    if (names === undefined) throw new CliError(`must build at directory: '${whole}': file is not directory`);
    const above = [...this.above, this.path];
    if (above.includes(whole)) throw new CliError(`cycle detected: candidate root '${whole}' contains visited root '${above.find((one) => one === whole)}'`);
    return new Folder(this.place, whole, above);
  }

  /** The text of its kustomization, and the file's name. */
  kustomization(): { text: string; file: string } {
    const found = NAMES.filter((name) => this.place.host.listFolder(this.path)?.includes(name));
    const [file] = found;
    if (file === undefined)
      throw new CliError(`unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '${this.path}'`);
    if (found.length > 1) throw new CliError(`Found multiple kustomization files under: ${this.path}\n`);
    return { text: this.place.host.readFile(posix.join(this.path, file)).toString('utf8'), file };
  }

  #existing(path: string): string {
    const whole = this.absolute(path);
    try {
      this.place.host.listFolder(whole);
    } catch {
      // One way of not being there is like another.
      throw new CliError(noLink(whole, firstAbsent(this.place, whole)));
    }
    return whole;
  }
}

const noLink = (path: string, absent = path): string => `evalsymlink failure on '${path}' : lstat ${absent}: no such file or directory`;

/** The first part of a path that is not there. */
function firstAbsent({ host }: Place, whole: string): string {
  const above = posix.dirname(whole);
  if (above === whole) return whole;
  try {
    host.listFolder(above);
    return whole;
  } catch {
    // Something further up is missing too.
    return firstAbsent({ host } as Place, above);
  }
}

/** Where the build begins. */
export function startFolder(place: Place, path: string): Folder {
  const whole = posix.resolve(place.host.cwd, path === '' ? '.' : path);
  let names: string[] | undefined;
  try {
    names = place.host.listFolder(whole);
  } catch {
    // As above.
    throw new CliError(`must build at directory: not a valid directory: ${noLink(path, firstAbsent(place, whole))}`);
  }
  if (names === undefined) throw new CliError(`must build at directory: '${whole}': file is not directory`);
  return new Folder(place, whole);
}
