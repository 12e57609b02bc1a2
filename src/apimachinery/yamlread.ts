/**
 * YAML 1.1 into JSON data, as sigs.k8s.io/yaml reads it: anchors and merge keys
 * with a limit on what they may blow up to, keys that occur twice reported (the
 * last wins), errors in its words. Anything JSON cannot say is refused.
 */
import { DecodeError, RawNumber, decodeJson, isRawObject, plainOf } from './decode.js';
import type { Decoded, Raw, RawObject } from './decode.js';
import { goQuote, setOwn } from './gojson.js';
import { YamlError, type Mark } from './yamlcursor.js';
import { Scanner, type TokenType } from './yamlscan.js';
import { resolvePlain } from './yamlscalar.js';

export { YamlError };

/** The first document as raw data; duplicates read `line 7: key "a" already set in map`. Throws YamlError. */
export function decodeYaml(body: Uint8Array | string): Decoded {
  const text = typeof body === 'string' ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  const node = new Parser(text).document();
  const builder = new Builder();
  return { value: node === undefined ? null : builder.value(node, 0), duplicates: builder.duplicates, form: 'yaml' };
}

/** The first document as plain data. Throws YamlError with "yaml: line 3: …". */
export function parseYaml(text: string): any {
  return plainOf(decodeYaml(text).value);
}

/**
 * A manifest as kubectl reads it: one value a document, empty ones left out; a text that begins with a brace is JSON.
 * Throws YamlError with kubectl's "error converting YAML to JSON: …".
 */
export function parseYamlDocuments(text: string): any[] {
  return [...yamlDocuments(text)];
}

