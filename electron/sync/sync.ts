import { compareClocks } from '../journal/clock.ts';
import type { Store } from '../store/open.ts';
import * as outbox from '../store/outbox.ts';
import type { Clock } from '../values/clock.ts';
import { err, type Failure, fail, ok } from '../values/result.ts';
import { accountSearches } from './accounts.ts';
import { affairsCalls } from './affairs.ts';
import * as answers from './answers.ts';
import { createAudit } from './audit.ts';
import { backOffMs, CEILING_MS } from './back-off.ts';
import { bookingCalls } from './bookings.ts';
import {
  type CallFailure,
  createPortalClient,
  type Fetch,
  LIMITS,
  type Outcome,
  type PortalClient,
} from './client.ts';
import { closingsElsewhere } from './closings-elsewhere.ts';
import type { Step, SyncContext } from './context.ts';
import { deliverySettings } from './delivery-settings.ts';
import { createEffects, LANES } from './effects.ts';
import { createEvidence, type EvidenceDeps } from './evidence.ts';
import { lineFailure, signInFailure } from './failures.ts';
import { createFlow } from './flow.ts';
import { readInbox } from './inbox-reading.ts';
import { createLine } from './line.ts';
import { type SyncLog, stackOf } from './log.ts';
import { createLogStream } from './log-stream.ts';
import { createMasterReader } from './master-reading.ts';
import { createMediumTaking } from './medium/take.ts';
import type { EnrolCode, LineCode, Sync, SyncNews } from './port.ts';
import { pinKeys } from './portal-keys.ts';
import { recoveryCalls } from './recovery-calls.ts';
import { registerCalls } from './registers.ts';
import type { Timers } from './timers.ts';
import { type Connection, createTransport, type Transport } from './transport.ts';
import { createUploads } from './uploads.ts';

export type SyncDeps = {
  store: Store;
  clock: Clock;
  timers: Timers;
  random: (length: number) => Uint8Array;
  environment: 'training' | 'production';
  version: string;
  /** The portal the desk is enrolled at, read from the store at each use; null or undefined before enrolment. */
  portal: () => { url: string; deskToken: string } | null | undefined;
  /** What the desk proves its log with; without it no checkpoint is made. */
  evidence?: EvidenceDeps;
  onNews: (news: SyncNews) => void;
  log: SyncLog;
  /** Proxy, authority and certificate, where the way to the portal is not the open one; read at each use. */
  connection?: () => Connection;
  fetch?: Fetch;
};

const HEARTBEAT_MS = 30_000;
/** While an office is about to give a number, the inbox is read this often. */
const EAGER_INBOX_MS = 5_000;
/** An office that has not answered for so long is not about to. */
const EAGER_FOR_MS = 10 * 60_000;
const MASTER_EVERY_MS = 5 * 60_000;
const MASTER_FRESH_MS = 60_000;
/** Younger than this they are not asked for again, however often a clerk tries the line. */
const MASTER_JUST_READ_MS = 10_000;
const MASTER_RETRY_MS = 60_000;
const TRUSTED_TIME_EVERY_MS = 60_000;
/** While the line is up no effect waits longer; a later time comes of a clock that was set back. */
const LONGEST_WAIT_MS = CEILING_MS + 1000;
const SHORTEST_WAIT_MS = 50;
const STOP_WITHIN_MS = 2_000;

const isPortalUrl = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

const ENROL_CODES = [
  'desk.enrolment-code-unknown',
  'desk.enrolment-code-used',
  'desk.enrolment-code-expired',
] as const;
const ROLES = ['clerk', 'supervisor', 'administrator'] as const;
const COMPETENCES = ['verification'] as const;

/** Resolves when all have ended, also where one has failed: nothing of them goes on behind it. */
async function all<T>(works: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(works);
  return Promise.all(works);
}

/** What of a list this version knows. */
const known = <const T extends string>(all: readonly T[], given: readonly string[]): T[] =>
  all.filter((one) => given.includes(one));

/**
 * Keeps the desk and its portal in step: the day log and the effects go up, answers and master data come down, and the state
 * of the line is known. One pump does it, step after step; uploads and master data run beside it and never hold it up.
 */
