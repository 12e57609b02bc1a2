/**
 * Rules on writing CertificateSigningRequests: who asks is recorded by the
 * server, the spec never changes, and approval, denial and certificate each
 * have their own subresource.
 */
import { duplicate, invalid, notSupported, required, tooLong, type Causes } from '../../../apimachinery/fielderror.js';
import { goQuote } from '../../../apimachinery/gojson.js';
import { dns1123Label, dns1123Subdomain } from '../../../apimachinery/names.js';
import { formatTime } from '../../../apimachinery/time.js';
import { validatePathSegmentName } from '../../apps/validation/pathsegment.js';
import { forbidden, supported } from '../../apps/validation/rules.js';
import type { RuleContext, Strategy } from '../../kind.js';
import { CertificateSigningRequest } from '../types/certificatesigningrequest.js';
import { USAGES } from '../usages.js';
import { pemBlocks } from '../validation/pem.js';
import { requestError } from '../validation/pkcs10.js';
import type { CertificateSigningRequestSpec, CertificateSigningRequestStatus } from '../types/certificatesigningrequest.js';

type Condition = NonNullable<CertificateSigningRequestStatus['conditions']>[number];
const SIGNER_NAME_MAX = 571;
const DURATION_MIN = 600;
const DECISIONS = ['Approved', 'Denied'];

export const strategy: Strategy<CertificateSigningRequest> = {
  schema: CertificateSigningRequest,
  generation: false,
  validateName: validatePathSegmentName,
  prepareForCreate(request, { user }) {
    const extra = Object.entries(user.extra ?? {}).map(([key, values]) => [key, [...values]] as [string, string[]]);
    request.spec = { ...request.spec, username: user.name, groups: [...user.groups] };
    if (user.uid) request.spec.uid = user.uid;
    else delete request.spec.uid;
    if (extra.length > 0) request.spec.extra = Object.fromEntries(extra);
    else delete request.spec.extra;
    request.status = {};
  },
  prepareForUpdate(next, previous) {
    next.spec = previous.spec;
    next.status = previous.status;
  },
  validate: ({ spec }) => validateSpec(spec, 'spec'),
  validateUpdate: () => [],
  subresources: {
    approval: {
      prepareForUpdate(next, previous, context) {
        const decided = (next.status.conditions ?? []).filter(({ type }) => DECISIONS.includes(type));
        const others = (previous.status.conditions ?? []).filter(({ type }) => !DECISIONS.includes(type));
        next.spec = previous.spec;
        next.status = { ...previous.status, conditions: stamped([...others, ...decided], previous.status.conditions ?? [], context) };
        if (next.status.conditions!.length === 0) delete next.status.conditions;
      },
      validateUpdate: (next, previous) => [...validateConditions(next.status.conditions ?? []), ...validateKept(next, previous, DECISIONS)],
    },
    status: {
      prepareForUpdate(next, previous, context) {
        next.spec = previous.spec;
        if (next.status.conditions) next.status.conditions = stamped(next.status.conditions, previous.status.conditions ?? [], context);
      },
      validateUpdate: (next, previous) => [
        ...validateConditions(next.status.conditions ?? []),
        ...validateCertificate(next.status.certificate),
        ...validateKept(next, previous, ['Approved', 'Denied', 'Failed']),
        ...validateNotDecided(next, previous),
        ...(previous.status.certificate && next.status.certificate !== previous.status.certificate
          ? [forbidden('status.certificate', 'updates may not change certificate content')]
          : []),
      ],
    },
  },
};

function stamped(conditions: readonly Condition[], previous: readonly Condition[], { now }: RuleContext): Condition[] {
  return conditions.map((condition) => {
    const known = previous.find(({ type, status }) => type === condition.type && status === condition.status);
    const lastTransitionTime = condition.lastTransitionTime ?? known?.lastTransitionTime ?? formatTime(now);
    return { ...condition, lastUpdateTime: condition.lastUpdateTime ?? known?.lastUpdateTime ?? formatTime(now), lastTransitionTime };
  });
}

