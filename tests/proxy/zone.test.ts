import { test } from 'vitest';
import assert from 'node:assert/strict';
import { answer, type Zone } from '../../src/proxy/dns/zone.js';

const service = (name: string, spec: object): any => ({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'default' }, spec });
const services: Record<string, any> = {
  web: service('web', { clusterIP: '10.96.0.20', clusterIPs: ['10.96.0.20'], ports: [{ name: 'http', port: 80, protocol: 'TCP' }] }),
  db: service('db', { clusterIP: 'None', clusterIPs: ['None'], ports: [{ name: 'pg', port: 5432, protocol: 'TCP' }] }),
  out: service('out', { type: 'ExternalName', externalName: 'example.org' }),
};
const slice: any = {
  metadata: { name: 'db-1', namespace: 'default' },
  endpoints: [
    { addresses: ['10.244.1.5'], hostname: 'db-0', conditions: { ready: true } },
    { addresses: ['10.244.2.6'], conditions: { ready: true } },
    { addresses: ['10.244.3.7'], conditions: { ready: false } },
  ],
  ports: [{ name: 'pg', port: 5432, protocol: 'TCP' }],
};
const zone: Zone = {
  domain: 'cluster.local',
  service: (namespace, name) => (namespace === 'default' ? services[name] : undefined),
  slices: (_, name) => (name === 'db' ? [slice] : []),
  hasNamespace: (name) => name === 'default',
  serviceByIp: (ip) => Object.values(services).find(({ spec }) => spec.clusterIP === ip),
  endpointsByIp: (ip) => (ip === '10.244.1.5' ? [{ service: services.db, hostname: 'db-0' }] : []),
};

for (const [name, type, rcode, want] of [
  ['web.default.svc.cluster.local', 'A', 'NOERROR', ['10.96.0.20']],
  ['WEB.default.svc.cluster.local.', 'A', 'NOERROR', ['10.96.0.20']],
  ['web.default.svc.cluster.local', 'AAAA', 'NOERROR', []],
  ['x.web.default.svc.cluster.local', 'A', 'NXDOMAIN', []],
  ['nosuch.default.svc.cluster.local', 'A', 'NXDOMAIN', []],
  ['default.svc.cluster.local', 'A', 'NOERROR', []],
  ['other.svc.cluster.local', 'A', 'NXDOMAIN', []],
  ['db.default.svc.cluster.local', 'A', 'NOERROR', ['10.244.1.5', '10.244.2.6']],
  ['db-0.db.default.svc.cluster.local', 'A', 'NOERROR', ['10.244.1.5']],
  ['10-244-2-6.db.default.svc.cluster.local', 'A', 'NOERROR', ['10.244.2.6']],
  ['db-9.db.default.svc.cluster.local', 'A', 'NXDOMAIN', []],
  ['out.default.svc.cluster.local', 'A', 'NOERROR', ['example.org']],
  ['10-244-2-6.default.pod.cluster.local', 'A', 'NOERROR', ['10.244.2.6']],
  ['10-244-2-6.other.pod.cluster.local', 'A', 'NXDOMAIN', []],
  ['20.0.96.10.in-addr.arpa', 'PTR', 'NOERROR', ['web.default.svc.cluster.local']],
  ['5.1.244.10.in-addr.arpa', 'PTR', 'NOERROR', ['db-0.db.default.svc.cluster.local']],
  ['9.9.9.10.in-addr.arpa', 'PTR', 'NXDOMAIN', []],
  ['example.org', 'A', 'SERVFAIL', []],
] as const) {
  test(`${type} ${name}`, () => {
    const got = answer(zone, { name, type });
    assert.deepEqual([got.rcode, got.answers.map(({ data }) => data)], [rcode, want]);
  });
}

test('a named port answers with where each endpoint listens', () => {
  const got = answer(zone, { name: '_pg._tcp.db.default.svc.cluster.local', type: 'SRV' });
  assert.deepEqual(
    got.answers.map(({ data }) => data),
    [
      { priority: 0, weight: 50, port: 5432, target: 'db-0.db.default.svc.cluster.local' },
      { priority: 0, weight: 50, port: 5432, target: '10-244-2-6.db.default.svc.cluster.local' },
    ],
  );
  assert.deepEqual(
    got.additionals.map(({ data }) => data),
    ['10.244.1.5', '10.244.2.6'],
  );
});
