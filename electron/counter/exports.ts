import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { ExportView } from '../contract/day-log.ts';
import type { ContractFailure } from '../contract/shared.ts';
import { failureOf, StoreError } from '../store/failures.ts';
import { syncFolderLater } from '../store/files.ts';
import type { Desk } from './desk.ts';
import { aside } from './log.ts';

/** A piece of a file, and how many of its rows are in it and in what came before. */
export type Piece = { bytes: Uint8Array; done: number };

export type FileToWrite = {
  exportId: string;
  /** Where the person said; the file is there whole or not at all. */
  path: string;
  /** How many rows it will have, for the progress. */
  total: number;
  /** Made while it is written. Throws a StoreError or an ExportError for what a person must hear about. */
  content: (signal: AbortSignal) => AsyncIterable<Piece> | Iterable<Piece>;
  /** Told when it lies there whole. */
  onDone?: () => void;
  /** Told when it ended otherwise than whole. */
  onFailed: (failure: ContractFailure | null) => void;
};

/**
 * Writes files where a person chose, one at a time, beside the calls: slowly enough that the counter hears everything
 * meanwhile. Nothing of an unfinished file stays.
 */
export function createExports(desk: Pick<Desk, 'emit' | 'log'>) {
  let view: ExportView | null = null;
  let running: { work: Promise<void>; stop: AbortController } | null = null;

  function tell(change: Partial<ExportView>): void {
    if (view === null) return;
    view = { ...view, ...change };
    desk.emit('export-changed', view);
  }

  function start(file: FileToWrite): ExportView {
    if (running !== null) throw new Error('An export is running already.');
    const stop = new AbortController();
    view = {
      exportId: file.exportId,
      fileName: basename(file.path),
      state: 'running',
      done: 0,
      total: file.total,
      failure: null,
    };
    const work = write(file, stop.signal).finally(() => {
      running = null;
    });
    running = { work, stop };
    aside(desk.log, 'export', work);
    return view;
  }

  async function write(file: FileToWrite, signal: AbortSignal): Promise<void> {
    const part = `${file.path}.part`;
    try {
      const handle = await open(part, 'w', 0o600);
      try {
        for await (const { bytes, done } of file.content(signal)) {
          signal.throwIfAborted();
          await handle.writeFile(bytes);
          tell({ done });
        }
        await handle.sync();
      } finally {
        await handle.close();
      }
      signal.throwIfAborted();
      await rename(part, file.path);
      await syncFolderLater(dirname(file.path));
      file.onDone?.();
      tell({ state: 'done', done: file.total });
    } catch (thrown) {
      await rm(part, { force: true }).catch(() => {});
      const failure = signal.aborted ? null : reasonOf(thrown, dirname(file.path));
      file.onFailed(failure);
      tell({ state: signal.aborted ? 'cancelled' : 'failed', failure: failure && { code: failure.code } });
      if (failure?.code === 'export.failed') throw thrown;
    }
  }

  return {
    start,
    view: (): ExportView | null => view,
    isRunning: (): boolean => running !== null,
    /** Ends it and removes what was written; the view when it is this one. */
    async cancel(exportId: string): Promise<ExportView | null> {
      if (view?.exportId !== exportId) return null;
      running?.stop.abort();
      await running?.work.catch(() => {});
      return view;
    },
    async stop(): Promise<void> {
      running?.stop.abort();
      await running?.work.catch(() => {});
    },
  };
}

/** Why the content of a file could not be made, on its way to the person. */
export class ExportError extends Error {
  readonly failure: ContractFailure;

  constructor(failure: ContractFailure) {
    super(failure.code);
    this.failure = failure;
  }
}

export type Exports = ReturnType<typeof createExports>;

/** The sentence of what went wrong with a file elsewhere than in the store. */
function reasonOf(thrown: unknown, folder: string): ContractFailure {
  if (thrown instanceof StoreError || thrown instanceof ExportError) return thrown.failure;
  switch (failureOf(thrown, folder)?.code) {
    case 'store.no-space':
      return { code: 'export.no-space' };
    case 'store.no-access':
      return { code: 'export.no-access' };
    case 'store.io':
      return { code: 'export.io' };
    default:
      return { code: 'export.failed' };
  }
}
