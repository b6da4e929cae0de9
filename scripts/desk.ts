import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { sourcesHash } from './built.ts';
import type { Display } from './display.ts';
import type { ElectronRuntime } from './electron-runtime.ts';
import { hashOfFiles } from './hash.ts';
import { cacheFolder, preparationFolder, projectRoot, runningAsRoot, unprivileged } from './places.ts';

/** Everything that is needed to start the desk. */
export type PreparedDesk = {
  runtime: ElectronRuntime;
  /** VIRTUOS_SQLITE_BINDING, when the shipped database module does not fit the runtime. */
  binding: string | undefined;
  display: Display;
};

/** How a program is run: what Playwright and spawn both take. */
export type DeskCommand = { executable: string; args: string[]; env: Record<string, string> };

const electronUserCanRead = (path: string): boolean =>
  !runningAsRoot ||
  spawnSync('setpriv', [
    `--reuid=${unprivileged.uid}`,
    `--regid=${unprivileged.gid}`,
    '--clear-groups',
    'test',
    '-r',
    path,
  ]).status === 0;

/** Copies `parts` of a folder into the cache, whole or not at all, for the user that Electron runs as. */
const copyToCache = (from: string, parts: readonly string[], name: string): string => {
  const target = join(cacheFolder(), name);
  if (existsSync(target)) return target;
  const work = preparationFolder(target);
  mkdirSync(work);
  for (const part of parts) {
    mkdirSync(dirname(join(work, part)), { recursive: true });
    cpSync(join(from, part), join(work, part), { recursive: true });
  }
  spawnSync('chmod', ['-R', 'a+rX', work]);
  renameSync(work, target);
  return target;
};

/** Folders of the packages that the bundles load at run time, as the lock file lists them. */
const productionPackages = (): string[] => {
  const lock: { packages: Record<string, { dev?: boolean; devOptional?: boolean }> } = JSON.parse(
    readFileSync(join(projectRoot, 'package-lock.json'), 'utf8'),
  );
  return Object.entries(lock.packages)
    .filter(([path, entry]) => path !== '' && !entry.dev && !entry.devOptional)
    .map(([path]) => path)
    .filter((path) => existsSync(join(projectRoot, path)));
};

/** The built application's folder as the user Electron runs as can read it: the checkout, or a copy of what it needs. */
export const readableApp = (say: (detail: string) => void = () => {}): string => {
  if (electronUserCanRead(join(projectRoot, 'dist', 'main', 'main.js'))) return projectRoot;
  const content = createHash('sha256')
    .update(sourcesHash())
    .update(hashOfFiles(['resources/**/*']));
  const name = `app-${content.digest('hex').slice(0, 12)}`;
  say(`nobody may not read ${projectRoot}: the built application is copied to ${join(cacheFolder(), name)}`);
  return copyToCache(projectRoot, ['package.json', 'dist', 'resources', ...productionPackages()], name);
};

const readableExecutable = ({ folder, executable, version }: ElectronRuntime): string =>
  electronUserCanRead(executable)
    ? executable
    : join(copyToCache(folder, ['.'], `electron-${version}-copy`), relative(folder, executable));

/**
 * The command that runs an app folder in the prepared Electron, as nobody when the caller is root.
 * @param home folder for what Electron keeps besides the desk's data; the user Electron runs as must own it
 * @param env what the desk's own environment adds or changes
 */
export const deskCommand = (
  desk: PreparedDesk,
  appFolder: string,
  home: string,
  env: Readonly<Record<string, string | undefined>>,
): DeskCommand => {
  const executable = readableExecutable(desk.runtime);
  const merged: Record<string, string | undefined> = {
    ...process.env,
    ...desk.display.env,
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_CACHE_HOME: join(home, '.cache'),
    XDG_RUNTIME_DIR: runningAsRoot ? undefined : process.env['XDG_RUNTIME_DIR'],
    VIRTUOS_SQLITE_BINDING: desk.binding,
    ...(runningAsRoot ? { VIRTUOS_ELECTRON: executable } : {}),
    // Set by whoever runs Electron as Node; the desk must never inherit it.
    ELECTRON_RUN_AS_NODE: undefined,
    ...env,
  };
  return {
    executable: runningAsRoot ? join(projectRoot, 'scripts', 'electron-unprivileged.sh') : executable,
    args: [appFolder],
    env: Object.fromEntries(
      Object.entries(merged).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
  };
};

/** Name of the runtime for the line that says which is used. */
export const runtimeLine = (runtime: ElectronRuntime): string => {
  const origin = {
    given: `at ${basename(runtime.folder)}`,
    'electron-package': 'of the electron package',
    'npm-registry': 'from the npm registry',
  }[runtime.source];
  return `Electron ${runtime.version} ${origin}: ${runtime.why}`;
};
