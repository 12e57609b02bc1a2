/** tar archives in memory (POSIX ustar, with GNU's and pax's long names): files, folders and links, which is what cp carries. */
export interface TarEntry {
  name: string;
  type: 'file' | 'folder' | 'other';
  content: Uint8Array;
  /** Default: what files and folders commonly have. */
  mode?: number;
  /** Where a link leads. */
  link?: string;
}

const BLOCK = 512;

export function tarOf(entries: readonly TarEntry[]): Uint8Array {
  const parts: Uint8Array[] = entries.flatMap((entry) => [...header(entry), entry.content, Buffer.alloc(padding(entry.content.byteLength))]);
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

const padding = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK;
const NAME_MAX = 100;

function header(entry: TarEntry): Uint8Array[] {
  const name = Buffer.from(entry.type === 'folder' ? `${entry.name}/` : entry.name);
  const link = Buffer.from(entry.link ?? '');
  const type = entry.link !== undefined ? '2' : entry.type === 'folder' ? '5' : '0';
  const own = block(
    name.subarray(0, NAME_MAX),
    type,
    entry.content.byteLength,
    entry.mode ?? (entry.type === 'folder' ? 0o755 : 0o644),
    link.subarray(0, NAME_MAX),
  );
  return [...longer('L', name), ...longer('K', link), own];
}

/** GNU's way to say more than a header holds, before it. */
function longer(type: string, text: Buffer): Uint8Array[] {
  if (text.length <= NAME_MAX) return [];
  const whole = Buffer.concat([text, Buffer.of(0)]);
  return [block(Buffer.from('././@LongLink'), type, whole.length, 0o644), whole, Buffer.alloc(padding(whole.length))];
}

function block(name: Uint8Array, type: string, size: number, mode: number, link: Uint8Array = Buffer.of()): Buffer {
  const bytes = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, length: number): void => void bytes.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
  bytes.set(name, 0);
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  bytes.write('        ', 148, 'latin1');
  bytes.write(type, 156, 'latin1');
  bytes.set(link, 157);
  bytes.write('ustar\x0000', 257, 'latin1');
  bytes.write(
    `${bytes
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
    'latin1',
  );
  return bytes;
}

/** Stops at the end of the archive, or where it breaks off. */
export function entriesOf(bytes: Buffer): TarEntry[] {
  const entries: TarEntry[] = [];
  let longName: string | undefined;
  let longLink: string | undefined;
  for (let at = 0; at + BLOCK <= bytes.length && bytes[at] !== 0;) {
    const head = bytes.subarray(at, at + BLOCK);
    const size = Number.parseInt(textAt(head, 124, 12).trim() || '0', 8);
    const content = bytes.subarray(at + BLOCK, at + BLOCK + size);
    const type = String.fromCharCode(head[156]!);
    at += BLOCK + size + padding(size);
    if (type === 'L') longName = textAt(content, 0, size);
    else if (type === 'K') longLink = textAt(content, 0, size);
    else if (type === 'x') longName = /\d+ path=(.*)\n/.exec(content.toString('utf8'))?.[1] ?? longName;
    else if (type !== 'g') {
      const prefix = textAt(head, 257, 5) === 'ustar' ? textAt(head, 345, 155) : '';
      const name = longName ?? (prefix === '' ? textAt(head, 0, NAME_MAX) : `${prefix}/${textAt(head, 0, NAME_MAX)}`);
      entries.push({
        name,
        type: type === '5' ? 'folder' : type === '0' || type === '\0' ? 'file' : 'other',
        content,
        ...(type === '2' ? { link: longLink ?? textAt(head, 157, NAME_MAX) } : {}),
      });
      [longName, longLink] = [undefined, undefined];
    }
  }
  return entries;
}

function textAt(bytes: Buffer, at: number, length: number): string {
  const field = bytes.subarray(at, at + length);
  const end = field.indexOf(0);
  return field.subarray(0, end < 0 ? length : end).toString('utf8');
}
