/**
 * Replays recorded kubelet scenarios in this process: `npx tsx tests/support/kubelet.ts [--all] [--show 3] [names…]`.
 * Prints which agree, and of each other the first differences; `=` agrees, `~` agrees but for how often Events came.
 */
import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { FACTS, readScenario, recordedTold, runScenario } from '../kubelet/scenario.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { show: { type: 'string', default: '1' }, wide: { type: 'string', default: '420' } },
});
const all = readdirSync(`${FACTS}/kubelet`)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -5));
const names = positionals.length === 0 ? all : all.filter((name) => positionals.some((text) => name.includes(text)));
const agreed: string[] = [];
const nearly: string[] = [];

/** Without counts, and each text once. */
const loose = (lines: readonly string[]): string[] => [...new Set(lines.map((line) => line.replace(/^x\d+ /, '')))].sort();

function differences(kind: string, ours: readonly string[], theirs: readonly string[]): string[] {
  const lines: string[] = [];
  for (let at = 0; at < Math.max(ours.length, theirs.length); at++) {
    if (ours[at] === theirs[at]) continue;
    lines.push(`  ${kind} ${at} recorded: ${theirs[at] ?? '(nothing)'}`, `  ${kind} ${at} ours:     ${ours[at] ?? '(nothing)'}`);
  }
  return lines;
}

for (const name of names) {
  const scenario = readScenario(name);
  const ours = await runScenario(scenario).catch((error: Error) => ({
    steps: [`threw ${error.stack}`],
    events: [] as string[],
    seen: { pods: [], events: [] },
  }));
  const theirs = recordedTold(scenario);
  const steps = differences('step', ours.steps, theirs.steps);
  const events = differences('event', ours.events, theirs.events);
  if (steps.length + events.length === 0) {
    agreed.push(name);
    continue;
  }
  const isNear =
    JSON.stringify(loose(ours.steps)) === JSON.stringify(loose(theirs.steps)) && JSON.stringify(loose(ours.events)) === JSON.stringify(loose(theirs.events));
  if (isNear) nearly.push(name);
  console.log(`${isNear ? '~' : '#'} ${name}`);
  for (const line of [...steps.slice(0, Number(values.show) * 2), ...events.slice(0, Number(values.show) * 2)]) console.log(line.slice(0, Number(values.wide)));
}
console.log(`of ${names.length}: ${agreed.length} agree, ${nearly.length} but for counts and timing`);
if (positionals.length === 0) console.log(`agree: ${agreed.join(' ')}`);
process.exit(0);
