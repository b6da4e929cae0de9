import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { projectRoot } from '../../scripts/places.ts';

/** Starts a program of this folder and reads the one line of JSON it prints first. */
export async function startChild(
  file: string,
  ...args: string[]
): Promise<{ said: unknown; stop(): Promise<void> }> {
  const child: ChildProcess = spawn(process.execPath, [join(projectRoot, 'test', 'bench', file), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (!child.stdout) throw new Error(`${file} has no output`);
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${file} ended with ${code} before it said anything`);
  });
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), ended]);
  ended.catch(() => {});
  return {
    said: JSON.parse(String(line)),
    stop: async () => {
      if (child.exitCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    },
  };
}
