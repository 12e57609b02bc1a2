/**
 * YAML as kustomize reads resources and patches: the words of YAML 1.2 ("y" and
 * "no" are text), unlike the kustomization file itself and kubectl's manifests.
 */
import { parseAllDocuments, type ScalarTag } from 'yaml';
import { parseYamlDocuments } from '../../apimachinery/yamlread.js';

const ALIASES_MAX = 1_000;

/** go-yaml still takes a leading zero for octal: file modes are written so. */
const OCTAL: ScalarTag = { tag: 'tag:yaml.org,2002:int', default: true, identify: () => false, test: /^[-+]?0[0-7]+$/, resolve: (text) => parseInt(text, 8) };

/** One value a document, empty ones left out. Throws YamlError in go-yaml's words. */
export function readDocuments(text: string): any[] {
  const documents = parseAllDocuments(text, { version: '1.2', merge: true, uniqueKeys: false, logLevel: 'silent', customTags: (tags) => [OCTAL, ...tags] });
  // What is wrong is told by the reader that knows go-yaml's words.
  if (!Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0)) return parseYamlDocuments(text);
  // Through JSON: what an alias repeats becomes a copy, and can be changed alone.
  return documents
    .map((document) => document.toJS({ maxAliasCount: ALIASES_MAX }))
    .filter((value) => value !== null && value !== undefined)
    .map((value) => JSON.parse(JSON.stringify(value)));
}
