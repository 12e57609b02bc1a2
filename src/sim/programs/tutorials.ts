/**
 * Small servers whose images tutorials and books are typed with: what they answer
 * and log is what people compare with the page before them. One of them works hard
 * for each answer, since an autoscaler is watched with it.
 */
import type { Bytes } from '../bytes.js';
import type { Program } from '../machine/machine.js';
import type { Sys } from '../machine/sys.js';
import type { HttpMessage } from '../network/http.js';
import { readOptions } from './options.js';
import { server, type Reply, type ServerDefinition } from './server.js';
import { formatDate } from './system.js';

const text = (body: Bytes, type = 'text/plain'): Reply => ({ status: 200, headers: { 'Content-Type': type }, body });
const hostname = (sys: Sys): string => sys.machine.state.hostname;

/** gcr.io/google-samples/kubernetes-bootcamp, of "Learn Kubernetes Basics": the version is what a rolling update is seen by. */
const bootcamp = (version: number): ServerDefinition => ({
  begin(sys) {
    sys.out(`Kubernetes Bootcamp App Started At: ${new Date(sys.now()).toISOString()} | Running On:  ${hostname(sys)} \n\n`);
    return { ports: [8080], config: { started: sys.now(), requests: 0 } };
  },
  serve: (sys, _request, state) => (state.config.requests++, text(`Hello Kubernetes bootcamp! | Running on: ${hostname(sys)} | v=${version}\n`)),
  log(sys, _request, _reply, _remote, state) {
    const { started, requests } = state.config as { started: number; requests: number };
    sys.out(
      `Running On: ${hostname(sys)} | Total Requests: ${requests} | App Uptime: ${(sys.now() - started) / 1000} seconds | Log Time: ${new Date(sys.now()).toISOString()}\n`,
    );
  },
  signals: { TERM: 143 },
});

/** luksa/kubia, of "Kubernetes in Action". */
const kubia: ServerDefinition = {
  begin(sys) {
    sys.out('Kubia server starting...\n');
    return { ports: [8080], config: null };
  },
  serve: (sys) => text(`You've hit ${hostname(sys)}\n`),
  log: (sys, _request, _reply, remote) => sys.out(`Received request from ::ffff:${remote.split(':')[0]}\n`),
  signals: { TERM: 143 },
};

/** registry.k8s.io/hpa-example adds up a million roots for each answer. */
const PHP_APACHE_MS = 6;
const phpApache: ServerDefinition = {
  begin: () => ({ ports: [80], config: null }),
  serve(sys) {
    sys.work(PHP_APACHE_MS);
    return text('OK!', 'text/html; charset=UTF-8');
  },
  log: (sys, request, reply, remote) =>
    sys.out(
      `${remote.split(':')[0]} - - [${formatDate(sys.now(), '%d/%b/%Y:%H:%M:%S +0000')}] "${request.method} ${request.path} HTTP/${request.version}" ${reply.status} ${reply.body.length} "-" "${request.headers['user-agent'] ?? '-'}"\n`,
    ),
  signals: { TERM: 0, WINCH: 0, INT: 0 },
};

/** hashicorp/http-echo -text=hello -listen=:5678 */
const httpEcho: ServerDefinition = {
  begin(sys) {
    const flag = (name: string): string | undefined => {
      const at = sys.args.findIndex((word) => word.replace(/^--?/, '').split('=')[0] === name);
      return at < 0 ? undefined : sys.args[at]!.includes('=') ? sys.args[at]!.slice(sys.args[at]!.indexOf('=') + 1) : sys.args[at + 1];
    };
    const body = flag('text') ?? sys.env('ECHO_TEXT') ?? '';
    if (body === '') {
      sys.write(2, 'Missing -text option!\n');
      return 127;
    }
    const listen = flag('listen') ?? ':5678';
    sys.write(2, `${formatDate(sys.now(), '%Y/%m/%d %H:%M:%S')} [INFO] server is listening on ${listen}\n`);
    return { ports: [Number(listen.split(':').at(-1))], config: body };
  },
  serve: (_sys, _request, state) => text(`${state.config as string}\n`, 'text/plain; charset=utf-8'),
  signals: { TERM: 0, INT: 0 },
};

const capital = (name: string): string => name.replace(/(^|-)[a-z]/g, (found) => found.toUpperCase());
const shown = ({ method, path, version, headers }: HttpMessage, gap: string): string =>
  `${method} ${path} HTTP/${version}\n${gap}${Object.entries(headers)
    .map(([name, value]) => `${capital(name)}: ${value}\n`)
    .join('')}`;

/** traefik/whoami */
const whoami: ServerDefinition = {
  begin(sys) {
    const { values } = readOptions(
      sys.args.map((word) => word.replace(/^--port=?/, '-p')),
      'p:',
      {},
    );
    const port = Number(values.p?.[0] ?? (sys.env('WHOAMI_PORT_NUMBER') || 80));
    sys.write(2, `${formatDate(sys.now(), '%Y/%m/%d %H:%M:%S')} Starting up on port ${port}\n`);
    return { ports: [port], config: null };
  },
  serve: (sys, request) =>
    text(
      `Hostname: ${hostname(sys)}\nIP: 127.0.0.1\nIP: ${sys.machine.host.network.addresses().find(({ name }) => name !== 'lo')?.address ?? ''}\n${shown(request, '')}\n`,
      'text/plain; charset=utf-8',
    ),
  signals: { TERM: 0, INT: 0 },
};

/** kicbase/echo-server, of minikube's "Get Started!". */
const echoServer: ServerDefinition = {
  begin(sys) {
    sys.out('Echo server listening on port 8080.\n');
    return { ports: [Number(sys.env('PORT') || 8080)], config: null };
  },
  serve: (sys, request) => text(`Request served by ${hostname(sys)}\n\n${shown(request, '\n')}`),
  signals: { TERM: 143 },
};

export const TUTORIALS: Record<string, Program> = {
  'bootcamp-1': server(bootcamp(1)),
  'bootcamp-2': server(bootcamp(2)),
  kubia: server(kubia),
  'php-apache': server(phpApache),
  'http-echo': server(httpEcho),
  'whoami-server': server(whoami),
  'echo-server': server(echoServer),
};
