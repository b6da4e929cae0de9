import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// A unit that imports `electron` would make its package download the program: it gets a sentence instead.
const alias = { electron: here('./test/rigs/no-electron.ts') };
const unitTests = '**/*.test.ts';
const wholeDesks = here('./test/');
const deviceTests = '**/*.device.test.ts';
const contractTests = '{test,electron}/contract/**/*.test.ts';
const windowTests = 'renderer/**/*.test.ts';
const endToEnd = {
  globalSetup: here('./test/rigs/e2e-prepare.ts'),
  setupFiles: [here('./test/rigs/e2e-screen.ts')],
  testTimeout: 180_000,
  hookTimeout: 180_000,
};
// It looks through the folder all share, where another desk's files would be found.
const lonely = '**/leaks.e2e.ts';
// Files one after another in the same process: each would otherwise load half the program anew.
const shared = { isolate: false };
const nowhere = ['**/node_modules/**', 'dist/**', 'out/**'];

/** Whole desks and whole histories first: what takes longest must not begin when everything else is done. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const [long, short] = [true, false].map((isLong) =>
      sorted.filter(({ moduleId }) => moduleId.startsWith(wholeDesks) === isLong),
    );
    return [...(long ?? []), ...(short ?? [])];
  }
}

export default defineConfig({
  test: {
    // Vitest would leave one of two cores to itself. A third has work while the others wait: for a peer, a process, a disk.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    // Property tests and document rendering share two cores with everything else.
    testTimeout: 30_000,
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'unit',
          ...shared,
          include: [unitTests],
          exclude: [...nowhere, deviceTests, contractTests, windowTests],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'contract',
          ...shared,
          include: [contractTests],
          exclude: nowhere,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        plugins: [svelte({ configFile: false }), svelteTesting()],
        test: { name: 'window', include: [windowTests], exclude: nowhere, environment: 'happy-dom' },
      },
      {
        resolve: { alias },
        test: {
          name: 'device',
          ...shared,
          include: [deviceTests],
          exclude: nowhere,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.e2e.ts', 'test/rigs/**/*.e2e.ts'],
          exclude: [...nowhere, lonely],
          sequence: { groupOrder: 1 },
          ...endToEnd,
        },
      },
      {
        test: {
          name: 'e2e-alone',
          include: [lonely],
          exclude: nowhere,
          sequence: { groupOrder: 2 },
          ...endToEnd,
        },
      },
    ],
  },
});
