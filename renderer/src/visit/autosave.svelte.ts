import type { Failure } from '../../../electron/values/result.ts';

const PAUSE_MS = 500;

export type Autosave = {
  /** Instant of the last time everything was kept; null before the first. */
  readonly savedAt: string | null;
  readonly failure: Failure | null;
  /** Something changed: keep it once the typing pauses. */
  later(): void;
  /** Keep what waits, without waiting for the pause. */
  now(): void;
  /** Resolves when nothing is on its way; what only waited is given up, because the caller sends it itself. */
  settle(): Promise<void>;
};

/** Keeps what is typed by itself: one save at a time, and another one after it when something changed meanwhile. */
export function createAutosave(save: () => Promise<Failure | null>): Autosave {
  let savedAt = $state<string | null>(null);
  let failure = $state.raw<Failure | null>(null);
  let timer: ReturnType<typeof setTimeout> | null = null;
  let running: Promise<void> | null = null;
  let again = false;

  const stopWaiting = (): boolean => {
    if (timer === null) return false;
    clearTimeout(timer);
    timer = null;
    return true;
  };
  const run = async (): Promise<void> => {
    do {
      again = false;
      failure = await save();
      if (failure === null) savedAt = new Date().toISOString();
    } while (again);
    running = null;
  };
  const start = (): void => {
    if (running === null) running = run();
    else again = true;
  };
  return {
    get savedAt() {
      return savedAt;
    },
    get failure() {
      return failure;
    },
    later() {
      stopWaiting();
      timer = setTimeout(() => {
        timer = null;
        start();
      }, PAUSE_MS);
    },
    now() {
      if (stopWaiting()) start();
    },
    async settle() {
      stopWaiting();
      again = false;
      await running;
    },
  };
}
