/** set env --resolve, properties of kubeconfigs and durations: what they hold, and how what is none is refused. */
import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { propertyOf, valueFor } from '../../src/cli/commands/config/property.js';
import { kubeconfigProblem } from '../../src/cli/commands/config/types.js';
import { valueOf } from '../../src/cli/commands/set/envvalues.js';
import { FlagError, parseFlags } from '../../src/cli/flags.js';

const info: any = { object: { metadata: { name: 'web', labels: { b: '2', a: '1' }, annotations: {} } } };
const resolve = (valueFrom: object, container: object = {}): Promise<string> => valueOf(undefined as never, { info, container, valueFrom });

describe('set env --resolve', () => {
  it('reads fields and amounts', async () => {
    assert.equal(await resolve({ fieldRef: { fieldPath: 'metadata.name' } }), 'web');
    assert.equal(await resolve({ fieldRef: { fieldPath: 'metadata.labels' } }), 'a="1"\nb="2"');
    assert.equal(await resolve({ fieldRef: { fieldPath: "metadata.labels['a']" } }), '1');
    const container = { resources: { limits: { cpu: '1500m', memory: '100Mi' } } };
    assert.equal(await resolve({ resourceFieldRef: { resource: 'limits.cpu' } }, container), '2');
    assert.equal(await resolve({ resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } }, container), '100');
    await assert.rejects(resolve({ fieldRef: { fieldPath: 'status.podIP' } }), { message: 'unsupported fieldPath: status.podIP' });
  });
});

describe('properties of a kubeconfig', () => {
  it('are found along dots, names holding dots themselves', () => {
    assert.deepEqual(propertyOf('clusters.10.0.0.1.insecure-skip-tls-verify').steps, ['clusters', '10.0.0.1', 'insecure-skip-tls-verify']);
    assert.equal(valueFor(propertyOf('clusters.a.insecure-skip-tls-verify'), 'true', { isRaw: false }), true);
    assert.throws(() => valueFor(propertyOf('preferences.colors'), 'maybe', { isRaw: false }), {
      message: 'strconv.ParseBool: parsing "maybe": invalid syntax',
    });
    assert.throws(() => propertyOf('nosuch.k'), { message: 'unable to parse nosuch.k after [] at api.Config' });
  });

  it('have the types of client-go', () => {
    assert.equal(
      kubeconfigProblem({ contexts: [{ name: 'c', context: { namespace: false } }] }),
      'json: cannot unmarshal bool into Go struct field Context.contexts.context.namespace of type string',
    );
    assert.equal(kubeconfigProblem({ clusters: 'x' }), 'json: cannot unmarshal string into Go struct field Config.clusters of type []v1.NamedCluster');
    assert.equal(kubeconfigProblem({ kind: 'Config', users: [{ name: 'u', user: { exec: { command: 'c', args: null } } }] }), undefined);
  });
});

it('a duration says which of its units is none', () => {
  const flags = [{ name: 'timeout', type: 'duration', description: '' }] as const;
  const told = (value: string): string => {
    try {
      parseFlags(flags, [`--timeout=${value}`]);
    } catch (error) {
      if (error instanceof FlagError) return error.message.split('flag: ')[1]!;
      throw error;
    }
    return '';
  };
  assert.equal(told('5parsecs'), 'time: unknown unit "parsecs" in duration "5parsecs"');
  assert.equal(told('5'), 'time: missing unit in duration "5"');
  assert.equal(told('abc'), 'time: invalid duration "abc"');
  assert.equal(told('1h5m'), '');
});
