/** semver("1.2.3") and its order, as semver.org has it; normalized, "v1.2" will do. */
import { fn, overload, type Library } from '../env.js';
import { struct } from '../types.js';
import { CelError, CelObject, type Value } from '../values.js';

const TYPE = struct('kubernetes.Semver');
const S = 'kubernetes.Semver';

class CelSemver extends CelObject {
  readonly type = TYPE;
  readonly numbers: readonly bigint[];
  readonly pre: readonly string[];
  constructor(numbers: readonly bigint[], pre: readonly string[]) {
    super();
    this.numbers = numbers;
    this.pre = pre;
  }
  equals(other: CelObject): boolean {
    return other instanceof CelSemver && compare(this, other) === 0;
  }
}

/** A version, or why it is none. */
function read(text: string, normalize = false): CelSemver | string {
  if (text === '' && !normalize) return 'Version string empty';
  const plain = normalize ? normalized(text) : text;
  const [, core = '', pre, build] = /^([^-+]*)(?:-([^+]*))?(?:\+(.*))?$/s.exec(plain) ?? [];
  const parts = core.split('.');
  if (plain.split('.', 3).length !== 3 || parts.length < 3) return 'No Major.Minor.Patch elements found';
  for (const [at, name] of ['major', 'minor', 'patch'].entries()) {
    const part = parts.slice(at, name === 'patch' ? undefined : at + 1).join('.');
    if (!/^\d+$/.test(part)) return `Invalid character(s) found in ${name} number ${JSON.stringify(part)}`;
    if (part.length > 1 && part.startsWith('0'))
      return `${name[0]!.toUpperCase()}${name.slice(1)} number must not contain leading zeroes ${JSON.stringify(part)}`;
  }
  const ids = pre === undefined ? [] : pre.split('.');
  for (const id of ids) {
    if (id === '') return 'Prerelease is empty';
    if (!/^[0-9A-Za-z-]+$/.test(id)) return `Invalid character(s) found in prerelease ${JSON.stringify(id)}`;
    if (/^0\d+$/.test(id)) return `Numeric PreRelease version must not contain leading zeroes ${JSON.stringify(id)}`;
  }
  for (const meta of build === undefined ? [] : build.split('.')) {
    if (meta === '') return 'Build meta data is empty';
    if (!/^[0-9A-Za-z-]+$/.test(meta)) return `Invalid character(s) found in build meta data ${JSON.stringify(meta)}`;
  }
  return new CelSemver(parts.slice(0, 3).map(BigInt), ids);
}

/** Without a leading v, with all three numbers, without leading zeros. */
function normalized(text: string): string {
  const trimmed = text.trim().replace(/^v/, '');
  const parts = trimmed.split('.');
  const three = parts.length > 3 ? [...parts.slice(0, 2), parts.slice(2).join('.')] : parts;
  const plain = three.map((part) => (part.length > 1 ? part.replace(/^0+(?=\d)/, '') : part));
  if (plain.length < 3 && /[+-]/.test(plain.at(-1)!)) return trimmed;
  return [...plain, ...Array.from({ length: Math.max(0, 3 - plain.length) }, () => '0')].join('.');
}

function compare(one: CelSemver, other: CelSemver): number {
  for (const at of [0, 1, 2]) if (one.numbers[at] !== other.numbers[at]) return one.numbers[at]! < other.numbers[at]! ? -1 : 1;
  if (one.pre.length === 0 || other.pre.length === 0) return Number(one.pre.length === 0) - Number(other.pre.length === 0);
  for (let at = 0; at < Math.min(one.pre.length, other.pre.length); at++) {
    const order = comparePre(one.pre[at]!, other.pre[at]!);
    if (order !== 0) return order;
  }
  return Math.sign(one.pre.length - other.pre.length);
}

function comparePre(one: string, other: string): number {
  const [left, right] = [/^\d+$/.test(one), /^\d+$/.test(other)];
  if (left !== right) return left ? -1 : 1;
  if (one === other) return 0;
  return (left ? BigInt(one) < BigInt(other) : one < other) ? -1 : 1;
}

/** Throws a CelError. */
export function semver(text: string, normalize = false): Value {
  const found = read(text, normalize);
  if (typeof found === 'string') throw new CelError(found);
  return found;
}

const isSemver = (text: string, normalize = false): boolean => typeof read(text, normalize) !== 'string';
const number =
  (at: number) =>
  ({ numbers }: CelSemver): bigint =>
    numbers[at]!;

export const SEMVERS: Library = [
  fn('semver', overload('string_to_semver', `(string) -> ${S}`, semver), overload('string_bool_to_semver', `(string, bool) -> ${S}`, semver)),
  fn('isSemver', overload('is_semver_string', '(string) -> bool', isSemver), overload('is_semver_string_bool', '(string, bool) -> bool', isSemver)),
  fn(
    'isGreaterThan',
    overload('semver_is_greater_than', `${S}.(${S}) -> bool`, (one: CelSemver, other: CelSemver) => compare(one, other) > 0),
  ),
  fn(
    'isLessThan',
    overload('semver_is_less_than', `${S}.(${S}) -> bool`, (one: CelSemver, other: CelSemver) => compare(one, other) < 0),
  ),
  fn(
    'compareTo',
    overload('semver_compare_to', `${S}.(${S}) -> int`, (one: CelSemver, other: CelSemver) => BigInt(compare(one, other))),
  ),
  fn('major', overload('semver_major', `${S}.() -> int`, number(0))),
  fn('minor', overload('semver_minor', `${S}.() -> int`, number(1))),
  fn('patch', overload('semver_patch', `${S}.() -> int`, number(2))),
];
