/** find: files below folders that pass its tests, printed, deleted or handed to commands. */
import type { Bytes } from '../bytes.js';
import type { Program } from '../machine/machine.js';
import type { Sys } from '../machine/sys.js';
import { attempt, bytesOf } from './files.js';
import { launch } from './launch.js';
import { patternSource } from '../shell/pattern.js';

export const find: Program = {
  step(sys) {
    const state = (sys.process.state ??= beginFind(sys)) as { runs: Bytes[][]; pid: number; status: number } | null;
    if (state === null) return;
    if (state.pid > 0) {
      const ended = sys.collect(state.pid);
      if (ended === undefined) return sys.wait({ on: 'child' });
      state.pid = 0;
    }
    const argv = state.runs.shift();
    if (argv === undefined) return sys.exit(state.status);
    const started = launch(sys, argv);
    if (typeof started !== 'number') state.pid = started.pid;
  },
};

function beginFind(sys: Sys): { runs: Bytes[][]; pid: number; status: number } | null {
  const args = [...sys.args];
  const starts: Bytes[] = [];
  while (args[0] !== undefined && !/^[-(!]/.test(args[0])) starts.push(args.shift()!);
  const runs: Bytes[][] = [];
  const batch: Bytes[] = [];
  const value = (name: string): Bytes | undefined => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
  const test = (path: Bytes, depth: number): boolean => findMatches(sys, path, args, depth);
  const exec = args.indexOf('-exec');
  const command =
    exec < 0
      ? []
      : args.slice(
          exec + 1,
          args.findIndex((word, at) => at > exec && (word === ';' || word === '+')),
        );
  const together = exec >= 0 && args.slice(exec).includes('+');
  let status = 0;
  const visit = (path: Bytes, depth: number): void => {
    if (test(path, depth) && depth >= Number(value('-mindepth') ?? 0)) {
      if (exec >= 0) {
        if (together) batch.push(path);
        else runs.push(command.map((word) => word.replaceAll('{}', path)));
      } else if (args.includes('-delete')) sys.files.remove(sys.path(path, { keepLast: true }), sys.as);
      else sys.out(`${path}${args.includes('-print0') ? '\0' : '\n'}`);
    }
    if (sys.lstat(path)?.t !== 'd' || depth >= Number(value('-maxdepth') ?? Infinity)) return;
    status =
      attempt(sys, path, () => {
        for (const name of sys.files.names(sys.path(path), sys.as)) visit(`${path.replace(/\/$/, '')}/${name}`, depth + 1);
      }) || status;
  };
  for (const start of starts.length > 0 ? starts : ['.']) {
    if (sys.lstat(start) === undefined) {
      sys.complain(`${start}: No such file or directory`);
      status = 1;
    } else visit(start, 0);
  }
  if (batch.length > 0) runs.push(command.flatMap((word) => (word === '{}' ? batch : [word])));
  return { runs, pid: 0, status };
}

function findMatches(sys: Sys, path: Bytes, args: Bytes[], _depth: number): boolean {
  const node = sys.lstat(path);
  if (node === undefined) return false;
  const glob = (pattern: Bytes, text: Bytes, flags = ''): boolean => new RegExp(`^${patternSource([{ s: pattern, q: false }])}$`, flags).test(text);
  const base =
    path
      .replace(/(.)\/+$/, '$1')
      .split('/')
      .at(-1) || path;
  let [any, all, not] = [false, true, false];
  for (let at = 0; at < args.length; at++) {
    const word = args[at]!;
    let hit: boolean | undefined;
    switch (word) {
      case '-name':
        hit = glob(args[++at] ?? '', base);
        break;
      case '-iname':
        hit = glob(args[++at] ?? '', base, 'i');
        break;
      case '-path':
        hit = glob(args[++at] ?? '', path);
        break;
      case '-type':
        hit = (args[++at] ?? '').split(',').includes(node.t);
        break;
      case '-empty':
        hit = node.t === 'd' ? sys.files.names(sys.path(path)).length === 0 : sys.files.size(sys.path(path)) === 0;
        break;
      case '-newer':
        hit = 'at' in node && node.at > ((sys.stat(args[++at] ?? '') as { at?: number } | undefined)?.at ?? 0);
        break;
      case '-size':
        hit = sizeMatches(args[++at] ?? '', node.t === 'f' ? sys.files.size(sys.path(path)) : 0);
        break;
      case '-user':
      case '-maxdepth':
      case '-mindepth':
      case '-perm':
      case '-mtime':
      case '-mmin':
        at++;
        break;
      case '-exec':
        at = args.length;
        break;
      case '!':
      case '-not':
        not = !not;
        continue;
      case '-o':
      case '-or':
        any ||= all;
        all = true;
        break;
    }
    if (hit !== undefined) all &&= hit !== not;
    not = false;
  }
  return any || all;
}

function sizeMatches(text: Bytes, size: number): boolean {
  const wanted = bytesOf(text.replace(/^[-+]/, '')) * (/[bckMG]$/.test(text) ? 1 : 512);
  return text.startsWith('+') ? size > wanted : text.startsWith('-') ? size < wanted : size === wanted;
}
