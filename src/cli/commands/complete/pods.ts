/** What is inside of a pod, or of the pod that an object stands for: its containers and ports, as words to choose from. */
import type { Context } from '../../context.js';
import { objectNamed, podsOf } from '../../pods.js';

/** Init containers first. Nothing where there is no such pod. */
export async function containersOf(context: Context, target: string, word: string): Promise<string[]> {
  const { initContainers = [], containers = [] } = (await podNamed(context, target))?.spec ?? {};
  return [...initContainers, ...containers].map(({ name }: any) => name as string).filter((name) => name.startsWith(word));
}

/** "80:80", and of a local port that was typed already "8080:80". */
export async function containerPorts(context: Context, target: string, word: string): Promise<string[]> {
  const { containers = [] } = (await podNamed(context, target))?.spec ?? {};
  return pairs(
    containers.flatMap(({ ports = [] }: any) => ports.map(({ containerPort }: any) => containerPort as number)),
    word,
  );
}

export async function servicePorts(context: Context, name: string, word: string): Promise<string[]> {
  const { object } = await objectNamed(context, `service/${name}`);
  return pairs(
    ((object as any).spec.ports ?? []).map(({ port }: any) => port as number),
    word,
  );
}

const pairs = (ports: readonly number[], word: string): string[] =>
  ports.map((port) => `${word === '' ? port : word.split(':')[0]}:${port}`).filter((pair) => pair.startsWith(word));

async function podNamed(context: Context, target: string): Promise<any> {
  const info = await objectNamed(context, target);
  return (await podsOf(context, info))[0];
}
