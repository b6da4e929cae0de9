import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';

/** Waits until `condition` gives something other than undefined or false; throws with `what` when it takes too long. */
export const until = async <T>(
  what: string,
  condition: () => T | undefined | false | Promise<T | undefined | false>,
  deadlineMs = 45_000,
): Promise<T> => {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const value = await condition();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > end) throw new Error(`${what} did not come within ${deadlineMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

/** The program's path; system daemons lie in folders that an ordinary user's PATH lacks. */
export const findProgram = (name: string): string | undefined =>
  [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/bin']
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });

/** Which Debian package has a program the rigs use. */
export const debianPackages = {
  socat: 'socat',
  scanimage: 'sane-utils',
  'airscan-discover': 'sane-airscan',
  ippeveprinter: 'cups-ipp-utils',
  'dbus-daemon': 'dbus-daemon',
  'avahi-daemon': 'avahi-daemon',
  cupsd: 'cups-daemon',
  lpadmin: 'cups-client',
  lpstat: 'cups-client',
  'umockdev-wrapper': 'umockdev',
} as const;

export type RigProgram = keyof typeof debianPackages;

export const missingPrograms = (names: readonly RigProgram[]): RigProgram[] =>
  names.filter((name) => findProgram(name) === undefined);

export const requireProgram = (name: RigProgram): string => {
  const path = findProgram(name);
  if (path === undefined) throw new Error(`${name} is missing; Debian package: ${debianPackages[name]}`);
  return path;
};

/** A port that was free a moment ago; whoever binds it must be ready to try another. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address && typeof address === 'object') resolve(address.port);
        else reject(new Error('no port'));
      });
    });
  });

export type RigProcess = { child: ChildProcess; output(): string; exited(): boolean; stop(): Promise<void> };

const running = new Set<ChildProcess>();

const signalGroup = (child: ChildProcess, signal: NodeJS.Signals) => {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Already gone.
  }
};

// A test run that is killed or throws must not leave daemons behind.
process.once('exit', () => {
  for (const child of running) signalGroup(child, 'SIGKILL');
});

/** Starts a peer; its last words are kept for the message when something fails. */
export const startProcess = (
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): RigProcess => {
  // A group of its own: what the peer started itself (a job's command) ends with it.
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  running.add(child);
  let text = '';
  let gone = false;
  const keep = (part: Buffer) => {
    text = (text + part.toString('utf8')).slice(-16_384);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      gone = true;
      running.delete(child);
      resolve();
    };
    child.once('close', end);
    child.once('error', (error) => {
      text += String(error);
      end();
    });
  });
  return {
    child,
    output: () => text,
    exited: () => gone,
    stop: async () => {
      if (gone) return;
      signalGroup(child, 'SIGTERM');
      // A stopped (SIGSTOP) process takes nothing but SIGKILL.
      const force = setTimeout(() => signalGroup(child, 'SIGKILL'), 1_000);
      await ended;
      clearTimeout(force);
    },
  };
};