function validateSpec({ request, usages = [], signerName, expirationSeconds }: CertificateSigningRequestSpec, path: string): Causes {
  return [
    ...validateRequest(request, `${path}.request`),
    ...(usages.length === 0 ? [required(`${path}.usages`)] : []),
    ...usages.flatMap((usage, index) => [
      ...(USAGES.includes(usage) ? [] : [notSupported(`${path}.usages[${index}]`, usage, USAGES)]),
      ...(usages.indexOf(usage) < index ? [duplicate(`${path}.usages[${index}]`, usage)] : []),
    ]),
    ...(signerName === 'kubernetes.io/legacy-unknown'
      ? [invalid(`${path}.signerName`, signerName, 'the legacy signerName is not allowed via this API version')]
      : validateSignerName(signerName, `${path}.signerName`)),
    ...(expirationSeconds !== undefined && expirationSeconds < DURATION_MIN
      ? [invalid(`${path}.expirationSeconds`, expirationSeconds, 'may not specify a duration less than 600 seconds (10 minutes)')]
      : []),
  ];
}

function validateRequest(request: string | null | undefined, path: string): Causes {
  const error = requestError(request);
  return error === undefined ? [] : [invalid(path, request ?? null, error)];
}

function validateSignerName(name: string, path: string): Causes {
  if (name === '') return [required(path)];
  const segments = name.split('/');
  if (segments.length !== 2) return [invalid(path, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'")];
  const [domain, rest] = segments as [string, string];
  return [
    ...dns1123Subdomain(domain).map((message) => invalid(path, domain, `validating label "${domain}": ${message}`)),
    ...(domain.includes('.') ? [] : [invalid(path, domain, 'should be a domain with at least two segments separated by dots')]),
    ...rest.split('.').flatMap((label) => dns1123Label(label).map((message) => invalid(path, label, `validating label "${label}": ${message}`))),
    ...(name.length > SIGNER_NAME_MAX ? [tooLong(path, name, SIGNER_NAME_MAX)] : []),
  ];
}

function validateConditions(conditions: readonly Condition[]): Causes {
  const types = conditions.map(({ type }) => type);
  return conditions.flatMap(({ type, status }, index) => {
    const path = `status.conditions[${index}]`;
    const other = type === 'Approved' ? 'Denied' : type === 'Denied' ? 'Approved' : undefined;
    return [
      ...(type === '' ? [required(`${path}.type`)] : []),
      ...(status === ''
        ? [required(`${path}.status`)]
        : supported(`${path}.status`, status, ['Approved', 'Denied', 'Failed'].includes(type) ? ['True'] : ['True', 'False', 'Unknown'])),
      ...(other !== undefined && types.indexOf(other) >= 0 && types.indexOf(other) < index
        ? [invalid('status.conditions', type, 'Approved and Denied conditions are mutually exclusive')]
        : []),
      ...(types.indexOf(type) < index ? [duplicate(`${path}.type`, type)] : []),
    ];
  });
}

function validateCertificate(certificate: string | undefined): Causes {
  if (certificate === undefined) return [];
  const error = certificateError(certificate);
  return error === undefined ? [] : [invalid('status.certificate', '<certificate data>', error)];
}

function certificateError(certificate: string): string | undefined {
  const blocks = pemBlocks(Buffer.from(certificate, 'base64').toString('latin1'));
  for (const { type, hasHeaders } of blocks) {
    if (type !== 'CERTIFICATE') return `only CERTIFICATE PEM blocks are allowed, found ${goQuote(type)}`;
    if (hasHeaders) return 'no PEM block headers are permitted';
  }
  return blocks.length === 0 ? 'must contain at least one CERTIFICATE PEM block' : undefined;
}

function validateKept(next: CertificateSigningRequest, previous: CertificateSigningRequest, types: readonly string[]): Causes {
  const has = (request: CertificateSigningRequest, wanted: string) => (request.status.conditions ?? []).some(({ type }) => type === wanted);
  return types
    .filter((type) => has(previous, type) && !has(next, type))
    .map((type) => forbidden('status.conditions', `updates may not remove a condition of type "${type}"`));
}

function validateNotDecided(next: CertificateSigningRequest, previous: CertificateSigningRequest): Causes {
  const has = (request: CertificateSigningRequest, wanted: string) => (request.status.conditions ?? []).some(({ type }) => type === wanted);
  return DECISIONS.filter((type) => has(next, type) && !has(previous, type)).map((type) =>
    forbidden('status.conditions', `updates may not add a condition of type "${type}"`),
  );
}