export function createSync(deps: SyncDeps): Sync {
  const { store, clock, timers, random, log } = deps;
  const stopping = new AbortController();
  const { signal: stopped } = stopping;
  const line = createLine({ clock, random, onChange: () => news({ kind: 'line' }) });
  const flow = createFlow({
    clock,
    timers,
    kbps: () => store.read((tx) => deliverySettings(tx)).uploadKbps,
  });
  let client: { url: string; deskToken: string; portal: PortalClient } | null = null;
  let started = false;

  const news = (what: SyncNews): void => {
    if (!stopped.aborted) deps.onNews(what);
  };

  const clientFor = (url: string, deskToken: string | null): PortalClient =>
    createPortalClient({
      url,
      deskToken,
      version: deps.version,
      timers,
      now: clock.now,
      stopped,
      fetch: viaLine,
      lookAtTime: (url) => way()?.lookAtTime(url) ?? Promise.resolve(null),
    });

  const viaLine = (request: Request): Promise<Response> => (deps.fetch ?? way()?.fetch ?? fetch)(request);
  let transport: { of: string; made: Transport } | null = null;
  /** The way that is set; another one is made when the settings change, and the old one is let go. */
  function way(): Transport | null {
    const connection = deps.connection?.();
    if (!connection) return null;
    const of = JSON.stringify(connection);
    if (transport?.of === of) return transport.made;
    void transport?.made.close().catch(bug('transport'));
    transport = { of, made: createTransport(connection) };
    return transport.made;
  }

  function currentClient(): PortalClient | null {
    const where = deps.portal();
    if (!where || !isPortalUrl(where.url)) return null;
    if (client?.url !== where.url || client.deskToken !== where.deskToken)
      client = { ...where, portal: clientFor(where.url, where.deskToken) };
    return client.portal;
  }

  function answered(isTry: boolean, begunMs: number): void {
    if (!line.succeeded(isTry, begunMs)) return;
    const at = clock.now().toISOString();
    store.write((tx) => outbox.hasten(tx, at));
    kick();
  }

  const ask: SyncContext['ask'] = async (work, how = {}) => {
    const portal = currentClient();
    if (!portal) {
      line.notEnrolled();
      return err({ kind: 'no-answer', code: 'line.not-enrolled', retryAfterMs: null, portalCode: null });
    }
    // What is already being sent piece by piece stops between two pieces.
    if (how.isUpload && line.isAskedToWait())
      return err({
        kind: 'no-answer',
        code: line.state().reason?.code ?? 'line.portal-failed',
        retryAfterMs: null,
        portalCode: null,
      });
    const begunMs = clock.monotonicMs();
    const outcome = await (how.isUpload ? work(portal) : flow.aside(() => work(portal)));
    if (stopped.aborted || currentClient() !== portal) return outcome;
    if (outcome.ok || outcome.error.kind === 'refused') answered(how.isTry ?? false, begunMs);
    else if (outcome.error.kind === 'no-answer') {
      const { code, retryAfterMs, portalCode } = outcome.error;
      const isSpared =
        (how.mayBePoison && portalCode === 'portal.failed') || (how.isUpload && code !== 'line.desk-unknown');
      if (!isSpared) lineFailed(code, retryAfterMs, how.isTry ?? false, begunMs);
    }
    return outcome;
  };

  function lineFailed(code: LineCode, retryAfterMs: number | null, isTry: boolean, begunMs: number): void {
    const before = line.state().reason?.code;
    line.failed(code, retryAfterMs, isTry, begunMs);
    if (before !== code) log.warn({ code }, 'no line to the portal');
    if (!pumping) schedule();
  }

  const bug = (call: string) => (error: unknown) => {
    log.error({ call, stack: stackOf(error) }, 'sync failed');
  };

  const context: SyncContext = {
    store,
    clock,
    random,
    log,
    line,
    news,
    ask,
    bug,
    mayHaveForgotten: (why) => audit.begin(why),
  };
  const logStream = createLogStream(context);
  const evidence = deps.evidence ? createEvidence(context, deps.evidence) : null;
  const effects = createEffects(context);
  const audit = createAudit(context);
  const uploads = createUploads(context, flow, { onComplete: () => kick(), onRest: () => schedule() });
  const master = createMasterReader(context);
  const takeMedium = createMediumTaking(context, { evidence: deps.evidence, master, alone });

  let healthAtMs = 0;
  let inboxAtMs = 0;
  let trustedAtMs: number | null = null;

  let closingsToDecide: readonly string[] = [];
  const takeClosings = (countedBy: readonly string[]): void => {
    const isNews = countedBy.join() !== closingsToDecide.join();
    closingsToDecide = countedBy;
    if (isNews) news({ kind: 'closings' });
  };

  /** Whether the portal is there and ours. The line counts as up only when it has answered the desk itself. */
  async function checkHealth(portal: PortalClient): Promise<Outcome<null>> {
    const sentAt = clock.now().getTime();
    const outcome = await portal.call(answers.health, LIMITS.health, (signal) =>
      portal.api.GET('/health', { signal }),
    );
    if (!outcome.ok) return outcome;
    // The portal looked at its clock somewhere between.
    const deskTime = new Date((sentAt + clock.now().getTime()) / 2);
    const { environment, serverTime } = outcome.value;
    if (environment !== deps.environment)
      return err({ kind: 'no-answer', code: 'line.not-the-portal', retryAfterMs: null, portalCode: null });
    const nowMs = clock.monotonicMs();
    if (trustedAtMs === null || nowMs - trustedAtMs >= TRUSTED_TIME_EVERY_MS) {
      trustedAtMs = nowMs;
      if (!stopped.aborted) {
        const portalTime = new Date(serverTime);
        store.write((tx) => compareClocks(tx, { portal: portalTime, desk: deskTime }, clock));
      }
    }
    return ok(null);
  }

  /** Asks whether the portal is there; a failure is the line's. */
  async function probe(portal: PortalClient): Promise<boolean> {
    const begunMs = clock.monotonicMs();
    const outcome = await checkHealth(portal);
    if (stopped.aborted || currentClient() !== portal) return false;
    if (outcome.ok) return true;
    const failure = outcome.error;
    if (failure.kind === 'no-answer') lineFailed(failure.code, failure.retryAfterMs, true, begunMs);
    else if (failure.kind === 'refused')
      lineFailed('line.not-the-portal', failure.retryAfterMs, true, begunMs);
    return false;
  }

  /** One turn of the pump: everything that can go now goes. */
  async function turn(): Promise<void> {
    const portal = currentClient();
    if (!portal) {
      line.notEnrolled();
      return;
    }
    // Asked for once more while the last turn ran; the timer brings it back.
    if (line.isAskedToWait()) return;
    if (!line.isUp() || clock.monotonicMs() >= healthAtMs) {
      if (!(await probe(portal))) return;
      healthAtMs = clock.monotonicMs() + HEARTBEAT_MS;
    }
    // Nobody sends but this pump: what is marked so was left by an error.
    const left = store.read((tx) => tx.get("SELECT 1 AS one FROM outbox WHERE state = 'sending' LIMIT 1"));
    if (left) store.write((tx) => outbox.recover(tx, clock.now().toISOString()));
    hastenAfterClockChange();

    // The portal may ask to be left alone at any moment, also by its answer to something else than the pump's calls.
    const isOver = (): boolean => stopped.aborted || line.isAskedToWait();
    let hasSent = false;
    const sendActs = async (): Promise<Step> => {
      const acts = await effects.step();
      if (acts === 'moved') {
        hasSent = true;
        uploads.start();
      }
      return acts;
    };
    /** Lets a stream go on until nothing is left of it. */
    const empty = async (step: () => Promise<Step>): Promise<Step> => {
      let came: Step = 'idle';
      while (!isOver()) {
        const now = await step();
        if (now !== 'moved') return now === 'cut' ? now : came;
        came = now;
      }
      return 'cut';
    };
    /** The log and the acts side by side, until nothing is left of either; false when the line is gone. */
    const sendAll = async (): Promise<boolean> => {
      while (!isOver()) {
        if ((await evidence?.introduce()) === 'cut' || isOver()) return false;
        const came = await all([
          empty(logStream.step),
          ...Array.from({ length: LANES }, () => empty(sendActs)),
        ]);
        if (came.includes('cut') || isOver()) return false;
        const compared = await audit.step();
        if (compared === 'cut' || isOver()) return false;
        if (compared === 'idle' && came.every((one) => one === 'idle')) return true;
      }
      return false;
    };
    // Contents stand aside for the whole of it: between two calls they would fill the line before the next.
    if (!(await flow.aside(sendAll))) return;
    while (!isOver()) {
      const proved = await evidence?.prove();
      if (proved === 'cut') return;
      if (proved !== 'moved') break;
    }
    if (isOver()) return;
    if (hasSent || !line.isUp() || clock.monotonicMs() >= inboxAtMs) {
      if ((await readInbox(context, takeClosings)) === 'cut' || isOver()) return;
      const since = new Date(clock.now().getTime() - EAGER_FOR_MS).toISOString();
      const isEager = store.read((tx) => outbox.awaitsAnswer(tx, since));
      inboxAtMs = clock.monotonicMs() + (isEager ? EAGER_INBOX_MS : HEARTBEAT_MS);
    }
    uploads.start();
    if (masterWaitMs() === 0) readMasterAside();
  }

  /** Master data come beside the pump: a long reading holds up no act. */
  function readMasterAside(): void {
    if (!master.isRunning()) void master.read().then(schedule, bug('master'));
  }

  function hastenAfterClockChange(): void {
    const now = clock.now();
    const next = store.read((tx) => outbox.nextTry(tx));
    if (next !== null && Date.parse(next) - now.getTime() > LONGEST_WAIT_MS)
      store.write((tx) => outbox.hasten(tx, now.toISOString()));
  }

  const masterWaitMs = (): number =>
    Math.max(0, MASTER_EVERY_MS - master.ageMs(), MASTER_RETRY_MS - master.failedMsAgo());

  let pumping: Promise<void> | null = null;
  let again = false;
  let cancelTimer = (): void => {};
  let bugs = 0;

  /** Starts the pump, or lets it go round once more. Resolves when it stands still. */
  function run(): Promise<void> {
    if (!started || stopped.aborted) return Promise.resolve();
    again = true;
    pumping ??= pump().finally(() => {
      pumping = null;
      schedule();
    });
    return pumping;
  }

  async function pump(): Promise<void> {
    cancelTimer();
    while (again && !stopped.aborted) {
      again = false;
      try {
        await turn();
        bugs = 0;
      } catch (error) {
        bugs += 1;
        bug('pump')(error);
      }
    }
  }

  /** Runs what must not meet an answer under way; it waits for nothing itself. */
  async function alone<T>(work: () => T): Promise<T> {
    while (pumping) await pumping;
    return work();
  }

  function schedule(): void {
    cancelTimer();
    if (!started || stopped.aborted || pumping) return;
    const wait = waitMs();
    if (wait !== null)
      cancelTimer = timers.after(Math.max(SHORTEST_WAIT_MS, Math.ceil(wait)), () => void run());
  }

  /** Milliseconds until something has to be done; null when only news from outside can change anything. */
  function waitMs(): number | null {
    if (bugs > 0) return backOffMs(bugs, 1);
    if (!currentClient()) return null;
    if (!line.isUp()) return line.waitMs();
    const now = clock.monotonicMs();
    const nextTry = store.read((tx) => outbox.nextTry(tx));
    const waits = [healthAtMs - now, inboxAtMs - now];
    if (!master.isRunning()) waits.push(masterWaitMs());
    if (nextTry !== null) waits.push(Date.parse(nextTry) - clock.now().getTime());
    for (const wait of [logStream.waitMs(), uploads.waitMs()]) if (wait !== null) waits.push(wait);
    return Math.max(0, Math.min(...waits));
  }

  function kick(): void {
    if (!started || stopped.aborted) return;
    // The portal asked to be left alone for a while: that holds for whatever comes up meanwhile.
    if (!line.isUp() && line.isAskedToWait()) return;
    void run();
  }

  return {
    line: line.state,
    problems: () =>
      [logStream.problem(), evidence?.problem() ?? null, master.problem()].filter(
        (problem) => problem !== null,
      ),

    kick() {
      const isFresh = Math.min(master.ageMs(), master.failedMsAgo()) <= MASTER_FRESH_MS;
      if (started && line.isUp() && !isFresh) readMasterAside();
      kick();
    },

    wake() {
      if (line.isUp()) kick();
    },

    async tryLine() {
      const portal = currentClient();
      if (!portal) {
        line.notEnrolled();
        return line.state();
      }
      if (await probe(portal)) {
        // Nothing is taken from this page: the question is whether the portal answers this desk.
        await ask(
          (asked) =>
            asked.call(answers.inboxPage, LIMITS.health, (signal) =>
              asked.api.GET('/inbox', { params: { query: { limit: 1 } }, signal }),
            ),
          { isTry: true },
        );
        // Whoever tries the line wants what is new: an answer, a form that was added a moment ago.
        inboxAtMs = 0;
        kick();
        if (master.ageMs() > MASTER_JUST_READ_MS) readMasterAside();
      }
      return line.state();
    },

    async enrol(portalUrl, code, deskName, takesOver) {
      if (!isPortalUrl(portalUrl)) return fail('line.not-the-portal');
      const portal = clientFor(portalUrl, null);
      // Asked first: a code used up at the wrong portal would be lost.
      const health = await portal.call(answers.health, LIMITS.health, (signal) =>
        portal.api.GET('/health', { signal }),
      );
      if (!health.ok)
        return err(
          health.error.kind === 'refused' ? { code: 'line.not-the-portal' } : lineFailure(health.error),
        );
      if (health.value.environment !== deps.environment) return fail('desk.other-environment');
      const body = { enrolmentCode: code, deskName, ...(takesOver !== undefined && { takesOver }) };
      const outcome = await portal.call(answers.enrolment, LIMITS.enrolment, (signal) =>
        portal.api.POST('/desks/enrolments', { body, signal }),
      );
      if (!outcome.ok) return err(enrolFailure(outcome.error));
      const { deskId, deskToken, office, environment, tookOver, keys } = outcome.value;
      if (environment !== deps.environment) return fail('desk.other-environment');
      store.write((tx) => pinKeys(tx, keys));
      return ok({ deskId, deskToken, officeId: office.id, ...(tookOver === true && { tookOver }) });
    },

    readMaster: () => master.read(),

    async takeMedium(answer, record) {
      const taken = await takeMedium(answer, record);
      kick();
      return taken;
    },

    async signIn(username, password) {
      const outcome = await ask((portal) =>
        portal.call(answers.clerkSession, LIMITS.signIn, (signal) =>
          portal.api.POST('/clerk-sessions', { body: { username, password }, signal }),
        ),
      );
      if (!outcome.ok) return err(signInFailure(outcome.error));
      const { clerk, rolesAsOf } = outcome.value;
      const { titlesBefore, givenNames, surname, titlesAfter } = clerk.name;
      return ok({
        id: clerk.id,
        username: clerk.username,
        name: {
          surname,
          ...(titlesBefore !== undefined && { titlesBefore }),
          ...(givenNames !== undefined && { givenNames }),
          ...(titlesAfter !== undefined && { titlesAfter }),
        },
        roles: known(ROLES, clerk.roles),
        competences: known(COMPETENCES, clerk.competences),
        officeId: clerk.officeId,
        rolesAsOf,
      });
    },

    closingsToDecide: () => closingsToDecide,
    ...closingsElsewhere(ask, {
      // One less waits: asked for at once, and not when the inbox is next due.
      onDecided: () => {
        inboxAtMs = 0;
        kick();
      },
    }),
    ...registerCalls(ask),
    ...accountSearches(ask),
    ...affairsCalls(ask),
    ...bookingCalls(ask),

    async checkDocument(kind, number, issuer) {
      const outcome = await ask((portal) =>
        portal.call(answers.documentCheck, LIMITS.check, (signal) =>
          portal.api.POST('/document-checks', { body: { kind, number, issuer }, signal }),
        ),
      );
      if (!outcome.ok)
        return err(
          outcome.error.kind === 'refused'
            ? { code: 'document-register.unavailable' }
            : lineFailure(outcome.error),
        );
      const { outcome: found, listedSince = null, asOf } = outcome.value;
      return ok({ outcome: found, listedSince, asOf });
    },

    fetch: viaLine,

    recovery(deskToken) {
      const where = deps.portal();
      return where && isPortalUrl(where.url)
        ? recoveryCalls(clientFor(where.url, deskToken ?? where.deskToken))
        : null;
    },

    start() {
      if (started) return;
      started = true;
      void run();
    },

    async stop() {
      stopping.abort();
      cancelTimer();
      let cancel = (): void => {};
      const limit = new Promise<void>((resolve) => {
        cancel = timers.after(STOP_WITHIN_MS, resolve);
      });
      await Promise.race([Promise.all([pumping, uploads.idle(), master.stop()]), limit]);
      cancel();
      await transport?.made.close();
    },
  };
}

function enrolFailure(failure: CallFailure): Failure<EnrolCode> {
  if (failure.kind !== 'refused') return lineFailure(failure);
  // Too short or too long to be a code of any portal.
  if (failure.code === 'request.invalid') return { code: 'desk.enrolment-code-unknown' };
  const code = ENROL_CODES.find((one) => one === failure.code);
  return code ? { code } : lineFailure(failure);
}
