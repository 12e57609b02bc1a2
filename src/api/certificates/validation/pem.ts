/**
 * PEM as Go's encoding/pem reads it: a block that is not whole, or whose lines
 * are not what they should be, is passed over and the next one sought.
 */
export interface PemBlock {
  type: string;
  hasHeaders: boolean;
  bytes: Buffer;
}

const BLOCK = /(?:^|\n)-----BEGIN ([^\n]*?)-----[ \t\r]*\n([\s\S]*?)\n?-----END ([^\n]*?)-----[ \t\r]*(?:\n|$)/g;
const HEADER = /^[^\n:]*:[^\n]*\n/;

/** All blocks of a text, in order. */
export function pemBlocks(text: string): PemBlock[] {
  const found: PemBlock[] = [];
  BLOCK.lastIndex = 0;
  for (let match = BLOCK.exec(text); match !== null; match = BLOCK.exec(text)) {
    const [whole, type, content, end] = match as unknown as [string, string, string, string];
    const block = type === end ? blockOf(type, `${content}\n`) : undefined;
    if (block === undefined) BLOCK.lastIndex = match.index + '\n-----BEGIN'.length;
    else {
      found.push(block);
      // The line end after one block may be the one before the next.
      BLOCK.lastIndex = match.index + whole.length - 1;
    }
  }
  return found;
}

function blockOf(type: string, content: string): PemBlock | undefined {
  let rest = content;
  for (let header = HEADER.exec(rest); header !== null; header = HEADER.exec(rest)) rest = rest.slice(header[0].length);
  const base64 = rest.replace(/[\s]/g, '');
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) return undefined;
  return { type, hasHeaders: rest.length < content.length, bytes: Buffer.from(base64, 'base64') };
}
