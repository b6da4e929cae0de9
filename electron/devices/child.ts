import { spawn as systemSpawn } from 'node:child_process';
import type { Timers } from './timers.ts';

export type Spawn = typeof systemSpawn;

export type ChildEnd =
  | { ended: 'exit'; exitCode: number | null; stdout: string; stderr: string }
  | { ended: 'tool-missing' }
  | { ended: 'aborted' }
  | { ended: 'time-out' };

export type ChildOptions = {
  env: NodeJS.ProcessEnv;
  timers: Timers;
  spawn?: Spawn;
  signal?: AbortSignal;
  /** The most silence, in milliseconds: a child that says nothing for so long is stopped. */
  silenceLimitMs: number;
  /** Aborted when the child has said its last word; it then has a moment to leave by itself, and counts as well ended. */
  saidAll?: AbortSignal;
  onStdout?(text: string): void;
  onStderr?(text: string): void;
};

/** The most text kept of each stream; a device tool that talks on and on must not fill the memory. */
const keptText = 256 * 1024;
/** Between asking the child to stop (it lets the device go) and making it. */
const graceMs = 3_000;

/**
 * Runs a device tool to its end. It is asked to stop by SIGINT, which scanimage takes as "cancel and release the
 * device", and killed when it does not. The outcome comes only when the child is gone.
 */
export const runChild = (
  command: string,
  args: readonly string[],
  options: ChildOptions,
): Promise<ChildEnd> =>
  new Promise((resolve) => {
    if (options.signal?.aborted) {
      resolve({ ended: 'aborted' });
      return;
    }
    const child = (options.spawn ?? systemSpawn)(command, args, {
      env: options.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    let stdout = '';
    let stderr = '';
    let why: 'aborted' | 'time-out' | undefined;
    let stopGrace = () => {};
    let stopSilence = () => {};
    const stop = (reason: 'aborted' | 'time-out') => {
      if (why !== undefined) return;
      why = reason;
      child.kill('SIGINT');
      stopGrace();
      stopGrace = options.timers.after(graceMs, () => child.kill('SIGKILL'));
    };
    const heard = () => {
      stopSilence();
      if (options.saidAll?.aborted) return;
      stopSilence = options.timers.after(options.silenceLimitMs, () => stop('time-out'));
    };
    const onAbort = () => stop('aborted');
    let dismissed = false;
    const onSaidAll = () => {
      if (why !== undefined) return;
      stopSilence();
      stopGrace = options.timers.after(graceMs, () => {
        dismissed = true;
        child.kill('SIGKILL');
      });
    };
    const end = (result: ChildEnd) => {
      stopGrace();
      stopSilence();
      options.signal?.removeEventListener('abort', onAbort);
      options.saidAll?.removeEventListener('abort', onSaidAll);
      resolve(result);
    };
    options.signal?.addEventListener('abort', onAbort, { once: true });
    options.saidAll?.addEventListener('abort', onSaidAll, { once: true });
    heard();
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      heard();
      if (stdout.length < keptText) stdout += text;
      options.onStdout?.(text);
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      heard();
      // The reason for the end is said last, after any number of progress lines.
      stderr = (stderr + text).slice(-keptText);
      options.onStderr?.(text);
    });
    // 'error' before a start means there is no such program (or it may not be run); 'close' does not follow then.
    child.on('error', () => {
      if (child.pid === undefined) end({ ended: 'tool-missing' });
    });
    child.on('close', (code) => {
      const exitCode = dismissed ? 0 : code;
      end(why === undefined ? { ended: 'exit', exitCode, stdout, stderr } : { ended: why });
    });
  });
