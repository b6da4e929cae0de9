import { createHash } from 'node:crypto';
import type { Who } from '../contract/call.ts';
import { parseWith } from '../contract/call.ts';
import type { Session } from '../contract/clerks.ts';
import { type EventData, type EventName, events } from '../contract/events.ts';
import type { ContractFailure } from '../contract/shared.ts';
import type { ChipReader } from '../devices/chip/port.ts';
import type { IdReader } from '../devices/id-reader/port.ts';
import type { Printer } from '../devices/printer/port.ts';
import type { DocumentScanner } from '../devices/scanner/port.ts';
import type { Timers } from '../devices/timers.ts';
import type { DocumentPool } from '../documents/pool.ts';
import type { Validator } from '../documents/validation/validate.ts';
import { append } from '../journal/append.ts';
import { makeCheckpoint } from '../journal/checkpoint.ts';
import { type DeskKeys, signerOf } from '../journal/keys.ts';
import { growTree, treeSize } from '../journal/tree.ts';
import * as commands from '../store/commands.ts';
import * as exceptions from '../store/exceptions.ts';
import * as media from '../store/media.ts';
import type { Reader, Store } from '../store/open.ts';
import * as outbox from '../store/outbox.ts';
import type { Sync, SyncNews } from '../sync/port.ts';
import type { Clock } from '../values/clock.ts';
import { uuidv7 } from '../values/ids.ts';
import { accountHandlers } from './accounts/handlers.ts';
import { attachmentHandlers } from './attachments/handlers.ts';
import { createPagePreparer } from './attachments/preparer.ts';
import { createScans } from './attachments/scans.ts';
import { createTextReader } from './attachments/text-reader.ts';
import { authorityHandlers } from './authorities/handlers.ts';
import { bookHandlers } from './book/handlers.ts';
import { bookingHandlers } from './bookings/handlers.ts';
import { createBookingReader } from './bookings/reading.ts';
import { waitingHandlers } from './bookings/waiting.ts';
import { cashDeskHandlers } from './cash-desk/handlers.ts';
import { clerkHandlers, findSession, lockIdle } from './clerks/handlers.ts';
import type { Passwords } from './clerks/password.ts';
import { markClock } from './clock-watch.ts';
import { elsewhereHandlers } from './closing/elsewhere.ts';
import { closingHandlers } from './closing/handlers.ts';
import { applyDecision } from './closing/remote.ts';
import { conversionHandlers } from './conversions/handlers.ts';
import { dayLogHandlers } from './day-log/handlers.ts';
import { LOG_INDEX } from './day-log/indexing.ts';
import type { Desk, Environment } from './desk.ts';
import { frameOf, type Standing } from './desk-frame/frame.ts';
import { enrol, frameHandlers, recordEnrolment } from './desk-frame/handlers.ts';
import { deviceHandlers } from './devices/handlers.ts';
import { createReaderLearning } from './devices/reader-learning.ts';
import { keepTroubles } from './devices/troubles.ts';
import { createDeviceWatch, type DeviceSources } from './devices/watch.ts';
import { createDispatcher, type Reply, roleFor } from './dispatch.ts';
import { electronicSignatureHandlers } from './electronic-signatures/handlers.ts';
import { evidenceHandlers } from './evidence/handlers.ts';
import { exceptionHandlers } from './exceptions/handlers.ts';
import { createExports } from './exports.ts';
import { extractHandlers } from './extracts/handlers.ts';
import { createRegisterQueries } from './extracts/queries.ts';
import { Refusal } from './failure.ts';
import { freezeOf } from './freeze/freeze.ts';
import { guideHandlers } from './guides/handlers.ts';
import { createChipReadings } from './identity/chip.ts';
import { createForgetting } from './identity/forgetting.ts';
import { identityHandlers } from './identity/handlers.ts';
import { createReaderWatch } from './identity/reader-watch.ts';
import { createRegisterQuestions } from './identity/register.ts';
import { createZoneReadings } from './identity/zone-readings.ts';
import { createPageReader } from './images/scan-page.ts';
import { createIndexer } from './indexer.ts';
import { createEvidenceCleaner } from './issuing/evidence.ts';
import { issuingHandlers } from './issuing/handlers.ts';
import { lineHandlers } from './line/handlers.ts';
import { aside, type Log, stackOf } from './log.ts';
import { lookHandlers } from './looks/looks.ts';
import { mailboxHandlers } from './mailbox/handlers.ts';
import { mediumHandlers } from './medium/handlers.ts';
import { outputHandlers } from './outputs/handlers.ts';
import { createPrintRunner } from './outputs/print-runner.ts';
import { personHandlers } from './person/handlers.ts';
import type { Places } from './places.ts';
import { queueHandlers } from './queue/handlers.ts';
import { backupSettingsOf, createBackups } from './recovery/backups.ts';
import { recoveryHandlers } from './recovery/handlers.ts';
import type { RecoveryParts } from './recovery/parts.ts';
import { createRecovery, isReconciling } from './recovery/recovery.ts';
import { restoreHandlers } from './recovery/restore.ts';
import { retentionHandlers } from './retention/handlers.ts';
import { COMMANDS_KEPT, createRetention } from './retention/retention.ts';
import { before } from './retention/rules.ts';
import { searchHandlers } from './search/handlers.ts';
import { VISIT_INDEX } from './search/table.ts';
import { serviceHandlers } from './services/handlers.ts';
import { settingsHandlers } from './settings/handlers.ts';
import { enrolled, saveEnrolment, settingsOf } from './settings/values.ts';
import { lookAtOwn } from './signed-files/certificate.ts';
import { deliveryHandlers } from './signed-files/delivery.ts';
import { certificateHandlers } from './signed-files/handlers.ts';
import { trackingHandlers } from './tracking/handlers.ts';
import { createTrust } from './trust/trust.ts';
import { visitHandlers } from './visits/handlers.ts';
import { visitsInProgress } from './visits/table.ts';

