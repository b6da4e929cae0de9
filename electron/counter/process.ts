import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type FromMain, fromMain, type ToMain, type ToWindow, toCounter, toMain } from '../contract/wire.ts';
import { chipReader } from '../devices/chip/chip-reader.ts';
import { serialIdReader } from '../devices/id-reader/serial-reader.ts';
import { multicastBrowser } from '../devices/network/browse.ts';
import { ippPrinter } from '../devices/printer/ipp-printer.ts';
import { scannerByAddress } from '../devices/scanner/by-address.ts';
import { esclScanner } from '../devices/scanner/escl/escl.ts';
import { systemScanner } from '../devices/scanner/system.ts';
import { signingTokens } from '../devices/signing-token/tokens.ts';
import { systemTimers } from '../devices/timers.ts';
import { sysfsUsb } from '../devices/usb/sysfs.ts';
import { usbWatch } from '../devices/usb/usb-watch.ts';
import { createDocumentPool } from '../documents/pool.ts';
import { createValidator } from '../documents/validation/validate.ts';
import { type DeskKeys, deskKeys } from '../journal/keys.ts';
import { openStore } from '../store/open.ts';
import { createSync } from '../sync/sync.ts';
import { systemClock } from '../values/clock.ts';
import { uuidv7 } from '../values/ids.ts';
import { DESK_COST, passwordsAt } from './clerks/password.ts';
import { type Counter, createCounter } from './counter.ts';
import { examinersOfMain } from './examiners.ts';
import { fileLog } from './file-log.ts';
import { connectionOf } from './line/values.ts';
import type { FileAsked } from './places.ts';
import type { RecoveryParts } from './recovery/parts.ts';
import { restoreHandlers } from './recovery/restore.ts';
import { recoveryThread } from './recovery/thread.ts';
import { counterWithoutStore } from './recovery/without-store.ts';
import { scannerPins } from './settings/scanner-pins.ts';
import { enrolled } from './settings/values.ts';

/**
 * The counter process: an Electron utility process, single writer of the store, owner of devices and sync. Main starts it,
 * hands it the key and the windows' ports, and starts it again when it dies.
 */

const parent = process.parentPort;
let counter: Counter | null = null;
let withoutStore: ReturnType<typeof counterWithoutStore> | null = null;

// What main would not understand is a bug here, and not a call that never ends.
const tellMain = (message: ToMain): void => parent.postMessage(toMain.parse(message));

const examiners = examinersOfMain(tellMain);

const asked = new Map<number, (path: string | null) => void>();
let lastAsked = 0;
const askPlace = (to: 'save' | 'open', of: FileAsked): Promise<string | null> =>
  new Promise((resolve) => {
    lastAsked += 1;
    asked.set(lastAsked, resolve);
    tellMain({ type: 'ask-place', request: lastAsked, to, ...of });
  });

const keysAsked = new Map<number, (answer: { ok: boolean; seed: Uint8Array | null }) => void>();
const askKey = (what: 'renew' | 'adopt'): Promise<Uint8Array | null> =>
  new Promise((resolve, reject) => {
    lastAsked += 1;
    keysAsked.set(lastAsked, ({ ok, seed }) =>
      ok ? resolve(seed) : reject(new Error('The signing key was not kept.')),
    );
    tellMain({ type: 'signing-key', request: lastAsked, what });
  });

/** The signing keys as main keeps them. */
const mainKeys = (message: Extract<FromMain, { type: 'start' }>): DeskKeys =>
  deskKeys(
    { current: message.signingKey, next: message.nextSigningKey },
    {
      renew: async () => {
        const seed = await askKey('renew');
        if (seed === null) throw new Error('Main made no signing key.');
        return seed;
      },
      adopt: async () => void (await askKey('adopt')),
    },
  );

/** Main ends this process and shows the way to a rescue. */
const storeDamaged = (): void => tellMain({ type: 'refused', code: 'store.damaged', params: {} });

const storesAsked = new Map<number, (store: { folder: string; key: Uint8Array } | null) => void>();
const inSource = import.meta.url.endsWith('.ts');

/** Backups and restores: a thread of their own, and main, which keeps keys and puts stores in their places. */
const recoveryParts = (of: { folder: string; key: Uint8Array | null }): RecoveryParts => ({
  ...of,
  nativeBinding: process.env['VIRTUOS_SQLITE_BINDING'],
  run: recoveryThread(new URL(inSource ? './recovery/worker.ts' : '../recovery/worker.js', import.meta.url)),
  newStore: () =>
    new Promise((resolve, reject) => {
      lastAsked += 1;
      storesAsked.set(lastAsked, (store) =>
        store ? resolve(store) : reject(new Error('No key could be kept for a new store.')),
      );
      tellMain({ type: 'new-store', request: lastAsked });
    }),
  switchStore: () => tellMain({ type: 'switch-store' }),
  storeDamaged,
  leaveStore: (how) => tellMain({ type: 'leave-store', how }),
});

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));

