import { Worker } from 'node:worker_threads';
import { err } from '../values/result.ts';
import { type DocumentFailureCode, failure } from './failures.ts';
import { type JobName, type Jobs, postGivingAway } from './jobs.ts';
import type { WorkerSettings } from './worker.ts';

export type CallOptions = {
  signal?: AbortSignal;
  /** The caller hands its buffers over instead of having them copied, and can no longer read them. */
  giveAway?: boolean;
};

export type Incident = { job: JobName; code: DocumentFailureCode; error?: unknown };

export type PoolSettings = {
  /** The worker's module: its source under plain Node, its bundle in the application. */
  workerUrl: URL;
  size: number;
  /** Folder with the shipped fonts. */
  fontsFolder: string;
  /** Longest time for a task in milliseconds, the worker's start included. */
  timeLimitMs?: Partial<Record<JobName, number>>;
  /** How much more memory the process may take while a file is inspected, in MiB. */
  inspectionMemoryMib?: number;
  /** Told of every crash, time-out and overrun, for the log. Never holds content. */
  onIncident?: (incident: Incident) => void;
};

type Call<Name extends JobName> = (
  input: Jobs[Name]['input'],
  options?: CallOptions,
) => Promise<Jobs[Name]['output']>;

export type DocumentPool = { [Name in JobName]: Call<Name> } & { close(): Promise<void> };

const TIME_LIMIT_MS: Record<JobName, number> = {
  renderDocument: 30_000,
  encodePage: 30_000,
  bindPages: 60_000,
  pagesToPdf: 300_000,
  joinDocuments: 60_000,
  thumbnail: 30_000,
  preparePage: 30_000,
  pdfPage: 20_000,
  inspectFile: 20_000,
  readZone: 15_000,
  readCodes: 15_000,
  readText: 120_000,
  turnOf: 60_000,
  readAuthorities: 300_000,
  summariseAuthorities: 60_000,
  newestRevocations: 60_000,
  prepareSignature: 60_000,
  addValidationMaterial: 60_000,
};
/** What reads bytes of others: their memory is watched. */
const WATCHED: ReadonlySet<JobName> = new Set([
  'inspectFile',
  'pdfPage',
  'readZone',
  'readCodes',
  'readText',
  'turnOf',
]);
/** What takes seconds, and nobody waits for it or one person once in months: it has a worker of its own, and none of the others'. */
const PATIENT: ReadonlySet<JobName> = new Set(['readText', 'turnOf', 'readAuthorities']);
/** An idle worker that reads text is ended then: it holds 200 MiB. */
const PATIENT_LINGERS_MS = 10_000;
const INSPECTION_MEMORY_MIB = 512;
/** As much as an inspection may take: what could not be inspected is not worked on either. */
const HEAP_MIB = INSPECTION_MEMORY_MIB;
/** For objects that have not lasted yet. Left to itself it takes four times that, and no document is made the sooner for it. */
const YOUNG_HEAP_MIB = 12;

type Slot = { worker: Worker; busy: boolean; lingering: NodeJS.Timeout | undefined };
type Waiting = { start(slot: Slot): void };
/** Workers and what waits for them. */
type Lane = { isPatient: boolean; size: number; slots: Slot[]; queue: Waiting[] };

/**
 * Runs document work on worker threads: renders, binds scans, makes thumbnails, inspects files, readies files for
 * signatures; reads text, in a worker beside the others. Tasks wait in order for a free worker. A task ends with its result, or with `documents.timed-out`, `documents.cancelled`,
 * `documents.worker-crashed` or `documents.stopped`; its worker is then ended and replaced, so nothing a file does
 * can hang the counter. An inspection that runs out of time or memory is told as `file.damaged`: the file is at fault.
 */