export type CounterParts = {
  environment: Environment;
  version: string;
  resources: string;
  store: Store;
  clock: Clock;
  timers: Timers;
  random: (length: number) => Uint8Array;
  log: Log;
  documents: DocumentPool;
  /** Judges documents that come in. */
  validator: Validator;
  reader: IdReader;
  chips: ChipReader;
  scanner: DocumentScanner;
  printer: Printer;
  /** Where devices are looked for besides; without it nothing is looked for unasked (tests of something else). */
  deviceSources?: DeviceSources;
  /** Sync is made by the counter, because it tells the counter its news. */
  sync: (onNews: (news: SyncNews) => void) => Sync;
  /** Where files go and come from, as the person at the window chooses. */
  keys: DeskKeys;
  places: Places;
  /** Where clerks' signing keys are. */
  signingToken: Desk['signingToken'];
  /** How clerks' passwords are remembered. */
  passwords: Passwords;
  /** Backups and restores; without it none are made (tests of something else). */
  recovery?: RecoveryParts;
  /** Standing warnings for the frame. */
  warnings: ContractFailure[];
  trainingPortal: { url: string; enrolmentCode: string } | null;
};

/** A window's end of the counter: calls in, events out. */
export type WindowConnection = {
  call(name: string, commandId: string | null, input: unknown): Promise<Reply>;
  close(): void;
};

const IDLE_CHECK_MS = 10_000;

const forgetBefore = (now: Date): string => before(now, COMMANDS_KEPT);

