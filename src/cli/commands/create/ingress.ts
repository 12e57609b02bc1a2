/** create ingress: rules of the form host/path=service:port[,tls[=secret]]. */
import { CliError, type Command } from '../../command.js';
import { oneName } from '../../writing.js';
import { createGenerated, GENERATE_FLAGS, grouped } from './generate.js';

/** As kubectl's: its end is open, and what is taken apart is the text, not what matched. */
const RULE = /^[\w*\-.]*\/.*=[\w-]+:[\w-]+/;

export const ingress: Command = {
  name: 'ingress',
  aliases: ['ing'],
  summary: 'Create an ingress with the specified name',
  usage: 'NAME --rule=host/path=service:port[,tls[=secret]]  [options]',
  examples: [
    {
      does: 'Create a single ingress called \'simple\' that directs requests to foo.com/bar to svc1:8080 with a TLS secret "my-cert"',
      command: 'create ingress simple --rule="foo.com/bar=svc1:8080,tls=my-cert"',
    },
  ],
  flags: [
    ...GENERATE_FLAGS,
    { name: 'annotation', type: 'stringArray', description: 'Annotation to insert in the ingress object, in the format annotation=value' },
    { name: 'class', type: 'string', description: 'Ingress Class to be used' },
    { name: 'default-backend', type: 'string', description: 'Default service for backend, in format of svcname:port' },
    {
      name: 'rule',
      type: 'stringArray',
      description:
        "Rule in format host/path=service:port[,tls=secretname]. Paths containing the leading character '*' are considered pathType=Prefix. tls argument is optional.",
    },
  ],
  async run(context) {
    const { flags } = context;
    const name = oneName(context);
    const [defaultBackend, rules, ingressClass] = [flags.string('default-backend'), flags.list('rule'), flags.string('class')];
    if (defaultBackend === '' && rules.length === 0)
      throw new CliError(
        'not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)',
      );
    const parsed = rules.map(parseRule);
    const annotations = Object.fromEntries(
      flags.list('annotation').map((text) => {
        const at = text.indexOf('=');
        if (at <= 0) throw new CliError(`annotation ${text} is invalid and should be in format key=[value]`);
        return [text.slice(0, at), text.slice(at + 1)];
      }),
    );
    if (defaultBackend !== '' && defaultBackend.split(':').length !== 2) throw new CliError('default-backend should be in format servicename:serviceport');
    const tls = tlsOf(parsed);
    const spec = {
      ...(defaultBackend === '' ? {} : { defaultBackend: backend(...(defaultBackend.split(':') as [string, string])) }),
      ...(ingressClass === '' ? {} : { ingressClassName: ingressClass }),
      ...(parsed.length > 0 ? { rules: rulesOf(parsed) } : {}),
      ...(tls.length > 0 ? { tls } : {}),
    };
    const object = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
      spec,
      status: { loadBalancer: {} },
    };
    await createGenerated(context, { resource: grouped('networking.k8s.io', 'v1', 'ingresses'), object, failed: 'failed to create ingress: ' });
  },
};

interface Rule {
  host: string;
  path: string;
  service: string;
  port: string;
  tls: boolean;
  secret: string;
}

function parseRule(text: string): Rule {
  if (!RULE.test(text)) throw new CliError(`rule ${text} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`);
  const [whole, ...more] = text.split(',') as [string, ...string[]];
  const slash = whole.indexOf('/');
  const [path, target = ''] = whole.slice(slash + 1).split('=') as [string, string?];
  const [service, port = ''] = target.split(':') as [string, string?];
  return { host: whole.slice(0, slash), path: `/${path}`, service, port, tls: more.length === 1, secret: more[0]?.split('=')[1] ?? '' };
}

const backend = (name: string, port: string): object => ({ service: { name, port: /^\d+$/.test(port) ? { number: Number(port) } : { name: port } } });

function rulesOf(rules: readonly Rule[]): object[] {
  const hosts = [...new Set(rules.map(({ host }) => host))];
  return hosts.map((host) => ({
    ...(host === '' ? {} : { host }),
    http: {
      paths: rules
        .filter((rule) => rule.host === host)
        .map(({ path, service, port }) => ({
          backend: backend(service, port),
          path: path.endsWith('*') ? path.slice(0, -1) : path,
          pathType: path.endsWith('*') ? 'Prefix' : 'Exact',
        })),
    },
  }));
}

/** One entry a secret; a host goes into one of them only. */
function tlsOf(rules: readonly Rule[]): object[] {
  const entries: { hosts?: string[]; secretName?: string }[] = [];
  const seen = new Set<string>();
  for (const { host, tls, secret } of rules) {
    if (!tls || seen.has(host)) continue;
    seen.add(host);
    const same = entries.find(({ secretName = '' }) => secretName === secret);
    if (same !== undefined) same.hosts = [...(same.hosts ?? []), host];
    else if (host !== '' || secret !== '') entries.push({ ...(host === '' ? {} : { hosts: [host] }), ...(secret === '' ? {} : { secretName: secret }) });
  }
  return entries;
}
