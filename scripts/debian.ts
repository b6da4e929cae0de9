import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import groupsFile from './debian-packages.json' with { type: 'json' };
import { StepFailure } from './steps.mjs';

export type DebianGroup = keyof typeof groupsFile;
type Entry = string | { package: string; providedAs: string };

const run = promisify(execFile);

// dpkg-query's own placeholders.
const fields = ['db:Status-Abbrev', 'Package', 'Provides'].map((name) => `\${${name}}`);

/** Names of everything installed here, with what it provides (`libgtk-3-0t64` provides `libgtk-3-0`). */
const installedNames = (): Set<string> | undefined => {
  const query = spawnSync('dpkg-query', ['-W', `-f=${fields.join('\\t')}\\n`], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (query.status !== 0) return undefined;
  const names = new Set<string>();
  for (const line of query.stdout.split('\n')) {
    const [status, name, provides] = line.split('\t');
    if (!status?.startsWith('ii') || !name) continue;
    names.add(name);
    for (const provided of provides?.split(',') ?? []) {
      const bare = provided.trim().split(' ')[0];
      if (bare) names.add(bare);
    }
  }
  return names;
};

/** Debian packages of the groups that are not installed; empty where there is no dpkg to ask. */
export const missingDebianPackages = (groups: readonly DebianGroup[]): string[] => {
  const names = installedNames();
  if (!names) return [];
  const missing = new Set<string>();
  for (const group of groups) {
    const entries: readonly Entry[] = groupsFile[group].packages;
    for (const entry of entries) {
      const wanted = typeof entry === 'string' ? { package: entry, providedAs: entry } : entry;
      if (!names.has(wanted.providedAs) && !names.has(wanted.package)) missing.add(wanted.package);
    }
  }
  return [...missing];
};

const command = (packages: readonly string[]) =>
  `apt-get install --yes --no-install-recommends ${packages.join(' ')}`;

const install = async (packages: readonly string[]): Promise<void> => {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = ['-o', 'DPkg::Lock::Timeout=300'];
  try {
    await run('apt-get', [...options, 'update'], { env, maxBuffer: 64 * 1024 * 1024 });
    await run('apt-get', [...options, ...command(packages).split(' ').slice(1)], {
      env,
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch (error) {
    const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new StepFailure(`${command(packages)}\n${stderr}`);
  }
};

/**
 * Makes sure that the groups' Debian packages are here: installs the missing ones as root, otherwise stops with the one
 * command to run. What is missing of the `optional` groups stops nobody: it is installed as root, or only named.
 */
export const ensureDebianPackages = async (
  required: readonly DebianGroup[],
  optional: readonly DebianGroup[],
  say: (detail: string) => void,
): Promise<void> => {
  const needed = missingDebianPackages(required);
  const useful = missingDebianPackages(optional).filter((name) => !needed.includes(name));
  if (needed.length + useful.length === 0) return say('all there');
  if (process.getuid?.() === 0) {
    await install([...needed, ...useful]);
    return say(`installed ${[...needed, ...useful].join(' ')}`);
  }
  const hint = `sudo apt-get update && sudo ${command([...needed, ...useful])}`;
  if (needed.length > 0)
    throw new StepFailure(`missing: ${needed.join(' ')}. Run this once, then again:\n  ${hint}`);
  say(`all needed are there; for every device also run: ${hint}`);
};