/** Puts the counter together. Everything it touches comes in as a part. */
export function createCounter(parts: CounterParts) {
  const { store, clock, timers } = parts;
  const troubles = keepTroubles(parts.log, clock);
  const { log } = troubles;
  const windows = new Map<string, Set<(name: string, data: unknown) => void>>();
  let framesDue = false;

  const toWindows = (name: EventName, data: unknown, only: (windowKey: string) => boolean): void => {
    for (const [windowKey, listeners] of windows)
      if (only(windowKey)) for (const tell of listeners) tell(name, data);
  };

  const mayHear = (windowKey: string, who: Who): boolean => {
    if (who === 'anyone') return true;
    const session = store.read((tx) => findSession(tx, windowKey, clock.now()));
    return session !== null && !session.locked && roleFor(who, session) !== null;
  };
  const isUnlocked = (windowKey: string): boolean => mayHear(windowKey, 'signed-in');

  // Events are told after the transaction they belong to, never from inside it.
  function emit<N extends EventName>(name: N, data: EventData<N>): void {
    const event = events[name];
    const checked = parseWith(event.data, data);
    // How many wait stands in the frame, also while there is no line to tell of anything.
    if (name === 'queue-changed') tellFrames();
    queueMicrotask(() => {
      if (stopped) return;
      toWindows(name, checked, (windowKey) => mayHear(windowKey, event.who));
    });
  }

  const sync = parts.sync(onNews);
  const desk: Desk = {
    environment: parts.environment,
    version: parts.version,
    resources: parts.resources,
    store,
    clock,
    timers,
    random: parts.random,
    log,
    sync,
    documents: parts.documents,
    validator: parts.validator,
    reader: parts.reader,
    chips: parts.chips,
    scanner: parts.scanner,
    printer: parts.printer,
    places: parts.places,
    signingToken: parts.signingToken,
    passwords: parts.passwords,
    keys: parts.keys,
    newId: () => uuidv7({ now: () => clock.now(), random: parts.random }),
    enrolled,
    settings: settingsOf,
    emit,
    act: (tx, act) => {
      // The log goes on only behind what the portal has of it.
      if (isReconciling(tx)) throw new Refusal('recovery.waits-for-portal');
      retention.noticed(act.kind);
      preparer.noticed(act);
      markClock(desk, tx);
      return append(
        tx,
        {
          clock: { ...clock, now: () => act.at },
          random: parts.random,
          desk: enrolled(tx)?.deskId ?? 'not-enrolled',
        },
        {
          kind: act.kind,
          actId: act.actId,
          clerk: act.clerkId,
          role: act.role,
          visitId: act.visitId,
          serviceId: act.serviceId,
          ids: act.ids,
          payload: act.payload,
        },
      ).sequence;
    },
    checkpoint: (tx, reason) => {
      const own = enrolled(tx);
      if (own === null || treeSize(tx) === 0) return null;
      return makeCheckpoint(tx, signerOf(own.deskId, parts.keys), { reason, at: clock.now() });
    },
  };

  const prints = createPrintRunner(desk);
  /** The one visit that is open at this desk; a document is read for that. */
  function openVisit(): string | null {
    const [one, ...others] = store.read(visitsInProgress).filter(({ state }) => state === 'open');
    return one === undefined || others.length > 0 ? null : one.id;
  }
  const zones = createZoneReadings(desk.timers, openVisit);
  const readers = { usual: createReaderWatch(desk, zones), codes: createReaderWatch(desk, zones) };
  const learning = createReaderLearning(desk, {
    onChange: useReaders,
    isAttended: (windowKey) => windows.has(windowKey) && isUnlocked(windowKey),
  });
  const chips = createChipReadings(desk);
  const forgetting = createForgetting(desk, { chips, zones });
  const devices = createDeviceWatch(desk, readers, parts.deviceSources);
  const register = createRegisterQuestions(desk);
  const trust = createTrust(desk);
  const queries = createRegisterQueries(desk, trust);
  const evidenceCleaner = createEvidenceCleaner(desk);
  const texts = createTextReader(desk);
  const scans = createScans(desk);
  const preparer = createPagePreparer(desk, texts, scans);
  const bookings = createBookingReader(desk);
  const logIndex = createIndexer(desk, LOG_INDEX);
  const visitIndex = createIndexer(desk, VISIT_INDEX);
  const exports = createExports(desk);
  const retention = createRetention(desk, () => [...windows.keys()].some(isUnlocked));
  const backups = createBackups(desk, parts.recovery ?? null, () => tellFrames());
  /** What was closed is what has to be there again after a loss. */
  const onClosed = (): void => {
    tellFrames();
    void backups.request('closing');
  };
  const recovery = createRecovery(desk, {
    onReconciled: () => {
      begin();
      onSettings();
    },
    onChange: () => tellFrames(),
  });
  const standing: Standing = {
    warnings: (tx) => [...parts.warnings, ...backups.warnings(tx)],
    recovery: (tx) => recovery.view(tx),
  };
  let stopped = false;
  let begun = false;

  const isAtDesk = (tx: Reader, clerkId: string): boolean =>
    [...windows.keys()].some((windowKey) => findSession(tx, windowKey, clock.now())?.clerkId === clerkId);

  /** Every window gets its own frame: the session in it is its own. */
  function tellFrames(): void {
    if (framesDue) return;
    framesDue = true;
    queueMicrotask(() => {
      framesDue = false;
      if (stopped) return;
      for (const [windowKey, listeners] of windows) {
        const frame = store.read((tx) => frameOf(desk, tx, windowKey, standing));
        for (const tell of listeners) tell('frame-changed', frame);
      }
    });
  }

  /** Somebody signed in or out, locked or unlocked. */
  function onSessionChange(): void {
    learning.endUnattended();
    tellFrames();
  }

  /** A line can be open once: while the desk learns a reader, all of them are let go. */
  async function useReaders(): Promise<void> {
    const { reader, others } = store.read(settingsOf);
    const isFree = !learning.isOn() && !stopped;
    await Promise.all([
      readers.usual.use(isFree ? reader : null),
      readers.codes.use(isFree ? others.codes : null),
    ]);
  }

  function onSettings(): void {
    aside(log, 'reader', useReaders());
    sync.kick();
    texts.kick();
    tellFrames();
  }

  /** A card that is in the reader says when its certificate ends; a file says nothing without its password. */
  function onSignedIn(session: Session): void {
    if (store.read(settingsOf).signing?.kind !== 'card') return;
    aside(log, 'certificate', lookAtOwn(desk, session, clock.now()).then(tellFrames));
  }

  function onNews(news: SyncNews): void {
    if (news.kind === 'queue') {
      retention.delivered();
      emit('queue-changed', {});
      for (const visitId of news.visitIds) emit('visit-changed', { visitId });
      applyDecision(desk, prints, { onClosed });
    }
    if (news.kind === 'line') evidenceCleaner.kick();
    if (news.kind === 'line') bookings.kick();
    if (news.kind === 'queue') bookings.delivered(news.visitIds);
    tellFrames();
  }

  const pages = createPageReader(desk);
  const dispatcher = createDispatcher({
    store,
    clock,
    log,
    newBugId: () => Buffer.from(parts.random(4)).toString('hex'),
    newActId: desk.newId,
    onCommitted: () => {
      sync.wake();
      evidenceCleaner.kick();
      prints.callBack();
      texts.kick();
    },
    frozen: (now) => store.read((tx) => freezeOf(desk, tx, now)).frozen,
    findSession: (windowKey, now) => {
      if (lockIdle(desk, windowKey, now)) onSessionChange();
      return store.read((tx) => findSession(tx, windowKey, now));
    },
    handlers: [
      ...frameHandlers(desk, {
        standing,
        onChange: onSettings,
        onTakenOver: () => void recovery.tryNow(),
      }),
      ...recoveryHandlers(desk, {
        backups,
        recovery,
        parts: parts.recovery ?? null,
        onChange: tellFrames,
      }),
      ...(parts.recovery
        ? restoreHandlers({
            parts: parts.recovery,
            places: parts.places,
            environment: parts.environment,
            random: parts.random,
            now: () => clock.now(),
            newId: desk.newId,
            secondPlace: () => store.read(backupSettingsOf).secondPlace,
            isDamaged: false,
            mayNot: (session) =>
              session?.roles.includes('administrator') || !store.read(enrolled)
                ? null
                : { code: session ? 'call.not-your-role' : 'call.not-signed-in' },
          })
        : []),
      ...clerkHandlers(desk, {
        onSessionChange,
        onSignedIn,
        onLeft: forgetting.everything,
        isAtDesk,
      }),
      ...certificateHandlers(desk, tellFrames),
      ...visitHandlers(desk, prints, forgetting),
      ...identityHandlers(desk, register.ask, { chips, zones, pages, forgetting }),
      ...serviceHandlers(desk, prints, zones, { preparer, scans }),
      ...accountHandlers(desk, prints),
      ...issuingHandlers(desk, prints),
      ...extractHandlers(desk, queries, prints),
      ...bookHandlers(desk, prints),
      ...guideHandlers(desk, prints),
      ...conversionHandlers(desk, trust, prints),
      ...electronicSignatureHandlers(desk, trust, prints),
      ...deliveryHandlers(desk, prints),
      ...attachmentHandlers(desk, preparer, scans, texts),
      ...outputHandlers(desk, prints),
      ...queueHandlers(desk),
      ...lineHandlers(desk),
      ...lookHandlers(desk),
      ...trackingHandlers(desk, prints),
      ...bookingHandlers(desk, prints, bookings),
      ...waitingHandlers(desk, { prints, reader: bookings, forgetting }),
      ...mailboxHandlers(desk, prints),
      ...personHandlers(desk),
      ...mediumHandlers(desk, exports),
      ...dayLogHandlers(desk, logIndex, exports),
      ...searchHandlers(desk, visitIndex, pages),
      ...evidenceHandlers(desk),
      ...exceptionHandlers(desk, { onReview: tellFrames }),
      ...cashDeskHandlers(desk, prints),
      ...closingHandlers(desk, prints, { onClosed, onChange: tellFrames }),
      ...elsewhereHandlers(desk),
      ...retentionHandlers(desk),
      ...settingsHandlers(desk, { devices, onChange: onSettings }),
      ...authorityHandlers(desk),
      ...deviceHandlers(desk, {
        watch: devices,
        learning,
        prints,
        pages,
        troubles,
        onChange: onSettings,
      }),
    ],
  });

  let toldExceptions = 0;
  /** Whatever raised one, its number stands in the frame of every supervisor. */
  function tellExceptions(): void {
    if (stopped) return;
    const now = store.read(exceptions.open);
    if (now !== toldExceptions) tellFrames();
    toldExceptions = now;
  }

  let toldFreeze = '';
  /** Countdowns move by themselves, with the days. */
  function tellFreeze(): void {
    const now = JSON.stringify(store.read((tx) => freezeOf(desk, tx, clock.now())));
    if (now !== toldFreeze) tellFrames();
    toldFreeze = now;
  }

  let cancelIdleCheck = () => {};
  function watchIdle(): void {
    cancelIdleCheck = timers.after(IDLE_CHECK_MS, () => {
      try {
        for (const windowKey of windows.keys()) if (lockIdle(desk, windowKey, clock.now())) onSessionChange();
        const isClockNews = store.write((tx) => {
          commands.forgetBefore(tx, forgetBefore(clock.now()));
          return !isReconciling(tx) && markClock(desk, tx);
        });
        if (isClockNews) tellFrames();
        tellFreeze();
        tellExceptions();
      } catch (thrown) {
        // A full disk must not end the counter; the call that comes next says what is wrong.
        log.error({ call: 'idle-lock', stack: stackOf(thrown) }, 'idle check failed');
      }
      watchIdle();
    });
  }

  /** Takes up what an earlier run left: prints, the queue, the line. */
  async function start(): Promise<void> {
    const now = clock.now();
    store.write((tx) => {
      growTree(tx);
      outbox.recover(tx, now.toISOString());
      media.recover(tx);
      commands.forgetBefore(tx, forgetBefore(now));
    });
    aside(log, 'sweep', store.blobs.sweep());
    if (parts.trainingPortal) await joinTraining(parts.trainingPortal);
    onSettings();
    if (store.read(isReconciling)) void recovery.tryNow();
    else begin();
    watchIdle();
  }

  /** The desk's own work. A recovered store has settled with the portal before. */
  function begin(): void {
    if (stopped || begun) return;
    begun = true;
    sync.start();
    applyDecision(desk, prints, { onClosed });
    prints.start();
    register.takeUp();
    queries.kick();
    evidenceCleaner.kick();
    bookings.start();
    scans.start();
    preparer.takeUp();
    texts.start();
    devices.start();
    logIndex.start();
    visitIndex.start();
    retention.start();
    backups.start();
  }

  /** In training there is nothing to prepare: the desk enrols by itself, and finds its portal again where it is now. */
  async function joinTraining({ url, enrolmentCode }: { url: string; enrolmentCode: string }): Promise<void> {
    const before = store.read(enrolled);
    if (before) {
      if (before.portalUrl !== url) store.write((tx) => saveEnrolment(tx, { ...before, portalUrl: url }));
      return;
    }
    const answer = await enrol(desk, url, enrolmentCode, 'Cvičná přepážka 1');
    if (!answer.ok) {
      log.warn({ code: answer.error.code }, 'training desk not enrolled');
      return;
    }
    store.write((tx) => {
      saveEnrolment(tx, answer.value);
      recordEnrolment(desk, tx, desk.newId(), clock.now(), answer.value);
    });
    const master = await sync.readMaster();
    if (!master.ok) log.warn({ code: master.error.code }, 'master data not read');
  }

  function connect(key: string, tell: (name: string, data: unknown) => void): WindowConnection {
    // The store never holds what would let its reader take over a session.
    const windowKey = createHash('sha256').update(key).digest('hex');
    const listeners = windows.get(windowKey) ?? new Set();
    listeners.add(tell);
    windows.set(windowKey, listeners);
    return {
      call: async (name, commandId, input) => {
        const reply = await dispatcher.dispatch({ name, commandId, input, windowKey });
        tellExceptions();
        if (!reply.ok) troubles.note(reply.error.code);
        return reply;
      },
      close: () => {
        listeners.delete(tell);
        if (listeners.size === 0) windows.delete(windowKey);
        learning.endUnattended();
      },
    };
  }

  function lineHint(): void {
    sync.kick();
    if (store.read(isReconciling)) void recovery.tryNow();
  }

  async function stop(): Promise<void> {
    stopped = true;
    cancelIdleCheck();
    await Promise.all([
      sync.stop(),
      learning.end().then(() => Promise.all([readers.usual.stop(), readers.codes.stop()])),
      chips.stop(),
      zones.forgetAll(),
      prints.stop(),
      queries.stop(),
      evidenceCleaner.stop(),
      bookings.stop(),
      scans.stop(),
      pages.stop(),
      preparer.stop(),
      texts.stop(),
      devices.stop(),
      exports.stop(),
      logIndex.stop(),
      visitIndex.stop(),
      retention.stop(),
      backups.stop(),
      recovery.stop(),
    ]);
    await parts.documents.close();
    store.close();
  }

  return { connect, start, stop, lineHint, desk, preparer, prints, retention, backups, recovery };
}

export type Counter = ReturnType<typeof createCounter>;
