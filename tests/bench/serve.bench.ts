/**
 * What `serve` does over HTTPS, as its clients see it: start to ready, requests
 * a second and the slowest hundredth, and watch events to many watchers. The
 * server is a process of its own, an API server without loops; the clients
 * are in this one, with kept connections and the administrator's certificate.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { podOfBench } from './pod.js';

export interface Row {
  name: string;
  value: number;
  unit: string;
  goal?: number;
}

const CONNECTIONS = 8;
const WATCHERS = 1_000;
const CHANGES = 30;
const PODS = '/api/v1/namespaces/default/pods';

interface Target {
  pid: number;
  url: URL;
  agent: Agent;
}

export async function serveBench(): Promise<Row[]> {
  const home = mkdtempSync(join(tmpdir(), 'minikube-ts-bench-'));
  const env: NodeJS.ProcessEnv = { ...process.env, MINIKUBE_TS_HOME: home };
  for (const name of ['NODE_EXTRA_CA_CERTS', 'KUBECONFIG', 'MINIKUBE_TS_CLUSTER']) delete env[name];
  const kubeconfig = join(home, 'admin.conf');
  const rows: Row[] = [];
  try {
    // The first start makes the cluster and its keys, and the code cache; goals are about those that follow.
    const first = await start(env, kubeconfig);
    await first.stop();
    const starts = [];
    for (let at = 0; at < 3; at++) {
      const again = await start(env, kubeconfig);
      starts.push(again.ms);
      await again.stop();
    }
    rows.push(
      { name: 'serve: first start to ready', value: first.ms, unit: 'ms' },
      { name: 'serve: start to ready', value: starts.sort((a, b) => a - b)[1]!, unit: 'ms', goal: 500 },
    );
    const running = await start(env, kubeconfig);
    try {
      rows.push(...(await measure(target(running, kubeconfig))));
    } finally {
      await running.stop();
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
  return rows;
}

interface Running {
  ms: number;
  pid: number;
  url: string;
  stop(): Promise<void>;
}

async function start(env: NodeJS.ProcessEnv, kubeconfig: string): Promise<Running> {
  const began = performance.now();
  const child: ChildProcess = spawn(
    process.execPath,
    [resolve('bin/minikube-ts.js'), 'serve', '--bare', '--components', 'apiserver', '--port', '0', '--kubeconfig', kubeconfig],
    { env, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const url = await new Promise<string>((ready, fail) => {
    child.stdout!.on('data', (chunk: Buffer) => /^ready (\S+)/m.test(String(chunk)) && ready(/^ready (\S+)/m.exec(String(chunk))![1]!));
    void ended.then(() => fail(new Error('serve has ended')));
  });
  return { ms: performance.now() - began, pid: child.pid!, url, stop: () => (child.kill('SIGTERM'), ended) };
}

function target({ url, pid }: Running, kubeconfig: string): Target {
  const text = readFileSync(kubeconfig, 'utf8');
  const data = (name: string): Buffer => Buffer.from(new RegExp(`${name}-data: ["']?([A-Za-z0-9+/=]+)`).exec(text)![1]!, 'base64');
  return {
    pid,
    url: new URL(url),
    agent: new Agent({ keepAlive: true, ca: data('certificate-authority'), cert: data('client-certificate'), key: data('client-key'), maxCachedSessions: 0 }),
  };
}

interface Sent {
  method: string;
  path: string;
  body?: string;
  type?: string;
}

function send({ url, agent }: Target, { method, path, body, type = 'application/json' }: Sent): Promise<number> {
  return new Promise((done, fail) => {
    const headers = { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(body) }) };
    const request = httpsRequest({ agent, host: url.hostname, port: url.port, method, path, headers }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => (bytes += chunk.length));
      response.on('end', () => (response.statusCode! < 300 ? done(bytes) : fail(new Error(`${method} ${path}: ${response.statusCode}`))));
    });
    request.on('error', fail);
    request.end(body);
  });
}

async function measure(to: Target): Promise<Row[]> {
  const rows: Row[] = [];
  const creates =
    (prefix: string) =>
    (at: number): Sent => ({ method: 'POST', path: PODS, body: JSON.stringify(podOfBench(`${prefix}-${at}`)) });
  const patches = (at: number): Sent => ({
    method: 'PATCH',
    path: `${PODS}/p-${at % 400}`,
    type: 'application/strategic-merge-patch+json',
    body: `{"metadata":{"labels":{"turn":"t${at}"}}}`,
  });
  await load(to, 'warm up', 100, creates('warm'));
  rows.push(...(await load(to, 'create of a pod', 400, creates('p'))));
  await load(to, 'warm up', 500, (at) => ({ method: 'GET', path: `${PODS}/p-${at % 400}` }));
  rows.push(...(await load(to, 'get of a pod', 2_000, (at) => ({ method: 'GET', path: `${PODS}/p-${at % 400}` }))));
  await load(to, 'warm up', 200, patches);
  rows.push(...(await load(to, 'patch of a pod', 1_000, patches)));
  rows.push(...(await load(to, 'list of 500 pods', 60, () => ({ method: 'GET', path: PODS }))));
  rows.push(...(await fanOut(to)));
  to.agent.destroy();
  return rows;
}

async function load(to: Target, name: string, count: number, make: (at: number) => Sent): Promise<Row[]> {
  const times: number[] = [];
  let next = 0;
  const began = performance.now();
  const spent = cpuOf(to);
  const worker = async (): Promise<void> => {
    while (next < count) {
      const sent = make(next++);
      const from = performance.now();
      await send(to, sent);
      times.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  const seconds = (performance.now() - began) / 1000;
  return [
    { name: `https: ${name}`, value: count / seconds, unit: 'req/s' },
    { name: `https: ${name}, p99`, value: slowest(times), unit: 'ms' },
    ...cpuRow(name, (cpuOf(to) - spent) / count),
  ];
}

/** Seconds of processor that the server has used, where the system tells; else NaN. It says more than requests a second on a busy machine. */
function cpuOf({ pid }: Target): number {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return Number.NaN;
  const fields = readFileSync(file, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}
const TICKS_A_SECOND = 100;

const cpuRow = (name: string, seconds: number): Row[] =>
  Number.isNaN(seconds) ? [] : [{ name: `https: ${name}, processor of the server`, value: seconds * 1e6, unit: 'µs' }];

const slowest = (times: number[]): number => times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)]!;

