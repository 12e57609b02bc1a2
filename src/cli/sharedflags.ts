/** Flags that many commands share, in kubectl's words. */
import type { Flag } from './flags.js';

const OUTPUT_FORMS =
  'json, yaml, kyaml, name, go-template, go-template-file, template, templatefile, jsonpath, jsonpath-as-json, jsonpath-file, custom-columns, custom-columns-file, wide';

export const OUTPUT_FLAGS: readonly Flag[] = [
  { name: 'output', short: 'o', type: 'string', description: `Output format. One of: (${OUTPUT_FORMS}).` },
  { name: 'template', type: 'string', description: 'Template string or path to template file to use when -o=go-template, -o=go-template-file.' },
  {
    name: 'allow-missing-template-keys',
    type: 'bool',
    default: 'true',
    description:
      'If true, ignore any errors in templates when a field or map key is missing in the template. Only applies to golang and jsonpath output formats.',
  },
  { name: 'show-managed-fields', type: 'bool', description: 'If true, keep the managedFields when printing objects in JSON or YAML format.' },
];

export const SELECTOR_FLAG: Flag = {
  name: 'selector',
  short: 'l',
  type: 'string',
  description:
    "Selector (label query) to filter on, supports '=', '==', '!=', 'in', 'notin'.(e.g. -l key1=value1,key2=value2,key3 in (value3)). Matching objects must satisfy all of the specified label constraints.",
};

export const FILENAME_FLAGS: readonly Flag[] = [
  { name: 'filename', short: 'f', type: 'stringSlice', description: 'Filename, directory, or URL to files to use.' },
  { name: 'kustomize', short: 'k', type: 'string', description: "Process the kustomization directory. This flag can't be used together with -f or -R." },
  {
    name: 'recursive',
    short: 'R',
    type: 'bool',
    description:
      'Process the directory used in -f, --filename recursively. Useful when you want to manage related manifests organized within the same directory.',
  },
];

export const DRY_RUN_FLAG: Flag = {
  name: 'dry-run',
  type: 'string',
  default: "'none'",
  alone: 'unchanged',
  description:
    'Must be "none", "server", or "client". If client strategy, only print the object that would be sent, without sending it. If server strategy, submit server-side request without persisting the resource.',
};

export const DETACH_KEYS_FLAG: Flag = {
  name: 'detach-keys',
  type: 'string',
  default: "'ctrl-p,ctrl-q'",
  description: 'The keys that end the session without ending the process in the container.',
};

export const FIELD_MANAGER_FLAG: Flag = { name: 'field-manager', type: 'string', description: 'Name of the manager used to track field ownership.' };

export const VALIDATE_FLAG: Flag = {
  name: 'validate',
  type: 'string',
  default: "'strict'",
  alone: 'strict',
  description: 'Must be one of: strict (or true), warn, ignore (or false). "strict" will use a schema to validate the input and fail the request if invalid.',
};
