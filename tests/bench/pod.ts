/** The pod that the benches write. About 5 KB, as a busy team writes them. */
export function podOfBench(name: string): object {
  const container = (at: number) => ({
    name: `c${at}`,
    image: `registry.example.com/team/app-${at}:v1.2.3`,
    args: ['--verbose', '--listen=:8080', `--shard=${at}`],
    ports: [{ name: 'http', containerPort: 8080 + at, protocol: 'TCP' }],
    env: Array.from({ length: 12 }, (_, index) => ({ name: `SETTING_${index}`, value: `value-number-${index}-of-container-${at}` })),
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '500m', memory: '256Mi' } },
    livenessProbe: { httpGet: { path: '/healthz', port: 8080 + at }, periodSeconds: 10 },
    readinessProbe: { httpGet: { path: '/ready', port: 8080 + at }, periodSeconds: 5 },
    volumeMounts: [
      { name: 'config', mountPath: '/etc/app' },
      { name: 'data', mountPath: '/var/lib/app' },
    ],
  });
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels: { app: 'bench', tier: 'backend', release: 'r1' }, annotations: { 'example.com/note': 'x'.repeat(200) } },
    spec: {
      containers: [container(0), container(1), container(2)],
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      volumes: [
        { name: 'config', configMap: { name: 'app' } },
        { name: 'data', emptyDir: {} },
      ],
      tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'bench', effect: 'NoSchedule' }],
    },
  };
}
