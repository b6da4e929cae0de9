import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// A unit that imports `electron` would make its package download the program: it gets a sentence instead.
const alias = { electron: here('./test/rigs/no-electron.ts') };
const unitTests = '**/*.test.ts';
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
const nowhere = ['**/node_modules/**', 'dist/**', 'out/**'];

export default defineConfig({
  test: {
    // Vitest would leave one of two cores to itself.
    maxWorkers: 2,
    // Property tests and document rendering share two cores with everything else.
    testTimeout: 30_000,
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'unit',
          include: [unitTests],
          exclude: [...nowhere, deviceTests, contractTests, windowTests],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'contract',
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
