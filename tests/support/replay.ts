/**
 * Replays recorded API suites in this process: `npx tsx tests/support/replay.ts [--show 20] [--grep text] create patch …`.
 * Prints how many answers agree, and the first that differ.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { testServer } from './inprocess.js';

const FACTS = resolve(process.env['MINIKUBE_TS_FACTS'] ?? '../shared/facts');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    show: { type: 'string', default: '0' },
    grep: { type: 'string', default: '' },
    lines: { type: 'string', default: '6' },
    wide: { type: 'string', default: '300' },
  },
});
const { runScenario, readScenarios, judge, differences } = await import(`${FACTS}/cases.mjs`);
/** Files recorded with no controllers at all, so that somebody made default/default. */
let toShow = Number(values.show);

for (const name of positionals) {
  const { send, clock } = await testServer();
  const tally: Record<string, number> = { exact: 0, object: 0, reason: 0, status: 0, wrong: 0 };
  for (const scenario of readScenarios(`${FACTS}/api/${name}.jsonl`)) {
    if (!scenario.name.includes(values.grep)) continue;
    const answers = await runScenario(scenario, send, { pause: (ms: number) => clock.advance(ms), patience: 2000 });
    scenario.steps.forEach((step: any, at: number) => {
      const grade: string = judge(step.expect, answers[at]);
      tally[grade] = (tally[grade] ?? 0) + 1;
      if (grade === 'exact' || toShow <= 0) return;
      toShow -= 1;
      console.log(`--- ${scenario.name} · step ${at + 1}: ${step.send.method} ${step.send.path} · ${grade}`);
      for (const line of differences(step.expect, answers[at]).slice(0, Number(values.lines))) console.log(`    ${line.slice(0, Number(values.wide))}`);
    });
  }
  const { exact, object, reason, status, wrong } = tally as { exact: number; object: number; reason: number; status: number; wrong: number };
  console.log(
    `${name}: of ${exact + object + reason + status + wrong}: ${exact} exact, ${exact + object} but for managedFields, ${exact + object + reason} same reason, ${exact + object + reason + status} same code`,
  );
}
process.exit(0);
