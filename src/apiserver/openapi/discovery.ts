/** The small documents of /openapi/v3 beside those of group-versions: discovery of each built-in group, the version, and the token issuer's two. */
import type { Kind } from '../../api/kind.js';
import { typeNodeOf } from '../../apimachinery/compile.js';
import { refTo } from './document.js';
import { Schemas, type Schema } from './schemas.js';

const TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];
const INFO = 'io.k8s.apimachinery.pkg.version.Info';
const INFO_FIELDS = [
  'buildDate',
  'compiler',
  'emulationMajor',
  'emulationMinor',
  'gitCommit',
  'gitTreeState',
  'gitVersion',
  'goVersion',
  'major',
  'minCompatibilityMajor',
  'minCompatibilityMinor',
  'minor',
  'platform',
];
const OPTIONAL_INFO = ['emulationMajor', 'emulationMinor', 'minCompatibilityMajor', 'minCompatibilityMinor'];

interface Page {
  path: string;
  tag: string;
  description: string;
  operationId: string;
  /** Media types, and what comes in them. */
  content: Schema;
  schemas: Schema;
}

/** By path below /openapi/v3. */
export async function discoveryDocuments(kinds: readonly Kind[]): Promise<[string, Schema][]> {
  const groups = [...new Set(kinds.filter(({ custom }) => custom === undefined).map(({ group }) => group))].filter((group) => group !== '');
  const { APIGroup, APIGroupList, APIVersions } = await import('../../apimachinery/meta/discovery.js');
  const made = (struct: Parameters<typeof typeNodeOf>[0], kind: string): { content: Schema; schemas: Schema } => {
    const schemas = new Schemas();
    const name = schemas.addStruct(typeNodeOf(struct), [{ group: '', version: 'v1', kind }]);
    return { content: Object.fromEntries(TYPES.map((type) => [type, { schema: refTo(name) }])), schemas: schemas.all() };
  };
  const group = made(APIGroup, 'APIGroup');
  const text = (type: string) => ({ content: { [type]: { schema: { type: 'string' } } }, schemas: {} });
  const pages: [string, Page][] = [
    [
      '.well-known/openid-configuration',
      {
        path: '/.well-known/openid-configuration/',
        tag: 'WellKnown',
        description: "get service account issuer OpenID configuration, also known as the 'OIDC discovery doc'",
        operationId: 'getServiceAccountIssuerOpenIDConfiguration',
        ...text('application/json'),
      },
    ],
    ['api', { path: '/api/', tag: 'core', description: 'get available API versions', operationId: 'getCoreAPIVersions', ...made(APIVersions, 'APIVersions') }],
    ['apis', { path: '/apis/', tag: 'apis', description: 'get available API versions', operationId: 'getAPIVersions', ...made(APIGroupList, 'APIGroupList') }],
    ...groups.map((name): [string, Page] => [
      `apis/${name}`,
      { path: `/apis/${name}/`, tag: tagOf(name), description: 'get information of a group', operationId: `get${capital(tagOf(name))}APIGroup`, ...group },
    ]),
    [
      'openid/v1/jwks',
      {
        path: '/openid/v1/jwks/',
        tag: 'openid',
        description: 'get service account issuer OpenID JSON Web Key Set (contains public token verification keys)',
        operationId: 'getServiceAccountIssuerOpenIDKeyset',
        ...text('application/jwk-set+json'),
      },
    ],
    [
      'version',
      {
        path: '/version/',
        tag: 'version',
        description: 'get the version information for this server',
        operationId: 'getCodeVersion',
        content: { 'application/json': { schema: refTo(INFO) } },
        schemas: { [INFO]: INFO_SCHEMA },
      },
    ],
  ];
  return pages.map(([path, page]) => [path, documentOf(page)]);
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
/** "rbacAuthorization": the group's words without its domain. */
const tagOf = (group: string): string =>
  group
    .replace(/\.k8s\.io$/, '')
    .split(/[.-]/)
    .map((word, at) => (at === 0 ? word : capital(word)))
    .join('');

const INFO_SCHEMA: Schema = {
  type: 'object',
  required: INFO_FIELDS.filter((name) => !OPTIONAL_INFO.includes(name)),
  properties: Object.fromEntries(INFO_FIELDS.map((name) => [name, OPTIONAL_INFO.includes(name) ? { type: 'string' } : { type: 'string', default: '' }])),
};

function documentOf({ path, tag, description, operationId, content, schemas }: Page): Schema {
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1.36.3' },
    paths: {
      [path]: { get: { tags: [tag], description, operationId, responses: { 200: { description: 'OK', content }, 401: { description: 'Unauthorized' } } } },
    },
    components: {
      schemas,
      securitySchemes: { BearerToken: { type: 'apiKey', description: 'Bearer Token authentication', name: 'authorization', in: 'header' } },
    },
  };
}
