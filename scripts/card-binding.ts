import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, cp, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { headersFolder } from './native-binding.ts';
import { cacheFolder, preparationFolder, projectRoot } from './places.ts';

const run = promisify(execFile);
const packageFolder = join(projectRoot, 'node_modules', 'smartcard');
/** Where the package itself looks for its module. */
const place = join(packageFolder, 'build', 'Release', 'smartcard_napi.node');

const compile = async (target: string): Promise<void> => {
  const work = preparationFolder(target);
  try {
    await cp(packageFolder, work, { recursive: true, dereference: true });
    const nodeGyp = join(projectRoot, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js');
    const args = ['rebuild', '--release', `--nodedir=${await headersFolder(work)}`, '-j', 'max'];
    await run(process.execPath, [nodeGyp, ...args], { cwd: work, maxBuffer: 64 * 1024 * 1024 });
    await rename(join(work, 'build', 'Release', 'smartcard_napi.node'), target);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
};

/**
 * The module that talks to card readers (PC/SC), for which its package brings no ready file. It uses Node-API only, so one fits every
 * runtime; compiled once and cached. A desk without it works and says that it reads no chips.
 */
export const prepareCardBinding = async (say: (detail: string) => void): Promise<void> => {
  if (existsSync(place)) return say('there already');
  const { name, version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));
  const cached = join(cacheFolder(), `${name}-${version}-${process.platform}-${process.arch}.node`);
  const isNew = !existsSync(cached);
  if (isNew && process.platform === 'linux' && !existsSync('/usr/include/PCSC/winscard.h'))
    return say('not compiled: libpcsclite-dev is missing, so chips of documents cannot be read');
  if (isNew)
    try {
      await compile(cached);
    } catch {
      return say('cannot be compiled here, so chips of documents cannot be read');
    }
  await mkdir(dirname(place), { recursive: true });
  await copyFile(cached, place);
  say(isNew ? 'compiled' : 'compiled before');
};