async function start(message: Extract<FromMain, { type: 'start' }>): Promise<void> {
  const log = fileLog(message.logFolder);
  const store = openStore({
    folder: message.folder,
    key: message.key,
    clock: systemClock,
    random,
    nativeBinding: process.env['VIRTUOS_SQLITE_BINDING'],
    onDamaged: storeDamaged,
  });
  if (!store.ok) {
    log.error({ code: store.error.code }, 'store not opened');
    tellMain({ type: 'refused', code: store.error.code, params: store.error.params ?? {} });
    return;
  }
  const keys = mainKeys(message);
  const worker = import.meta.url.endsWith('.ts') ? '../documents/worker.ts' : '../documents/worker.js';
  counter = createCounter({
    environment: message.environment,
    version: message.version,
    resources: message.resources,
    store: store.value,
    clock: systemClock,
    timers: systemTimers,
    random,
    log,
    documents: createDocumentPool({
      workerUrl: new URL(worker, import.meta.url),
      size: 2,
      fontsFolder: join(message.resources, 'fonts'),
      onIncident: ({ job, code }) => log.warn({ job, code }, 'document work failed'),
    }),
    validator: createValidator({
      startExaminer: () => examiners.start('document'),
      onIncident: (code) => log.warn({ code }, 'a document could not be checked'),
    }),
    reader: serialIdReader(),
    scanner: scannerByAddress(
      systemScanner(process.platform, message.environment, process.env, message.folder),
      esclScanner({ pins: scannerPins(store.value) }),
    ),
    chips: chipReader({ start: () => examiners.start('cards') }),
    printer: ippPrinter(),
    deviceSources: {
      network: multicastBrowser(),
      usb: usbWatch({ start: () => examiners.start('usb'), system: sysfsUsb() }),
    },
    sync: (onNews) =>
      createSync({
        store: store.value,
        clock: systemClock,
        timers: systemTimers,
        random,
        environment: message.environment,
        version: message.version,
        portal: () => {
          const own = store.value.read(enrolled);
          return own && { url: own.portalUrl, deskToken: own.deskToken };
        },
        evidence: {
          keys,
          deskId: () => store.value.read(enrolled)?.deskId ?? null,
        },
        // The training portal is on this machine; what an office needs to get out must not stand before it.
        ...(message.environment === 'production' && { connection: () => store.value.read(connectionOf) }),
        onNews,
        log,
      }),
    keys,
    places: { save: (of) => askPlace('save', of), open: (of) => askPlace('open', of) },
    signingToken: signingTokens(),
    passwords: passwordsAt(DESK_COST),
    recovery: recoveryParts({ folder: message.folder, key: message.key }),
    warnings: message.keyKept === 'file' ? [{ code: 'key.in-file' }] : [],
    trainingPortal: message.trainingPortal,
  });
  await counter.start();
  tellMain({ type: 'ready' });
}

/** The store does not open: serves what puts another one in its place. */
function recover(message: Extract<FromMain, { type: 'recover' }>): void {
  const log = fileLog(message.logFolder);
  const now = () => systemClock.now();
  withoutStore = counterWithoutStore({
    log,
    now,
    newBugId: () => Buffer.from(random(4)).toString('hex'),
    handlers: restoreHandlers({
      parts: recoveryParts(message),
      places: { save: async () => null, open: (of) => askPlace('open', of) },
      environment: message.environment,
      random,
      now,
      newId: () => uuidv7({ now, random }),
      secondPlace: () => null,
      isDamaged: true,
      mayNot: () => null,
    }),
  });
  tellMain({ type: 'ready' });
}

/** Serves one window over its port until the port closes. */
function serve(port: Electron.MessagePortMain, windowKey: string): void {
  const serving = counter ?? withoutStore;
  if (!serving) throw new Error('a window came before the store was open');
  const send = (message: ToWindow): void => port.postMessage(message);
  const window = serving.connect(windowKey, (name, data) => send({ type: 'event', name, data }));
  port.on('message', ({ data }) => {
    const call = toCounter.safeParse(data);
    if (!call.success) return;
    const { request, name, commandId, input } = call.data;
    void window.call(name, commandId, input).then((result) => send({ type: 'reply', request, result }));
  });
  port.on('close', () => window.close());
  port.start();
}

parent.on('message', ({ data, ports }) => {
  const message = fromMain.parse(data);
  switch (message.type) {
    case 'start':
      void start(message);
      break;
    case 'recover':
      recover(message);
      break;
    case 'new-store':
      storesAsked.get(message.request)?.(message.store);
      storesAsked.delete(message.request);
      break;
    case 'window': {
      const [port] = ports;
      if (port) serve(port, message.windowKey);
      break;
    }
    case 'place':
      asked.get(message.request)?.(message.path);
      asked.delete(message.request);
      break;
    case 'signing-key':
      keysAsked.get(message.request)?.(message);
      keysAsked.delete(message.request);
      break;
    case 'line-hint':
      counter?.lineHint();
      break;
    case 'examiner': {
      const [port] = ports;
      if (port) examiners.arrived(message.request, port);
      break;
    }
    case 'examiner-ended':
      examiners.ended(message.request);
      break;
    case 'stop':
      void (counter?.stop() ?? Promise.resolve()).then(() => tellMain({ type: 'stopped' }));
      break;
  }
});
