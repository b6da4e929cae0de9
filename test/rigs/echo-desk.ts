import { chmodSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../scripts/places.ts';
import { preparedDesk } from '../../scripts/prepare.ts';
import { type Desk, type LaunchOptions, launchDesk } from './electron.ts';

const fixtures = join(import.meta.dirname, 'fixtures');

/** The desk's real main and preload around a counter, a portal and a page of no features. */
const makeEchoApp = async (): Promise<string> => {
  // Builds main and preload when they are not up to date.
  await preparedDesk();
  const folder = mkdtempSync(join(tmpdir(), 'virtuos-echo-'));
  chmodSync(folder, 0o755);
  for (const part of ['package.json', 'dist/main', 'dist/preload'])
    cpSync(join(projectRoot, part), join(folder, part), { recursive: true });
  for (const [from, to] of [
    ['echo-counter.mjs', 'counter/process.js'],
    ['echo-examiner.mjs', 'examiner/examiner.js'],
    ['echo-portal.mjs', 'portal/server.js'],
    ['echo-page.html', 'renderer/index.html'],
    ['echo-page.js', 'renderer/echo-page.js'],
  ] as const)
    cpSync(join(fixtures, from), join(folder, 'dist', to));
  return folder;
};

export const launchEchoDesk = async (options: LaunchOptions = {}): Promise<Desk & { appFolder: string }> => {
  const appFolder = await makeEchoApp();
  const remove = () => rmSync(appFolder, { recursive: true, force: true });
  const desk = await launchDesk({ ...options, appFolder }).catch((error: unknown) => {
    remove();
    throw error;
  });
  return { ...desk, appFolder, close: () => desk.close().finally(remove) };
};
