import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build, type InlineConfig, type Plugin } from 'vite';
import { buildIsFresh, buildStamp, dist, sourcesHash } from './built.ts';
import { compileMessages } from './messages.ts';
import { projectRoot } from './places.ts';
import { runMain, step } from './steps.mjs';

const dependencies = (): string[] =>
  Object.keys(JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')).dependencies);

/**
 * sharp's native module and Electron on Linux each bring their own GLib and cannot live in one process (lovell/sharp
 * issues 4522, 4525). The desk uses sharp's own WebAssembly build, which also keeps a hostile picture in a box.
 */
const sharpInWebAssembly = (): Plugin => ({
  name: 'sharp-in-webassembly',
  load(id) {
    if (!/[\\/]sharp[\\/]dist[\\/]sharp\.mjs$/.test(id)) return null;
    return [
      "import { createRequire } from 'node:module';",
      "export default createRequire(import.meta.url)('@img/sharp-wasm32/sharp.node');",
    ].join('\n');
  },
});

/**
 * A bundle that runs in Electron's main or utility process, or in Node: ES module in a folder of dist or another. What is
 * imported where it is needed stays in files of its own: in one file all of it would be loaded at the start.
 */
export const nodeBundle = (entry: string, folder: string, file: string): InlineConfig => ({
  configFile: false,
  root: projectRoot,
  logLevel: 'warn',
  publicDir: false,
  plugins: [sharpInWebAssembly()],
  ssr: { noExternal: true, external: ['electron', ...dependencies()] },
  build: {
    ssr: join(projectRoot, entry),
    target: 'node20',
    outDir: resolve(dist, folder),
    emptyOutDir: true,
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      output: { format: 'es', entryFileNames: file, chunkFileNames: '[name].js' },
      // What several tasks need is imported by each where it is needed: the first one loads it.
      checks: { ineffectiveDynamicImport: false },
    },
  },
});

/** A sandboxed preload is one CommonJS file that may require nothing but `electron`. */
const preloadBundle = (): InlineConfig => {
  const config = nodeBundle('electron/preload/preload.ts', 'preload', 'preload.cjs');
  return {
    ...config,
    ssr: { noExternal: true, external: ['electron'] },
    build: {
      ...config.build,
      target: 'chrome130',
      sourcemap: false,
      rolldownOptions: { output: { format: 'cjs', entryFileNames: 'preload.cjs', codeSplitting: false } },
    },
  };
};

const bundles: readonly (readonly [name: string, config: () => InlineConfig])[] = [
  ['main', () => nodeBundle('electron/main/main.ts', 'main', 'main.js')],
  ['preload', preloadBundle],
  ['counter', () => nodeBundle('electron/counter/process.ts', 'counter', 'process.js')],
  ['documents', () => nodeBundle('electron/documents/worker.ts', 'documents', 'worker.js')],
  ['examiner', () => nodeBundle('electron/documents/validation/examiner.ts', 'examiner', 'examiner.js')],
  ['cards', () => nodeBundle('electron/devices/chip/cards.ts', 'cards', 'cards.js')],
  ['usb', () => nodeBundle('electron/devices/usb/hotplug.ts', 'usb', 'usb.js')],
  ['recovery', () => nodeBundle('electron/counter/recovery/worker.ts', 'recovery', 'worker.js')],
  ['portal', () => nodeBundle('portal/server.ts', 'portal', 'server.js')],
  ['window', () => ({ configFile: join(projectRoot, 'renderer', 'vite.config.ts'), logLevel: 'warn' })],
];

/** Builds everything the desk runs into dist/, unless its sources are unchanged. */
export const buildDesk = async (say: (detail: string) => void): Promise<void> => {
  if (buildIsFresh()) return say('unchanged');
  // Before the first bundle: what is changed while it is built makes the next build do it again.
  const hash = sourcesHash();
  await rm(buildStamp, { force: true });
  await mkdir(dist, { recursive: true });
  await compileMessages(() => {});
  for (const [, config] of bundles) await build(config());
  writeFileSync(buildStamp, hash);
  say(bundles.map(([name]) => name).join(', '));
};

if (import.meta.main)
  await runMain(async () => {
    await step('build', buildDesk);
    return undefined;
  });
