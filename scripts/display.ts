import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { giveToElectronUser, makeElectronUserFolder, runningAsRoot } from './places.ts';
import { StepFailure } from './steps.mjs';

export type Display = {
  /** What Electron's environment must say to find it. */
  env: Record<string, string>;
  virtual: boolean;
  /** One sentence for the person at the terminal. */
  what: string;
  stop(): void;
};

/** An Xauthority file with one cookie for every display (family 65535 is "wild"), so that no xauth is needed. */
const cookieFile = (): Buffer => {
  const counted = (bytes: Buffer | string) => {
    const content = Buffer.from(bytes);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(content.length);
    return Buffer.concat([length, content]);
  };
  const family = Buffer.from([0xff, 0xff]);
  return Buffer.concat([
    family,
    counted(''),
    counted(''),
    counted('MIT-MAGIC-COOKIE-1'),
    counted(randomBytes(16)),
  ]);
};

const firstLine = (stream: Readable, child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    const limit = setTimeout(() => reject(new StepFailure('Xvfb gave no display within 15 s')), 15_000);
    const settle = (act: () => void) => {
      clearTimeout(limit);
      act();
    };
    child.once('error', (error) => settle(() => reject(new StepFailure(`Xvfb: ${error.message}`))));
    child.once('exit', (code) => settle(() => reject(new StepFailure(`Xvfb ended with ${code}`))));
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (text.includes('\n')) settle(() => resolve(text.trim()));
    });
  });

const startXvfb = async (size: { width: number; height: number }): Promise<Display> => {
  const folder = makeElectronUserFolder(mkdtempSync(join(tmpdir(), 'virtuos-display-')));
  const authority = join(folder, 'Xauthority');
  writeFileSync(authority, cookieFile(), { mode: 0o600 });
  giveToElectronUser(authority);
  const screen = `${size.width}x${size.height}x24`;
  const server = spawn(
    'Xvfb',
    ['-displayfd', '3', '-screen', '0', screen, '-nolisten', 'tcp', '-auth', authority],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] },
  );
  const stop = () => {
    process.off('exit', stop);
    server.kill('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', stop);
  try {
    const answer = server.stdio[3];
    if (!(answer instanceof Readable)) throw new Error('Xvfb was started without a pipe for its answer');
    const number = await firstLine(answer, server);
    answer.destroy();
    server.unref();
    return {
      env: { DISPLAY: `:${number}`, XAUTHORITY: authority },
      virtual: true,
      what: `no display here: the window is on the virtual screen :${number} (Xvfb, ${screen})`,
      stop,
    };
  } catch (error) {
    stop();
    throw error;
  }
};

/** The caller's display as Electron's user can use it: root's cookie is copied for nobody. */
const ownDisplay = (name: string): Display => {
  const source = process.env['XAUTHORITY'] ?? join(homedir(), '.Xauthority');
  if (!runningAsRoot || !existsSync(source)) return { env: {}, virtual: false, what: name, stop: () => {} };
  const folder = makeElectronUserFolder(mkdtempSync(join(tmpdir(), 'virtuos-display-')));
  const authority = join(folder, 'Xauthority');
  copyFileSync(source, authority);
  giveToElectronUser(authority);
  const stop = () => {
    process.off('exit', stop);
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', stop);
  return { env: { XAUTHORITY: authority }, virtual: false, what: name, stop };
};

/** The display in the environment, or a virtual screen of its own when there is none. */
export const openDisplay = async (size = { width: 1400, height: 900 }): Promise<Display> => {
  const name = process.env['WAYLAND_DISPLAY'] ?? process.env['DISPLAY'];
  return name || process.platform !== 'linux' ? ownDisplay(name ?? process.platform) : startXvfb(size);
};
