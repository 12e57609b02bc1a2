/** format.named("dns1123Label") and its like: Kubernetes' checks of names, and what each complains of. */
import { dns1035Label, dns1123Label, dns1123Subdomain, labelValue, portName, qualifiedName } from '../../names.js';
import { fn, overload, type Library } from '../env.js';
import { struct } from '../types.js';
import { CelObject, CelOptional, type Value } from '../values.js';
import { parseRfc3339 } from './gotime.js';
import { parseRequestUri } from './urls.js';

const TYPE = struct('kubernetes.NamedFormat');
const F = 'kubernetes.NamedFormat';

class CelFormat extends CelObject {
  readonly type = TYPE;
  readonly name: string;
  readonly validate: (text: string) => readonly string[];
  readonly #regexSize: number;
  constructor(name: string, regexSize: number, validate: (text: string) => readonly string[]) {
    super();
    this.name = name;
    this.#regexSize = regexSize;
    this.validate = validate;
  }
  equals(other: CelObject): boolean {
    return other === this;
  }
  override size(): number {
    return this.#regexSize;
  }
}

/** A prefix of a name may end in a dash. */
const prefix =
  (check: (name: string) => string[]) =>
  (text: string): string[] =>
    check(text.replace(/-$/, 'a'));
const holds =
  (test: (text: string) => boolean, complaint: string) =>
  (text: string): string[] =>
    test(text) ? [] : [complaint];

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const uri = (text: string): string[] => {
  const parsed = parseRequestUri(text);
  return typeof parsed === 'string' ? [parsed] : [];
};

const FORMATS: Readonly<Record<string, CelFormat>> = {
  dns1123Label: new CelFormat('DNS1123Label', 30, dns1123Label),
  dns1123Subdomain: new CelFormat('DNS1123Subdomain', 60, dns1123Subdomain),
  dns1035Label: new CelFormat('DNS1035Label', 30, dns1035Label),
  qualifiedName: new CelFormat('QualifiedName', 60, qualifiedName),
  portName: new CelFormat('PortName', 20, portName),
  dns1123LabelPrefix: new CelFormat('DNS1123LabelPrefix', 30, prefix(dns1123Label)),
  dns1123SubdomainPrefix: new CelFormat('DNS1123SubdomainPrefix', 60, prefix(dns1123Subdomain)),
  dns1035LabelPrefix: new CelFormat('DNS1035LabelPrefix', 30, prefix(dns1035Label)),
  labelValue: new CelFormat('LabelValue', 40, labelValue),
  uri: new CelFormat('URI', 1_300, uri),
  uuid: new CelFormat(
    'uuid',
    85,
    holds((text) => UUID.test(text), 'does not match the UUID format'),
  ),
  byte: new CelFormat(
    'byte',
    84,
    holds((text) => text !== '' && BASE64.test(text), 'invalid base64'),
  ),
  date: new CelFormat(
    'date',
    121,
    holds((text) => parseRfc3339(`${text}T00:00:00Z`) !== undefined, 'invalid date'),
  ),
  datetime: new CelFormat(
    'datetime',
    121,
    holds((text) => parseRfc3339(text.replace(' ', 'T')) !== undefined, 'invalid datetime'),
  ),
};

function validate(format: CelFormat, text: string): Value {
  const complaints = format.validate(text);
  return complaints.length === 0 ? CelOptional.none : CelOptional.of(complaints);
}

export const NAMED_FORMATS: Library = [
  fn(
    'format.named',
    overload('format-named', `(string) -> optional_type(${F})`, (name: string) =>
      Object.hasOwn(FORMATS, name) ? CelOptional.of(FORMATS[name]!) : CelOptional.none,
    ),
  ),
  fn('validate', overload('format-validate', `${F}.(string) -> optional_type(list(string))`, validate)),
  ...Object.entries(FORMATS).map(([name, format]) =>
    fn(
      `format.${name}`,
      overload(`format.${name}`, `() -> ${F}`, () => format),
    ),
  ),
];