export function createDocumentPool(settings: PoolSettings): DocumentPool {
  const usual: Lane = { isPatient: false, size: settings.size, slots: [], queue: [] };
  const patient: Lane = { isPatient: true, size: 1, slots: [], queue: [] };
  const unfinished = new Set<(code: DocumentFailureCode) => void>();
  let closed = false;

  function spawn(lane: Lane): Slot {
    const workerData: WorkerSettings = { fontsFolder: settings.fontsFolder, isPatient: lane.isPatient };
    const worker = new Worker(settings.workerUrl, {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB, maxYoungGenerationSizeMb: YOUNG_HEAP_MIB },
    });
    const slot: Slot = { worker, busy: false, lingering: undefined };
    // An idle worker that dies is only forgotten; the next task starts a new one. A busy one is its task's matter.
    worker.on('error', () => remove(lane, slot));
    worker.on('exit', () => remove(lane, slot));
    worker.unref();
    lane.slots.push(slot);
    return slot;
  }

  function remove({ slots }: Lane, slot: Slot): void {
    const at = slots.indexOf(slot);
    if (at >= 0) slots.splice(at, 1);
  }

  function dispatch(lane: Lane): void {
    const { slots, queue, size } = lane;
    while (queue.length > 0 && !closed) {
      const slot = slots.find(({ busy }) => !busy) ?? (slots.length < size ? spawn(lane) : undefined);
      if (slot === undefined) return;
      queue.shift()?.start(slot);
    }
  }

  function rest(lane: Lane, slot: Slot): void {
    slot.busy = false;
    slot.worker.unref();
    if (!lane.isPatient) return;
    slot.lingering = setTimeout(() => {
      remove(lane, slot);
      void slot.worker.terminate();
    }, PATIENT_LINGERS_MS).unref();
  }

  function run<Name extends JobName>(
    job: Name,
    input: Jobs[Name]['input'],
    failed: (code: DocumentFailureCode) => Jobs[Name]['output'],
    { signal, giveAway = false }: CallOptions = {},
  ): Promise<Jobs[Name]['output']> {
    const lane = PATIENT.has(job) ? patient : usual;
    return new Promise((settle) => {
      const resolve = (output: Jobs[Name]['output']) => {
        unfinished.delete(give);
        settle(output);
      };
      const give = (code: DocumentFailureCode) => stop(code);
      unfinished.add(give);
      if (closed) return resolve(failed('documents.stopped'));
      if (signal?.aborted === true) return resolve(failed('documents.cancelled'));
      let stop = (code: DocumentFailureCode, _error?: unknown): void => {
        const at = lane.queue.indexOf(waiting);
        if (at >= 0) lane.queue.splice(at, 1);
        signal?.removeEventListener('abort', cancel);
        resolve(failed(code));
      };
      const cancel = () => stop('documents.cancelled');
      const start = (slot: Slot) => {
        slot.busy = true;
        clearTimeout(slot.lingering);
        slot.worker.ref();
        const end = () => {
          clearTimeout(timer);
          clearInterval(watch);
          signal?.removeEventListener('abort', cancel);
          slot.worker.off('message', received).off('error', crashed).off('exit', crashed);
        };
        const received = (output: Jobs[Name]['output']) => {
          end();
          rest(lane, slot);
          resolve(output);
          dispatch(lane);
        };
        stop = (code, error?: unknown) => {
          end();
          remove(lane, slot);
          void slot.worker.terminate();
          if (code !== 'documents.cancelled' && code !== 'documents.stopped') {
            settings.onIncident?.({ job, code, ...(error === undefined ? {} : { error }) });
          }
          resolve(failed(code));
          dispatch(lane);
        };
        const crashed = (error: unknown) => stop('documents.worker-crashed', error);
        const limit = settings.timeLimitMs?.[job] ?? TIME_LIMIT_MS[job];
        const timer = setTimeout(() => stop('documents.timed-out'), limit);
        const watch = WATCHED.has(job) ? watchMemory(() => stop('documents.timed-out')) : undefined;
        slot.worker.on('message', received).on('error', crashed).on('exit', crashed);
        if (giveAway) postGivingAway(slot.worker, { job, input });
        else slot.worker.postMessage({ job, input });
      };
      const waiting: Waiting = { start };
      signal?.addEventListener('abort', cancel, { once: true });
      lane.queue.push(waiting);
      dispatch(lane);
    });
  }

  /** The heap limit of a worker does not count its buffers, and a few kilobytes can unpack into gigabytes of them. */
  function watchMemory(overrun: () => void): NodeJS.Timeout {
    const ceiling =
      process.memoryUsage.rss() + (settings.inspectionMemoryMib ?? INSPECTION_MEMORY_MIB) * 1024 * 1024;
    return setInterval(() => {
      if (process.memoryUsage.rss() > ceiling) overrun();
    }, 25);
  }

  const plain = (code: DocumentFailureCode) => err(failure(code));
  const fileAtFault = (code: DocumentFailureCode) =>
    code === 'documents.timed-out' || code === 'documents.worker-crashed'
      ? err(failure('file.damaged'))
      : plain(code);

  return {
    renderDocument: (input, options) => run('renderDocument', input, plain, options),
    pagesToPdf: (input, options) => run('pagesToPdf', input, plain, options),
    joinDocuments: (input, options) => run('joinDocuments', input, plain, options),
    thumbnail: (input, options) => run('thumbnail', input, plain, options),
    encodePage: (input, options) => run('encodePage', input, plain, options),
    bindPages: (input, options) => run('bindPages', input, plain, options),
    preparePage: (input, options) => run('preparePage', input, plain, options),
    pdfPage: (input, options) => run('pdfPage', input, fileAtFault, options),
    inspectFile: (input, options) => run('inspectFile', input, fileAtFault, options),
    readZone: (input, options) => run('readZone', input, fileAtFault, options),
    readCodes: (input, options) => run('readCodes', input, fileAtFault, options),
    readText: (input, options) => run('readText', input, plain, options),
    turnOf: (input, options) => run('turnOf', input, plain, options),
    readAuthorities: (input, options) => run('readAuthorities', input, plain, options),
    summariseAuthorities: (input, options) => run('summariseAuthorities', input, plain, options),
    newestRevocations: (input, options) => run('newestRevocations', input, plain, options),
    prepareSignature: (input, options) => run('prepareSignature', input, plain, options),
    addValidationMaterial: (input, options) => run('addValidationMaterial', input, plain, options),
    async close() {
      closed = true;
      const workers = [usual, patient].flatMap(({ queue, slots }) => {
        queue.length = 0;
        for (const { lingering } of slots) clearTimeout(lingering);
        return slots.map(({ worker }) => worker);
      });
      for (const stop of [...unfinished]) stop('documents.stopped');
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