/** The same, one by one: what comes before a broken document is still read. */
export function* yamlDocuments(text: string): Generator<any> {
  const left = /^\s*\{/.test(text) ? yield* jsonValues(text) : { text };
  if (left === undefined) return;
  for (const document of splitDocuments(left.text)) {
    const value = converted(document, left.problem);
    if (value !== null) yield value;
  }
}

interface Left {
  text: string;
  /** Why it is no JSON. */
  problem?: string;
}

/** As kubectl does: objects one behind the other are JSON; what is none may be YAML, of which JSON was the first document, or looks alike. */
function* jsonValues(text: string): Generator<any, Left | undefined> {
  let at = 0;
  for (let count = 0; ; count++) {
    const start = at + /^\s*/.exec(text.slice(at))![0].length;
    if (start === text.length) return undefined;
    const end = endOfJson(text, start);
    const read = end === undefined ? 'unexpected EOF' : tryJson(text.slice(start, end));
    if (typeof read === 'string') {
      if (count > 1) throw new YamlError(read);
      return { text: text.slice(at), problem: read };
    }
    yield read.value;
    at = end!;
  }
}

/** Where the value ends that begins with a brace; undefined where the text ends before. Anything else ends where it begins: it is none. */
function endOfJson(text: string, start: number): number | undefined {
  if (text[start] !== '{' && text[start] !== '[') return start + 1;
  const marks = /[{}[\]]|"[^"\\]*(?:\\[^][^"\\]*)*"/g;
  marks.lastIndex = start;
  let depth = 0;
  for (let found = marks.exec(text); found !== null; found = marks.exec(text)) {
    if (found[0] === '{' || found[0] === '[') depth++;
    else if (found[0] === '}' || found[0] === ']') depth--;
    if (depth === 0) return marks.lastIndex;
  }
  return undefined;
}

/** The value, or why it is none. */
function tryJson(text: string): { value: unknown } | string {
  try {
    return { value: plainOf(decodeJson(text).value) };
  } catch (error) {
    if (error instanceof DecodeError) return error.message;
    throw error;
  }
}

function converted(document: string, problem: string | undefined): unknown {
  try {
    return parseYaml(document);
  } catch (error) {
    // The door's prefix; anything else is our own bug.
    if (error instanceof YamlError) throw new YamlError(problem === 'unexpected EOF' ? problem : `error converting YAML to JSON: ${error.message}`);
    throw error;
  }
}

/** At lines that begin with `---`, as kubectl does before any YAML is read. Throws YamlError where more than a comment stands behind. */
export function* splitDocuments(text: string): Generator<string> {
  const separators = /(?<=^|\n)---([^\n]*)(?:\n|$)/g;
  let from = 0;
  for (let found = separators.exec(text); found !== null; found = separators.exec(text)) {
    const behind = found[1]!.trim();
    if (behind !== '' && !behind.startsWith('#')) throw new YamlError(`invalid Yaml document separator: ${behind}`);
    // Of several separators the last is part of its document, as lines are counted.
    if (found.index === from) continue;
    yield text.slice(from, found.index);
    from = separators.lastIndex;
  }
  yield text.slice(from);
}

interface Node {
  kind: 'scalar' | 'sequence' | 'mapping' | 'alias';
  line: number;
  text: string;
  isPlain: boolean;
  tag: string;
  /** Items, or keys and values in turn. */
  children: Node[];
  /** What an alias stands for. */
  target?: Node;
  isOpen?: boolean;
}

class Parser {
  readonly #scanner: Scanner;
  readonly #anchors = new Map<string, Node>();
  constructor(text: string) {
    this.#scanner = new Scanner(text);
  }

  /** `undefined` for a text without a document. */
  document(): Node | undefined {
    while (this.#isNext('documentEnd', 'directive')) this.#scanner.next();
    if (this.#isNext('streamEnd')) return undefined;
    if (this.#isNext('documentStart')) this.#scanner.next();
    if (this.#isNext('documentStart', 'documentEnd', 'streamEnd')) return this.#empty(this.#scanner.peek().mark);
    const root = this.#root();
    this.#scanner.peek();
    return root;
  }

  /** As with JSON: Go's limit is a number of levels; ours may be the stack, which is used up before. */
  #root(): Node {
    try {
      return this.#node({ isBlock: true, isIndentless: false });
    } catch (error) {
      if (error instanceof RangeError) throw new YamlError('yaml: exceeded max depth of 10000');
      throw error;
    }
  }

  #isNext(...types: TokenType[]): boolean {
    return types.includes(this.#scanner.peek().type);
  }
  #make(kind: Node['kind'], mark: Mark, text = '', isPlain = false): Node {
    return { kind, line: mark.line + 1, text, isPlain, tag: '', children: [] };
  }
  #empty(mark: Mark): Node {
    return this.#make('scalar', mark, '', true);
  }
  #fail(problem: string, context: Mark): never {
    const line = this.#scanner.peek().mark.line || context.line;
    throw new YamlError(line === 0 ? `yaml: ${problem}` : `yaml: line ${line}: ${problem}`);
  }

  #node(options: { isBlock: boolean; isIndentless: boolean }): Node {
    const start = this.#scanner.peek();
    if (start.type === 'alias') {
      this.#scanner.next();
      const target = this.#anchors.get(start.text);
      if (target === undefined) throw new YamlError(`yaml: unknown anchor '${start.text}' referenced`);
      return { ...this.#make('alias', start.mark, start.text), target };
    }
    let anchor: string | undefined;
    let tag = '';
    while (this.#isNext('anchor', 'tag')) {
      const token = this.#scanner.next();
      if (token.type === 'anchor') anchor = token.text;
      else tag = token.text;
    }
    const isDecorated = anchor !== undefined || tag !== '';
    const node = this.#content(options, start.mark, { isDecorated, remember: (made) => anchor !== undefined && this.#anchors.set(anchor, made) });
    node.tag = tag;
    return node;
  }

  #content(
    { isBlock, isIndentless }: { isBlock: boolean; isIndentless: boolean },
    start: Mark,
    { isDecorated, remember }: { isDecorated: boolean; remember: (node: Node) => void },
  ): Node {
    const { type, mark, text, isPlain } = this.#scanner.peek();
    const made = (kind: Node['kind'], fill: (node: Node) => void): Node => {
      const node = this.#make(kind, mark, text, isPlain);
      remember(node);
      node.isOpen = true;
      fill(node);
      node.isOpen = false;
      return node;
    };
    if (isIndentless && type === 'blockEntry') return made('sequence', (node) => this.#indentless(node));
    if (type === 'scalar') return made('scalar', () => this.#scanner.next());
    if (type === 'flowSequence') return made('sequence', (node) => this.#flowSequence(node, mark));
    if (type === 'flowMapping') return made('mapping', (node) => this.#flowMapping(node, mark));
    if (isBlock && type === 'blockSequence') return made('sequence', (node) => this.#blockSequence(node, mark));
    if (isBlock && type === 'blockMapping') return made('mapping', (node) => this.#blockMapping(node, mark));
    if (!isDecorated) this.#fail('did not find expected node content', start);
    const node = this.#empty(start);
    remember(node);
    return node;
  }

  #blockNodeUnless(...ends: TokenType[]): Node {
    const { mark } = this.#scanner.peek();
    return this.#isNext(...ends) ? this.#empty(mark) : this.#node({ isBlock: true, isIndentless: ends.includes('key') && !ends.includes('blockEntry') });
  }

  #blockSequence(node: Node, start: Mark): void {
    this.#scanner.next();
    while (this.#isNext('blockEntry')) {
      this.#scanner.next();
      node.children.push(this.#blockNodeUnless('blockEntry', 'blockEnd'));
    }
    if (!this.#isNext('blockEnd')) this.#fail("did not find expected '-' indicator", start);
    this.#scanner.next();
  }

  #indentless(node: Node): void {
    while (this.#isNext('blockEntry')) {
      this.#scanner.next();
      node.children.push(this.#blockNodeUnless('blockEntry', 'key', 'value', 'blockEnd'));
    }
  }

  #blockMapping(node: Node, start: Mark): void {
    this.#scanner.next();
    while (!this.#isNext('blockEnd')) {
      if (!this.#isNext('key')) this.#fail('did not find expected key', start);
      this.#scanner.next();
      node.children.push(this.#blockNodeUnless('key', 'value', 'blockEnd'));
      if (this.#isNext('value')) {
        this.#scanner.next();
        node.children.push(this.#blockNodeUnless('key', 'value', 'blockEnd'));
      } else node.children.push(this.#empty(this.#scanner.peek().mark));
    }
    this.#scanner.next();
  }

  #flowSequence(node: Node, start: Mark): void {
    this.#scanner.next();
    for (let isFirst = true; !this.#isNext('flowSequenceEnd'); isFirst = false) {
      if (!isFirst && !this.#takeEntry("did not find expected ',' or ']'", start, 'flowSequenceEnd')) break;
      if (this.#isNext('key')) {
        const { mark } = this.#scanner.next();
        const pair = this.#make('mapping', mark);
        pair.children.push(this.#flowNodeUnless('value', 'flowEntry', 'flowSequenceEnd'), this.#flowValue('flowSequenceEnd'));
        node.children.push(pair);
      } else node.children.push(this.#node({ isBlock: false, isIndentless: false }));
    }
    this.#scanner.next();
  }

  #flowMapping(node: Node, start: Mark): void {
    this.#scanner.next();
    for (let isFirst = true; !this.#isNext('flowMappingEnd'); isFirst = false) {
      if (!isFirst && !this.#takeEntry("did not find expected ',' or '}'", start, 'flowMappingEnd')) break;
      if (this.#isNext('key')) {
        this.#scanner.next();
        node.children.push(this.#flowNodeUnless('value', 'flowEntry', 'flowMappingEnd'), this.#flowValue('flowMappingEnd'));
      } else node.children.push(this.#node({ isBlock: false, isIndentless: false }), this.#empty(this.#scanner.peek().mark));
    }
    this.#scanner.next();
  }

  /** The comma between two entries; false when it was the last one. */
  #takeEntry(problem: string, start: Mark, end: TokenType): boolean {
    if (!this.#isNext('flowEntry')) this.#fail(problem, start);
    this.#scanner.next();
    return !this.#isNext(end);
  }
  #flowNodeUnless(...ends: TokenType[]): Node {
    const { mark } = this.#scanner.peek();
    return this.#isNext(...ends) ? this.#empty(mark) : this.#node({ isBlock: false, isIndentless: false });
  }
  #flowValue(end: TokenType): Node {
    if (!this.#isNext('value')) return this.#empty(this.#scanner.peek().mark);
    this.#scanner.next();
    return this.#flowNodeUnless('flowEntry', end);
  }
}

/** go-yaml's guard against a small text that means a huge document. */
const RATIO_LOW = 400_000;
const RATIO_HIGH = 4_000_000;
const allowedRatio = (count: number): number => {
  if (count <= RATIO_LOW) return 0.99;
  return count >= RATIO_HIGH ? 0.1 : 0.99 - 0.89 * ((count - RATIO_LOW) / (RATIO_HIGH - RATIO_LOW));
};
const DEPTH_MAX = 10_000;

class Builder {
  readonly duplicates: string[] = [];
  #count = 0;
  #aliasCount = 0;
  #aliasDepth = 0;
  readonly #open = new Set<Node>();

  value(node: Node, depth: number): Raw {
    this.#count++;
    if (this.#aliasDepth > 0) this.#aliasCount++;
    if (this.#aliasCount > 100 && this.#count > 1000 && this.#aliasCount / this.#count > allowedRatio(this.#count)) {
      throw new YamlError('yaml: document contains excessive aliasing');
    }
    if (depth > DEPTH_MAX) throw new YamlError('yaml: exceeded max depth of 10000');
    switch (node.kind) {
      case 'alias':
        return this.#alias(node, depth);
      case 'sequence':
        return node.children.map((child) => this.value(child, depth + 1));
      case 'mapping':
        return this.#mapping(node, depth);
      default:
        return scalarOf(node);
    }
  }

  #alias(node: Node, depth: number): Raw {
    const target = node.target as Node;
    if (target.isOpen === true || this.#open.has(target)) throw new YamlError(`yaml: anchor '${node.text}' value contains itself`);
    this.#open.add(target);
    this.#aliasDepth++;
    const value = this.value(target, depth);
    this.#aliasDepth--;
    this.#open.delete(target);
    return value;
  }

  #mapping(node: Node, depth: number): RawObject {
    const map: RawObject = {};
    const own = new Set<string>();
    this.#open.add(node);
    for (let index = 0; index < node.children.length; index += 2) {
      const key = node.children[index] as Node;
      const value = node.children[index + 1] as Node;
      if (key.kind === 'scalar' && key.text === '<<' && (key.isPlain || key.tag === '!!merge')) {
        this.#merge(map, value, depth);
        continue;
      }
      const name = keyText(this.value(key, depth + 1));
      const child = this.value(value, depth + 1);
      if (own.has(name)) this.duplicates.push(`line ${value.line}: key ${goQuote(name)} already set in map`);
      own.add(name);
      setOwn(map, name, child);
    }
    this.#open.delete(node);
    return map;
  }

  #merge(map: RawObject, from: Node, depth: number): void {
    const value = this.value(from, depth + 1);
    // As go-yaml does: of several maps the first wins, so they are laid down from the last.
    const sources = Array.isArray(value) ? value.toReversed() : [value];
    for (const source of sources) {
      if (!isRawObject(source)) throw new YamlError('yaml: map merge requires map or sequence of maps as the value');
      for (const key of Object.keys(source)) setOwn(map, key, source[key]);
    }
  }
}

function scalarOf({ text, isPlain, tag }: Node): Raw {
  if (tag === '' && !isPlain) return text;
  const short = tag.replace(/^!<?tag:yaml\.org,2002:([a-z]+)>?$/, '!!$1');
  if (short === '!!str' || short === '!' || short === '!!binary') return short === '!!binary' ? Buffer.from(text, 'base64').toString('utf8') : text;
  const resolved = resolvePlain(text);
  if (short.startsWith('!!') && short !== `!!${resolved.tag}` && !(short === '!!float' && resolved.tag === 'int')) {
    throw new YamlError(`yaml: cannot decode !!${resolved.tag} \`${text}\` as a ${short}`);
  }
  if (resolved.tag === 'float' && !Number.isFinite(resolved.value))
    throw new YamlError(`json: unsupported value: ${text.replace(/\.inf/i, 'Inf').replace(/\.nan/i, 'NaN')}`);
  return resolved.value;
}

/** JSON's keys are strings: numbers and booleans become their text. */
function keyText(key: Raw): string {
  if (typeof key === 'string') return key;
  if (key instanceof RawNumber) return key.text;
  if (typeof key === 'number' || typeof key === 'boolean') return String(key);
  if (key === null) throw new YamlError('unsupported map key of type: %!s(<nil>), key: <nil>, value: <nil>');
  throw new YamlError(Array.isArray(key) ? 'yaml: invalid map key: []interface {}' : 'yaml: invalid map key: map[interface {}]interface {}{}');
}
