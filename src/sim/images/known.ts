/** The images a simulated node knows from within, and the generic one for all others. */
import { DEFAULT_PATH } from '../machine/execute.js';
import type { ImageTree } from '../machine/filesystem.js';
import type { ImageDefinition } from './catalogue.js';
import { nameOf, type Reference } from './reference.js';
import { alpineFiles, busyboxFiles, debianFiles, FOLDERS, program, treeOf, type Entry } from './tree.js';
import { HTTPD_FILES, NGINX_FILES } from './web.js';

const MIB = 1024 * 1024;

function image(
  files: () => Record<string, Entry>,
  rest: Partial<Omit<ImageDefinition, 'tree' | 'env'>> & { env?: Record<string, string> } = {},
): ImageDefinition {
  let tree: ImageTree | undefined;
  return {
    entrypoint: [],
    cmd: [],
    workingDir: '',
    user: '',
    size: 4 * MIB,
    ...rest,
    env: { PATH: DEFAULT_PATH, ...rest.env },
    tree: () => (tree ??= treeOf(files())),
  };
}

/** A Kubernetes component whose program is run by the cluster itself; `path` is where its binary lies. */
function hosted(name: string, path: string, rest: Parameters<typeof image>[1] & { others?: Record<string, Entry> } = {}): ImageDefinition {
  const { others, ...definition } = rest;
  return image(
    () => ({
      ...others,
      '/etc/passwd':
        'root:x:0:0:root:/root:/sbin/nologin\nnobody:x:65534:65534:nobody:/:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n',
      [path]: program(`hosted:${name}`, 60 * MIB),
    }),
    { entrypoint: [path], size: 30 * MIB, ...definition },
  );
}

export const GENERIC: ImageDefinition = image(() => ({ ...busyboxFiles(), '/entrypoint': program('generic') }), {
  entrypoint: ['/entrypoint'],
  size: 20 * MIB,
  unknown: true,
});

/** An image of some project of which nothing is known: such run as a user of their own, and those of Docker's own library as root. */
export const UNKNOWN: ImageDefinition = { ...GENERIC, user: '65532:65532' };

const LIBRARY = new Set(
  (
    'amazonlinux bash bonita caddy cassandra centos chronograf clojure consul couchbase couchdb crate dart docker drupal eclipse-mosquitto eclipse-temurin elasticsearch elixir erlang fedora flink gcc geonetwork ghost golang gradle groovy haproxy haskell hello-world httpd influxdb ' +
    'jenkins joomla jruby julia kapacitor kibana kong logstash mariadb matomo maven mediawiki memcached mongo mongo-express mysql nats neo4j nextcloud node odoo openjdk oraclelinux percona php photon phpmyadmin postgres python r-base rabbitmq redis redmine registry rethinkdb rockylinux ruby rust solr ' +
    'sonarqube spark swift telegraf tomcat traefik unit varnish vault wordpress xwiki yourls zookeeper'
  ).split(' '),
);

