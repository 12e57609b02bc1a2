/**
 * Rules of webhooks, mutating and validating: where they are called, for what,
 * and with which versions of AdmissionReview.
 */
import { duplicate, invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import { dns1035Label, dns1123Subdomain } from '../../../apimachinery/names.js';
import { validateLabelSelector } from '../../apps/validation/labelselector.js';
import { complaints, supported } from '../../apps/validation/rules.js';
import type { MutatingWebhook, WebhookClientConfig } from '../types/mutatingwebhookconfiguration.js';
import type { ValidatingWebhook } from '../types/validatingwebhookconfiguration.js';
import { FAILURE_POLICIES, MATCH_POLICIES, validateMatchConditions, validateRule } from './rules.js';

type Webhook = MutatingWebhook | ValidatingWebhook;
const REVIEW_VERSIONS = ['v1', 'v1beta1'];
const TIMEOUT_MAX = 30;
const URL_FORM = 'desired format: https://host[/path]';

export function defaultWebhook(webhook: Webhook): void {
  webhook.failurePolicy ??= 'Fail';
  webhook.matchPolicy ??= 'Equivalent';
  webhook.namespaceSelector ??= {};
  webhook.objectSelector ??= {};
  webhook.timeoutSeconds ??= 10;
  for (const rule of webhook.rules ?? []) rule.scope ??= '*';
  if (webhook.clientConfig.service) webhook.clientConfig.service.port ??= 443;
}

export function validateWebhooks(webhooks: readonly Webhook[], validateOwn: (webhook: any, path: string) => Causes = () => []): Causes {
  return webhooks.flatMap((webhook, index) => [
    ...validateWebhook(webhook, `webhooks[${index}]`, validateOwn),
    ...validateReviewVersions(webhook.admissionReviewVersions ?? [], `webhooks[${index}].admissionReviewVersions`),
    ...(webhook.name !== '' && webhooks.findIndex(({ name }) => name === webhook.name) < index ? [duplicate(`webhooks[${index}].name`, webhook.name)] : []),
  ]);
}

function validateWebhook(webhook: Webhook, path: string, validateOwn: (webhook: any, path: string) => Causes): Causes {
  const {
    name,
    rules = [],
    failurePolicy,
    matchPolicy,
    sideEffects,
    timeoutSeconds,
    namespaceSelector,
    objectSelector,
    matchConditions = [],
    clientConfig,
  } = webhook;
  const wrongTimeout = timeoutSeconds !== undefined && (timeoutSeconds < 1 || timeoutSeconds > TIMEOUT_MAX);
  return [
    ...validateFullName(name, `${path}.name`),
    ...rules.flatMap((rule, index) => validateRule(rule, `${path}.rules[${index}]`)),
    ...(failurePolicy === undefined ? [] : supported(`${path}.failurePolicy`, failurePolicy, FAILURE_POLICIES)),
    ...(matchPolicy === undefined ? [] : supported(`${path}.matchPolicy`, matchPolicy, MATCH_POLICIES)),
    ...(sideEffects === undefined
      ? [required(`${path}.sideEffects`, 'must specify one of None, NoneOnDryRun')]
      : supported(`${path}.sideEffects`, sideEffects, ['None', 'NoneOnDryRun'])),
    ...(wrongTimeout ? [invalid(`${path}.timeoutSeconds`, timeoutSeconds, `the timeout value must be between 1 and ${TIMEOUT_MAX} seconds`)] : []),
    ...validateLabelSelector(namespaceSelector, `${path}.namespaceSelector`),
    ...validateLabelSelector(objectSelector, `${path}.objectSelector`),
    ...validateOwn(webhook, path),
    ...validateClientConfig(clientConfig, `${path}.clientConfig`),
    ...validateMatchConditions(matchConditions, `${path}.matchConditions`),
  ];
}

function validateFullName(name: string, path: string): Causes {
  if (name === '') return [required(path)];
  const messages = dns1123Subdomain(name);
  if (messages.length > 0) return complaints(path, name, messages);
  return name.split('.').length < 3 ? [invalid(path, name, 'should be a domain with at least three segments separated by dots')] : [];
}

function validateReviewVersions(versions: readonly string[], path: string): Causes {
  if (versions.length === 0) return [required(path, `must specify one of ${REVIEW_VERSIONS.join(', ')}`)];
  const known = versions.some((version) => REVIEW_VERSIONS.includes(version));
  return [
    ...versions.flatMap((version, index) =>
      versions.indexOf(version) < index
        ? [invalid(`${path}[${index}]`, version, 'duplicate version')]
        : complaints(`${path}[${index}]`, version, dns1035Label(version)),
    ),
    ...(known ? [] : [invalid(path, versions, `must include at least one of ${REVIEW_VERSIONS.join(', ')}`)]),
  ];
}

export function validateClientConfig({ url, service }: WebhookClientConfig, path: string): Causes {
  if ((url === undefined) === (service === undefined)) return [required(path, 'exactly one of url or service is required')];
  return url === undefined ? validateService(service!, `${path}.service`) : validateUrl(url, `${path}.url`);
}

function validateUrl(text: string, path: string): Causes {
  const parts = /^([A-Za-z][A-Za-z0-9+.-]*):(?:\/\/(?:([^@/?#]*)@)?([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/.exec(text);
  const [, scheme = '', user, host = '', , query = '', fragment = ''] = parts ?? [];
  return [
    ...(scheme === 'https' ? [] : [invalid(path, scheme, `'https' is the only allowed URL scheme; ${URL_FORM}`)]),
    ...(host === '' ? [invalid(path, host, `host must be specified; ${URL_FORM}`)] : []),
    ...(user === undefined ? [] : [invalid(path, user, 'user information is not permitted in the URL')]),
    ...(fragment === '' ? [] : [invalid(path, fragment, 'fragments are not permitted in the URL')]),
    ...(query === '' ? [] : [invalid(path, query, 'query parameters are not permitted in the URL')]),
  ];
}

function validateService({ name, namespace, port = 443, path: urlPath }: NonNullable<WebhookClientConfig['service']>, path: string): Causes {
  return [
    // As Kubernetes does: the two are told one for the other.
    ...(namespace === '' ? [required(`${path}.name`)] : []),
    ...(name === '' ? [required(`${path}.namespace`)] : []),
    ...(port < 1 || port > 65_535 ? [invalid(`${path}.port`, port, 'port is not valid: must be between 1 and 65535, inclusive')] : []),
    ...(urlPath === undefined ? [] : validatePath(urlPath, `${path}.path`)),
  ];
}

function validatePath(text: string, path: string): Causes {
  if (text === '/' || text === '') return [];
  if (text === '//') return [invalid(path, text, 'segment[0] may not be empty')];
  const start: Causes = text.startsWith('/') ? [] : [invalid(path, text, "must start with a '/'")];
  const steps = text.slice(1).replace(/\/$/, '').split('/');
  return [
    ...start,
    ...steps.flatMap((step, index) =>
      step === ''
        ? [invalid(path, text, `segment[${index}] may not be empty`)]
        : dns1123Subdomain(step).map((message) => invalid(path, text, `segment[${index}]: ${message}`)),
    ),
  ];
}
