/**
 * A text such as "example.com/name", in the words of
 * k8s.io/apimachinery/pkg/util/validation: each part is complained of by itself.
 */
import { dns1123Subdomain, regexMessage } from '../../../apimachinery/names.js';
import { complaints, invalid, required, type Causes } from './rules.js';

const PATH = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";
const PATH_REGEX = new RegExp(`^${PATH}$`);

export function validateDomainPrefixedPath(text: string, field: string): Causes {
  if (text === '') return [required(field)];
  const slash = text.indexOf('/');
  const host = text.slice(0, Math.max(slash, 0));
  const path = text.slice(slash + 1);
  if (host === '' || path === '') return [invalid(field, text, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  return [...complaints(field, host, dns1123Subdomain(host)), ...(PATH_REGEX.test(path) ? [] : [invalid(field, path, regexMessage('Invalid path', PATH))])];
}
