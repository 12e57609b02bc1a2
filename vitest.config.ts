import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Small files that run for long: whole programs are started in them. */
const LONG = /tests\/(clients\/|seeds|transcripts|cluster\/)/;

/** Where nothing is known of an earlier run Vitest takes the biggest files first, and the longest would come last and alone. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean => LONG.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

/** Whole programs, real connections and real disks: each file in a process of its own, where nothing is left of another. */
const ALONE = [
  'tests/{build,client,clients,cluster,contract,platform,server,store}/**/*.test.ts',
  'tests/*.test.ts',
  'tests/apiserver/admission/webhooks.test.ts',
  'tests/apiserver/crd/conversion*.test.ts',
];

export default defineConfig({
  test: {
    pool: 'forks',
    // Vitest leaves one core to itself, which is half of a small machine.
    maxWorkers: Math.max(2, availableParallelism()),
    sequence: { sequencer: LongestFirst },
    testTimeout: 30_000,
    hookTimeout: 30_000,
    coverage: { provider: 'v8', include: ['src/**/*.ts'], exclude: ['src/**/types/**'] },
    projects: [
      { extends: true, test: { name: 'alone', include: ALONE } },
      // The others share the modules they load, which keep nothing of a test: loading them anew for each file took half of the time.
      { extends: true, test: { name: 'shared', include: ['tests/**/*.test.ts'], exclude: ALONE, isolate: false } },
    ],
  },
});
