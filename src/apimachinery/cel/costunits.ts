/** What CEL's functions cost in units of its own, whether estimated before they run or counted as they do. Source: k8s.io/apiserver/pkg/cel/library/cost.go. */

/** A byte or an item that is looked at. */
export const TRAVERSAL = 0.1;
/** A byte of a regular expression, for each that it is held against. */
export const REGEX = 0.25;
/** An authorizer is asked. */
export const CHECK = 350_000;
/** The longest regular expression behind a named format. */
export const FORMAT_REGEX_MAX = 128;

/** One unit each. */
export const NOMINAL = new Set([
  'serviceAccount',
  'path',
  'group',
  'resource',
  'subresource',
  'namespace',
  'name',
  'allowed',
  'reason',
  'error',
  'errored',
  'masked',
  'prefixLength',
  'family',
  'isUnspecified',
  'isLoopback',
  'isLinkLocalMulticast',
  'isLinkLocalUnicast',
  'isGlobalUnicast',
  'sign',
  'asInteger',
  'isInteger',
  'asApproximateFloat',
  'isGreaterThan',
  'isLessThan',
  'compareTo',
  'add',
  'sub',
  'major',
  'minor',
  'patch',
  'getScheme',
  'getHostname',
  'getHost',
  'getPort',
  'getEscapedPath',
  'getQuery',
  'format.named',
]);
