import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type ElectronRuntime, nodeApiVersion } from './electron-runtime.ts';
import { cacheFolder, preparationFolder, projectRoot } from './places.ts';
import { StepFailure } from './steps.mjs';

const run = promisify(execFile);
const packageFolder = join(projectRoot, 'node_modules', 'better-sqlite3');

/** The Node-API version the shipped database module asks for; in an older runtime loading it ends the process. */
const wantedNodeApi = 10;

const cached = (runtime: { version: string }) => {
  const { name, version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));
  return join(cacheFolder(), `${name}-${version}-electron-${runtime.version}-${process.arch}.node`);
};

/** Whether the module must still be compiled for this runtime, so that the compiler is asked for in time. */
export const mustCompileBinding = (version: string): boolean =>
  Number(version.split('.')[0]) < 35 && !existsSync(cached({ version }));

/** Folder with include/node of any Node from 20 on: the module uses Node-API only, which is the same in all. */
export const headersFolder = async (work: string): Promise<string> => {
  const has = (prefix: string) => existsSync(join(prefix, 'include', 'node', 'node_api.h'));
  const besideNode = join(
    projectRoot,
    'node_modules',
    'node',
    'node_modules',
    `node-${process.platform}-${process.arch}`,
  );
  if (has(besideNode)) return besideNode;
  const version = process.versions.node;
  const { stdout } = await run(
    'npm',
    ['pack', '--json', `node-${process.platform}-${process.arch}@${version}`],
    {
      cwd: work,
    },
  );
  await run('tar', ['-xzf', JSON.parse(stdout)[0].filename, 'package/include'], { cwd: work });
  return join(work, 'package');
};

const compile = async (target: string): Promise<void> => {
  const work = preparationFolder(target);
  try {
    await cp(packageFolder, work, { recursive: true, dereference: true });
    await symlink(join(projectRoot, 'node_modules'), join(work, 'node_modules'));
    const gyp = join(work, 'binding.gyp');
    const before = await readFile(gyp, 'utf8');
    // Asks the runtime for no fixed Node-API version; what the module uses of version 10 was experimental before.
    const after = before.replace(
      "'NAPI_VERSION=10'",
      "'NAPI_EXPERIMENTAL', 'NODE_API_EXPERIMENTAL_NOGC_ENV_OPT_OUT'",
    );
    if (after === before)
      throw new StepFailure('binding.gyp of the database module has changed: look at this recipe');
    await writeFile(gyp, after);
    const headers = await headersFolder(work);
    const nodeGyp = join(projectRoot, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js');
    const args = ['rebuild', '--release', '--force_build=1', `--nodedir=${headers}`, '-j', 'max'];
    await run(process.execPath, [nodeGyp, ...args], { cwd: work, maxBuffer: 64 * 1024 * 1024 });
    await rename(join(work, 'build', 'Release', 'better_sqlite3.node'), target);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
};

/**
 * The database module's file that this runtime can load, as VIRTUOS_SQLITE_BINDING takes it; undefined when the one
 * shipped in the package will do. Compiled once for an older runtime and cached.
 */
export const prepareBinding = async (
  runtime: ElectronRuntime,
  say: (detail: string) => void,
): Promise<string | undefined> => {
  if ((await nodeApiVersion(runtime)) >= wantedNodeApi) {
    say('the shipped module fits');
    return undefined;
  }
  const target = cached(runtime);
  if (existsSync(target)) {
    say(`compiled before for Electron ${runtime.version}`);
    return target;
  }
  await compile(target);
  say(`compiled for Electron ${runtime.version}`);
  return target;
};
