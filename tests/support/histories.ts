/**
 * Replays recorded histories of controllers in this process: `npx tsx tests/support/histories.ts [--show 20] [--grep text] workloads jobs …`.
 * Prints how many answers agree, and the first that differ.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { controlPlane } from './controlplane.js';

const FACTS = resolve(process.env['MINIKUBE_TS_FACTS'] ?? '../shared/facts');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    show: { type: 'string', default: '0' },
    grep: { type: 'string', default: '' },
    lines: { type: 'string', default: '6' },
    wide: { type: 'string', default: '300' },
    log: { type: 'string', default: '0' },
    patience: { type: 'string', default: '120000' },
  },
});
const { runScenario, readScenarios, judge, differences } = await import(`${FACTS}/cases.mjs`);
const GRADES = ['exact', 'object', 'reason', 'status', 'wrong'];
let toShow = Number(values.show);

for (const name of positionals) {
  const { send, clock, quiescence, lines, stop } = await controlPlane();
  const tally: Record<string, number> = Object.fromEntries(GRADES.map((grade) => [grade, 0]));
  const bad: string[] = [];
  for (const scenario of readScenarios(`${FACTS}/controllers/${name}.jsonl`)) {
    if (!new RegExp(values.grep).test(scenario.name)) continue;
    lines.length = 0;
    const settledSend = async (request: any) => {
      await quiescence.settled();
      const answer = await send({ ...request, body: request.body?.replaceAll('${now}', new Date(clock.now()).toISOString().replace(/\.\d+/, '')) });
      await quiescence.settled();
      return answer;
    };
    const answers = await runScenario(scenario, settledSend, { pause: (ms: number) => clock.advance(ms), patience: Number(values.patience) });
    const grades = scenario.steps.map((step: any, at: number) => judge(step.expect, answers[at]) as string);
    for (const grade of grades) tally[grade] = (tally[grade] ?? 0) + 1;
    if (grades.some((grade: string) => grade !== 'exact')) bad.push(scenario.name);
    scenario.steps.forEach((step: any, at: number) => {
      if (grades[at] === 'exact' || toShow <= 0) return;
      toShow -= 1;
      console.log(`--- ${scenario.name} · step ${at + 1}: ${step.send.method} ${step.send.path} · ${grades[at]}`);
      for (const line of differences(step.expect, answers[at]).slice(0, Number(values.lines))) console.log(`    ${line.slice(0, Number(values.wide))}`);
    });
    for (const line of lines.slice(0, Number(values.log))) console.log(`    log: ${line}`);
  }
  await stop();
  console.log(`${name}: ${GRADES.map((grade) => `${tally[grade]} ${grade}`).join(', ')}; ${bad.length} histories differ`);
  for (const scenario of bad) console.log(`  ${scenario}`);
}
process.exit(0);
