/**
 * Scenarios of a real kubelet, run again on a node in memory: the same updates
 * in the same order, and the same Events. Without the recordings there is
 * nothing to run.
 */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { hasScenario, readScenario, recordedTold, runScenario } from './scenario.js';

/** Each agrees in every update and every Event. */
const AGREE = [
  'active-deadline-image',
  'admit-hostport-conflict',
  'admit-node-affinity',
  'admit-os',
  'cli-cp',
  'cli-exec',
  'cli-logs',
  'config-missing-secret-key',
  'config-optional-missing',
  'container-killed-outside',
  'crashloop-reset',
  'delete-exit-nonzero',
  'delete-finalizer',
  'delete-grace-1',
  'delete-image-backoff',
  'delete-shorten-grace',
  'delete-succeeded',
  'delete-two-containers',
  'env-seen',
  'evict-emptydir-kill',
  'exit0-always',
  'exit0-onfailure',
  'image-by-digest',
  'image-invalid-name',
  'image-missing-tag',
  'image-never-present',
  'image-registry-500',
  'image-registry-down',
  'image-two-containers-one-missing',
  'init-fail-always',
  'init-fail-never',
  'init-image-missing',
  'init-ordered',
  'multi-never-mixed',
  'multi-never-success',
  'net-dns-clusterfirst-config',
  'net-dns-hostnet-clusterfirst',
  'net-hostaliases',
  'net-hostnet-ports',
  'node-cordon',
  'node-registered',
  'onfailure-then-success',
  'oom-always',
  'oom-never',
  'poststart-ok',
  'prestop-fail',
  'prestop-sleep',
  'prestop-too-long',
  'qos-classes',
  'readiness-gate',
  'readiness-http-404',
  'readiness-tcp',
  'resize-infeasible',
  'resize-memory-restart',
  'run-normal',
  'sandbox-killed',
  'sec-nonroot-root',
  'sec-runasuser',
  'sidecar-basic',
  'sidecar-order',
  'start-subpath-missing',
  'static-json-and-ignored',
  'static-no-namespace',
  'static-not-a-pod',
  'static-patch-mirror',
  'static-secret-ref',
  'termmsg-path',
  'vol-configmap-immutable',
  'vol-configmap-update',
  'vol-hostpath',
  'vol-projected',
  'vol-subpath-escape',
  'vol-subpath',
  'volume-missing-key',
];

for (const name of AGREE) {
  test.skipIf(!hasScenario(name))(name, async () => {
    const scenario = readScenario(name);
    const { steps, events } = await runScenario(scenario);
    const recorded = recordedTold(scenario);
    assert.deepEqual(steps, recorded.steps);
    assert.deepEqual(events, recorded.events);
  });
}