/** Every watcher sees every change; a change is over when the last has seen it. */
async function fanOut(to: Target): Promise<Row[]> {
  const times: number[] = [];
  let changed = 0;
  let left = 0;
  let all: () => void = () => {};
  const seen = (): void => {
    times.push(performance.now() - changed);
    if (--left === 0) all();
  };
  const closes: (() => void)[] = [];
  for (let at = 0; at < WATCHERS; at += 50) closes.push(...(await Promise.all(Array.from({ length: 50 }, () => watch(to, seen)))));
  let busy = 0;
  const spent = cpuOf(to);
  for (let at = 0; at < CHANGES; at++) {
    left = WATCHERS;
    const over = new Promise<void>((done) => (all = done));
    changed = performance.now();
    await send(to, { method: 'PATCH', path: `${PODS}/p-0`, type: 'application/merge-patch+json', body: `{"metadata":{"labels":{"seen":"s${at}"}}}` });
    await over;
    busy += performance.now() - changed;
  }
  const used = cpuOf(to) - spent;
  for (const close of closes) close();
  return [
    { name: `https: watch events to ${WATCHERS} watchers`, value: times.length / (busy / 1000), unit: 'events/s' },
    { name: `https: watch events to ${WATCHERS} watchers, p99`, value: slowest(times), unit: 'ms' },
    ...cpuRow('one watch event', used / times.length),
  ];
}

function watch({ url, agent }: Target, seen: () => void): Promise<() => void> {
  return new Promise((done, fail) => {
    const request = httpsRequest(
      {
        agent,
        host: url.hostname,
        port: url.port,
        path: `${PODS}?watch=1&fieldSelector=metadata.name%3Dp-0&resourceVersion=0`,
        headers: { accept: 'application/json' },
      },
      (response) => {
        let lines = 0;
        response.on('data', (chunk: Buffer) => {
          for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) {
            // The first line is the pod as it was.
            if (lines++ === 0) done(() => request.destroy());
            else seen();
          }
        });
        response.on('error', () => {});
      },
    );
    request.on('error', fail);
    request.end();
  });
}
