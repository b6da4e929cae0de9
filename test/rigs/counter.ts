import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallInput, CallName, CallOutput } from '../../electron/contract/index.ts';
import { calls } from '../../electron/contract/index.ts';
import { passwordsAt } from '../../electron/counter/clerks/password.ts';
import { type Counter, createCounter } from '../../electron/counter/counter.ts';
import type { DeviceSources } from '../../electron/counter/devices/watch.ts';
import type { Places } from '../../electron/counter/places.ts';
import type { RecoveryParts } from '../../electron/counter/recovery/parts.ts';
import { recoveryThread } from '../../electron/counter/recovery/thread.ts';
import { scannerPins } from '../../electron/counter/settings/scanner-pins.ts';
import { enrolled } from '../../electron/counter/settings/values.ts';
import type { ChipReader } from '../../electron/devices/chip/port.ts';
import { serialIdReader } from '../../electron/devices/id-reader/serial-reader.ts';
import { ippPrinter } from '../../electron/devices/printer/ipp-printer.ts';
import { scannerByAddress } from '../../electron/devices/scanner/by-address.ts';
import { esclScanner } from '../../electron/devices/scanner/escl/escl.ts';
import { scanimageScanner } from '../../electron/devices/scanner/scanimage.ts';
import { signingTokens } from '../../electron/devices/signing-token/tokens.ts';
import { systemTimers } from '../../electron/devices/timers.ts';
import { type CallOptions, createDocumentPool, type DocumentPool } from '../../electron/documents/pool.ts';
import { nodeExaminer } from '../../electron/documents/validation/node-examiner.ts';
import { createValidator } from '../../electron/documents/validation/validate.ts';
import { type DeskKeys, deskKeys } from '../../electron/journal/keys.ts';
import { openStore } from '../../electron/store/open.ts';
import { createSync } from '../../electron/sync/sync.ts';
import { type Clock, systemClock } from '../../electron/values/clock.ts';
import { systemRandom, uuidv7 } from '../../electron/values/ids.ts';
import { fail, type Result } from '../../electron/values/result.ts';
import { createPortal, type PortalOptions, type RunningPortal } from '../../portal/app.ts';
import { reusedExaminers } from './examiners.ts';
import { until } from './process.ts';

const root = new URL('../..', import.meta.url).pathname;
export const resources = join(root, 'resources');

export const newId = (): string => uuidv7({ now: () => Date.now(), random: systemRandom });