/** What stands for an image that is not known from within. */
export function genericOf({ domain, repository }: Reference): ImageDefinition {
  return domain === 'docker.io' && LIBRARY.has(repository.replace(/^library\//, '')) && repository.startsWith('library/') ? GENERIC : UNKNOWN;
}

const busybox = image(busyboxFiles, { cmd: ['sh'], size: 2_211_540 });
const server = (name: string, cmd: string[], rest: Parameters<typeof image>[1] = {}): ImageDefinition =>
  image(() => ({ ...debianFiles('debian'), [`/usr/local/bin/${name}`]: program('generic') }), { cmd, size: 50 * MIB, unknown: true, ...rest });
const agnhost = image(() => ({ ...alpineFiles(), '/agnhost': program('agnhost') }), { entrypoint: ['/agnhost'], cmd: ['pause'], size: 50 * MIB });

const slim = image(() => ({ ...debianFiles('debian', ['curl']), ...NGINX_FILES }), {
  cmd: ['nginx', '-g', 'daemon off;'],
  size: 30 * MIB,
  stopSignal: 'SIGQUIT',
});
const phpApache = image(() => ({ ...debianFiles('debian', ['curl']), '/usr/local/bin/apache2-foreground': program('php-apache') }), {
  cmd: ['apache2-foreground'],
  workingDir: '/var/www/html',
  size: 165 * MIB,
});
/** One of the tutorials' servers, in a small distribution or with nothing beside it. */
const tutorial = (name: string, shell = true): ImageDefinition =>
  image(() => ({ ...(shell ? debianFiles('debian', ['curl']) : FOLDERS), '/app': program(name) }), { entrypoint: ['/app'], size: shell ? 80 * MIB : 8 * MIB });

/** A command is run; anything else is curl's. */
const CURL_ENTRYPOINT = '#!/bin/sh\nset -e\nif [ "${1#-}" != "${1}" ] || [ -z "$(command -v "${1}")" ]; then\n  set -- curl "$@"\nfi\nexec "$@"\n';

const KNOWN: Record<string, ImageDefinition> = {
  'docker.io/library/busybox': busybox,
  'gcr.io/google-containers/busybox': busybox,
  'registry.k8s.io/busybox': busybox,
  'registry.k8s.io/e2e-test-images/busybox': busybox,
  'docker.io/library/alpine': image(alpineFiles, { cmd: ['/bin/sh'], size: 3_801_240 }),
  'docker.io/library/ubuntu': image(() => debianFiles('ubuntu'), { cmd: ['/bin/bash'], size: 29_733_088 }),
  'docker.io/library/debian': image(() => debianFiles('debian'), { cmd: ['bash'], size: 48_487_612 }),
  'docker.io/library/nginx': image(() => ({ ...debianFiles('debian', ['curl']), ...NGINX_FILES }), {
    entrypoint: ['/docker-entrypoint.sh'],
    cmd: ['nginx', '-g', 'daemon off;'],
    env: { NGINX_VERSION: '1.27.5' },
    size: 72_405_876,
    stopSignal: 'SIGQUIT',
  }),
  'docker.io/library/httpd': image(() => ({ ...debianFiles('debian'), ...HTTPD_FILES }), {
    cmd: ['httpd-foreground'],
    env: { HTTPD_PREFIX: '/usr/local/apache2' },
    workingDir: '/usr/local/apache2',
    size: 58_731_230,
    stopSignal: 'SIGWINCH',
  }),
  'docker.io/curlimages/curl': image(
    () => ({
      ...alpineFiles(),
      '/usr/bin/curl': program('busybox'),
      '/entrypoint.sh': { text: CURL_ENTRYPOINT, mode: 0o755 },
      '/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/sbin/nologin\ncurl_user:x:100:101:Linux User,,,:/home/curl_user:/bin/sh\n',
    }),
    { entrypoint: ['/entrypoint.sh'], cmd: ['curl'], user: '100', size: 9 * MIB },
  ),
  'docker.io/polinux/stress': image(() => ({ ...alpineFiles(), '/usr/local/bin/stress': program('stress') }), { cmd: ['stress'], size: 4 * MIB }),
  'docker.io/library/redis': server('redis-server', ['redis-server'], { workingDir: '/data' }),
  'docker.io/library/postgres': server('postgres', ['postgres']),
  'docker.io/library/perl': image(() => ({ ...debianFiles('debian'), '/usr/local/bin/perl': program('perl') }), { cmd: ['perl'], size: 340 * MIB }),
  'registry.k8s.io/pause': image(() => ({ '/pause': program('pause') }), { entrypoint: ['/pause'], user: '65535:65535', size: 318_731 }),
  'registry.k8s.io/e2e-test-images/agnhost': agnhost,
  'k8s.gcr.io/e2e-test-images/agnhost': agnhost,
  'registry.k8s.io/e2e-test-images/nginx': image(() => ({ ...alpineFiles(), ...NGINX_FILES }), {
    cmd: ['nginx', '-g', 'daemon off;'],
    size: 20 * MIB,
    stopSignal: 'SIGQUIT',
  }),
  'registry.k8s.io/nginx-slim': slim,
  'k8s.gcr.io/nginx-slim': slim,
  'registry.k8s.io/hpa-example': phpApache,
  'k8s.gcr.io/hpa-example': phpApache,
  'gcr.io/google-samples/kubernetes-bootcamp': tutorial('bootcamp-1'),
  'docker.io/jocatalin/kubernetes-bootcamp': tutorial('bootcamp-2'),
  'docker.io/luksa/kubia': tutorial('kubia'),
  'docker.io/hashicorp/http-echo': tutorial('http-echo', false),
  'docker.io/traefik/whoami': tutorial('whoami-server', false),
  'docker.io/kicbase/echo-server': tutorial('echo-server', false),
  'gcr.io/google-samples/hello-app': image(() => ({ ...FOLDERS, '/hello-app': program('hello-app') }), { entrypoint: ['/hello-app'], size: 12 * MIB }),
};

const CONTROL_PLANE = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy'];
for (const registry of ['registry.k8s.io', 'k8s.gcr.io']) {
  for (const name of CONTROL_PLANE) KNOWN[`${registry}/${name}`] = hosted(name, `/usr/local/bin/${name}`);
  KNOWN[`${registry}/etcd`] = hosted('etcd', '/usr/local/bin/etcd', { size: 58 * MIB });
  for (const path of ['coredns/coredns', 'coredns']) KNOWN[`${registry}/${path}`] = hosted('coredns', '/coredns', { user: 'nonroot:nonroot', size: 18 * MIB });
  KNOWN[`${registry}/metrics-server/metrics-server`] = hosted('metrics-server', '/metrics-server', { user: '65534', size: 19 * MIB });
}
KNOWN['docker.io/coredns/coredns'] = KNOWN['registry.k8s.io/coredns/coredns']!;
for (const registry of ['docker.io', 'quay.io']) {
  const succeed = program('succeed');
  KNOWN[`${registry}/calico/node`] = hosted('calico-node', '/usr/sbin/start_runit', {
    cmd: [],
    size: 140 * MIB,
    others: { ...busyboxFiles(), '/bin/calico-node': succeed, '/usr/bin/calico-node': succeed },
  });
  KNOWN[`${registry}/calico/kube-controllers`] = hosted('calico-kube-controllers', '/usr/bin/kube-controllers', {
    user: '999',
    size: 35 * MIB,
    others: { '/usr/bin/check-status': succeed },
  });
  KNOWN[`${registry}/calico/cni`] = image(
    () => ({ ...FOLDERS, '/opt/cni/bin/install': succeed, '/opt/cni/bin/calico-ipam': succeed, '/opt/cni/bin/calico': succeed }),
    { entrypoint: ['/opt/cni/bin/install'], size: 70 * MIB },
  );
}

/** What a repository holds; undefined: an image nobody knows from within. */
export function definitionOf(reference: Reference): ImageDefinition | undefined {
  return KNOWN[nameOf(reference)];
}