/** The portal in this process, listening on a port of its own; `stop` and `start` keep its data and its port. */
export async function startPortal(referenceDelayMs = 50, over: Partial<PortalOptions> = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'virtuos-portal-'));
  let port = 0;
  let running: RunningPortal | null = null;
  let url = '';
  async function start(): Promise<void> {
    running = createPortal({
      dataDir,
      clock: systemClock,
      random: systemRandom,
      referenceDelayMs,
      validateResponses: true,
      ...over,
    });
    url = await running.listen({ port });
    port = Number(new URL(url).port);
  }
  async function stop(): Promise<void> {
    await running?.close();
    running = null;
  }
  await start();
  return {
    url: () => url,
    /** A code by which another machine takes a desk's place. */
    takeOverCode: (deskId: string) => running?.issueTakeOverCode(deskId) ?? 'not to be had',
    /** A code for one more desk; none while the portal is stopped. */
    enrolmentCode: (officeId = 'klatovy') => running?.issueEnrolmentCode(officeId) ?? 'not to be had',
    /** Adds a form as an operator does. */
    addForm: (content: unknown) => running?.addForm(content) ?? null,
    /** What an office says of a submission. */
    answerAs: (...answer: Parameters<RunningPortal['answerAs']>) => running?.answerAs(...answer) ?? false,
    /** Takes a medium in as its operator does, also while nothing listens. */
    importMedium: async (file: string, answerFile: string) => {
      const portal =
        running ??
        createPortal({ dataDir, clock: systemClock, random: systemRandom, referenceDelayMs, ...over });
      try {
        return await portal.importMedium(file, answerFile);
      } finally {
        if (running === null) await portal.close();
      }
    },
    /** An office moves a submission on, named by its reference number. */
    moveSubmission: (number: string, to: Parameters<RunningPortal['moveSubmission']>[1]) =>
      running?.moveSubmission(number, to) ?? false,
    start,
    stop,
    dataDir,
    close: async () => {
      await stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
export type PortalRig = Awaited<ReturnType<typeof startPortal>>;

/** Signing keys that live as long as the test; the same folder has the same ones, as on a machine. */
export const keysOfFolder = (folder: string): DeskKeys =>
  deskKeys(
    { current: createHash('sha256').update(folder).digest(), next: null },
    { renew: async () => systemRandom(32), adopt: async () => {} },
  );

/** A window of the counter: calls with ids of its own, and the events that came. */
export type TestWindow = {
  call<N extends CallName>(
    name: N,
    input: CallInput<N>,
    id?: string,
  ): Promise<Result<CallOutput<N>, { code: string; params?: Record<string, string | number> }>>;
  /** The value of a call that must succeed. */
  must<N extends CallName>(name: N, input: CallInput<N>, id?: string): Promise<CallOutput<N>>;
  raw(name: string, id: string | null, input: unknown): Promise<Result<unknown, { code: string }>>;
  events: { name: string; data: unknown }[];
};

const outputs: { readonly [N in CallName]: { output: { parse(value: unknown): CallOutput<N> } } } = calls;

// Every desk of every test signs somebody in: what a desk pays for that would be half of the time of a test.
const passwords = passwordsAt({ N: 2 ** 10, r: 8, p: 1 });

/** One for all desks of a test file: a worker is slow to start and keeps nothing of a desk from one task to the next. */
const documents = createDocumentPool({
  workerUrl: new URL('../../electron/documents/worker.ts', import.meta.url),
  size: 1,
  fontsFolder: join(resources, 'fonts'),
});

const startExaminer = reusedExaminers(() =>
  nodeExaminer(new URL('../../electron/documents/validation/examiner.ts', import.meta.url)),
);

/** Rigs have no card reader unless they bring one. */
const noChips: ChipReader = {
  list: async () => fail('chip.no-reader'),
  read: async () => fail('chip.no-reader'),
};

/** The same, but that a desk which closes it is through with it. */
function documentsOfDesk(): DocumentPool {
  const closing = new AbortController();
  const also = (options: CallOptions = {}): CallOptions => ({
    ...options,
    signal: AbortSignal.any([closing.signal, ...(options.signal ? [options.signal] : [])]),
  });
  return {
    renderDocument: (input, options) => documents.renderDocument(input, also(options)),
    encodePage: (input, options) => documents.encodePage(input, also(options)),
    bindPages: (input, options) => documents.bindPages(input, also(options)),
    pagesToPdf: (input, options) => documents.pagesToPdf(input, also(options)),
    joinDocuments: (input, options) => documents.joinDocuments(input, also(options)),
    preparePage: (input, options) => documents.preparePage(input, also(options)),
    thumbnail: (input, options) => documents.thumbnail(input, also(options)),
    pdfPage: (input, options) => documents.pdfPage(input, also(options)),
    inspectFile: (input, options) => documents.inspectFile(input, also(options)),
    readZone: (input, options) => documents.readZone(input, also(options)),
    readCodes: (input, options) => documents.readCodes(input, also(options)),
    readText: (input, options) => documents.readText(input, also(options)),
    turnOf: (input, options) => documents.turnOf(input, also(options)),
    readAuthorities: (input, options) => documents.readAuthorities(input, also(options)),
    summariseAuthorities: (input, options) => documents.summariseAuthorities(input, also(options)),
    newestRevocations: (input, options) => documents.newestRevocations(input, also(options)),
    prepareSignature: (input, options) => documents.prepareSignature(input, also(options)),
    addValidationMaterial: (input, options) => documents.addValidationMaterial(input, also(options)),
    close: async () => closing.abort(),
  };
}

/**
 * The whole counter under plain Node: real store in a folder, real sync to a real portal, real document workers, the
 * real drivers with whatever the settings name. `crash` drops it without a word, as a killed process would be.
 */
export async function startCounter(options: {
  portal: (Partial<PortalRig> & Pick<PortalRig, 'url' | 'enrolmentCode'>) | null;
  folder?: string;
  clock?: Clock;
  scanner?: Parameters<typeof scanimageScanner>[0];
  places?: Places;
  keys?: DeskKeys;
  /** The store's key, where it is not the one of all rigs. */
  storeKey?: Uint8Array;
  recovery?: RecoveryParts;
  printer?: Parameters<typeof ippPrinter>[0];
  chips?: ChipReader;
  deviceSources?: DeviceSources;
}) {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'virtuos-desk-'));
  const clock = options.clock ?? systemClock;
  const problems: string[] = [];
  const log = {
    info: () => {},
    warn: () => {},
    error: (fields: object, message: string) => void problems.push(`${message} ${JSON.stringify(fields)}`),
  };
  const opened = openStore({
    folder,
    key: options.storeKey ?? new Uint8Array(32).fill(7),
    clock,
    random: systemRandom,
  });
  if (!opened.ok) throw new Error(opened.error.code);
  const store = opened.value;
  const keys = options.keys ?? keysOfFolder(folder);
  const counter: Counter = createCounter({
    environment: 'training',
    version: 'test',
    resources,
    store,
    clock,
    timers: systemTimers,
    random: systemRandom,
    log,
    documents: documentsOfDesk(),
    validator: createValidator({
      startExaminer,
    }),
    reader: serialIdReader(),
    chips: options.chips ?? noChips,
    scanner: scannerByAddress(
      scanimageScanner({ owner: folder, ...options.scanner }),
      esclScanner({ pins: scannerPins(store) }),
    ),
    printer: ippPrinter(options.printer),
    ...(options.deviceSources && { deviceSources: options.deviceSources }),
    sync: (onNews) =>
      createSync({
        store,
        clock,
        timers: systemTimers,
        random: systemRandom,
        environment: 'training',
        version: 'test',
        portal: () => {
          const own = store.read(enrolled);
          return own && { url: own.portalUrl, deskToken: own.deskToken };
        },
        evidence: { keys, deskId: () => store.read(enrolled)?.deskId ?? null },
        onNews,
        log,
      }),
    keys,
    signingToken: signingTokens(),
    passwords,
    places: options.places ?? { save: async () => null, open: async () => null },
    recovery: options.recovery ?? {
      folder,
      key: options.storeKey ?? new Uint8Array(32).fill(7),
      run: recoveryThread(new URL('../../electron/counter/recovery/worker.ts', import.meta.url)),
      newStore: async () => ({ folder: join(folder, 'restoring'), key: systemRandom(32) }),
      switchStore: () => {},
      storeDamaged: () => {},
      leaveStore: () => {},
    },
    warnings: [],
    trainingPortal: options.portal && {
      url: options.portal.url(),
      enrolmentCode: options.portal.enrolmentCode(),
    },
  });
  await counter.start();

  function window(key = newId().repeat(2)): TestWindow {
    const events: TestWindow['events'] = [];
    const connection = counter.connect(key, (name, data) => void events.push({ name, data }));
    const call: TestWindow['call'] = async (name, input, id = newId()) => {
      const reply = await connection.call(name, calls[name].kind === 'command' ? id : null, input);
      return reply.ok ? { ok: true, value: outputs[name].output.parse(reply.value) } : reply;
    };
    return {
      call,
      must: async (name, input, id) => {
        const reply = await call(name, input, id);
        if (!reply.ok) throw new Error(`${name}: ${JSON.stringify(reply.error)} ${problems.join('; ')}`);
        return reply.value;
      },
      raw: (name, id, input) => connection.call(name, id, input),
      events,
    };
  }

  /** A window in which a training clerk is signed in; `key`, where another listener is to be in the same one. */
  async function signedIn(username: string, key?: string): Promise<TestWindow> {
    const opened = window(key);
    const accounts = await opened.must('clerks.training-accounts', {});
    const account = accounts.find((one) => one.username === username);
    if (!account) throw new Error(`no training account ${username}`);
    await opened.must('clerks.sign-in', { username, password: account.password });
    return opened;
  }

  return {
    folder,
    store,
    counter,
    problems,
    window,
    signedIn,
    /** Ends it orderly and leaves its folder. */
    stop: () => counter.stop(),
    close: async () => {
      await counter.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
export type CounterRig = Awaited<ReturnType<typeof startCounter>>;

export { until };
