import { clockTrust } from '../../journal/clock.ts';
import type { EntryIds } from '../../journal/leaf.ts';
import * as commands from '../../store/commands.ts';
import * as cursors from '../../store/cursors.ts';
import * as deskValues from '../../store/desk-values.ts';
import type { Tx } from '../../store/open.ts';
import { centralSettings } from '../catalogue/catalogue.ts';
import type { Desk } from '../desk.ts';
import { stackOf } from '../log.ts';
import { forgetKnownMessages } from '../mailbox/table.ts';
import { forgetKnownSubmissions } from '../tracking/table.ts';
import { before, contentDueAt, rangesOf } from './rules.ts';
import {
  dueEntries,
  endedVisits,
  eraseContent,
  eraseEntries,
  erasePapers,
  factsOf,
  forgetSessions,
  forgetTestPages,
  type Release,
  visitsWithDuePapers,
} from './table.ts';

/** What an entry `content-erased` says was erased; with the ids beside it enough to do it again. */
export const erasures = ['papers', 'content', 'entries'] as const;
type Erasure = (typeof erasures)[number];

const EVERY_MS = 3_600_000;
/** What was handed over or cancelled goes at once, what was delivered with what comes after it. */
const SOON_MS = 1_000;
const DELIVERED_MS = 60_000;
/** As long as a window may ask again what became of a command. */
export const COMMANDS_KEPT = 'PT24H';
const VISITS_AT_ONCE = 100;
const ENTRIES_AT_ONCE = 500;
/** The store knows here since when its file has to be written anew; absent when it has not. */
const REWRITE_DUE = 'retention.rewrite-due';
const LAST_ERASED = 'retention.last-erased';

/** After these something may be let go of at once. */
const freeing: ReadonlySet<string> = new Set([
  'visit-closed',
  'visit-cancelled',
  'service-withdrawn',
  'service-refused',
  'extract-reviewed',
  'number-cancelled',
  'step-reopened',
  'identity-reopened',
  'print-ended',
  'print-resolved',
  'day-closed',
]);

export type Purged = { papers: number; visits: number; entries: number; affairs: number };

/** Writes into the log that something was erased. Ids only: the portal's copy of it lets a restored desk erase it again. */
function tell(desk: Desk, tx: Tx, what: Erasure, of: { visitId?: string; ids?: EntryIds }): void {
  const at = desk.clock.now();
  desk.act(tx, {
    kind: 'content-erased',
    actId: desk.newId(),
    clerkId: 'desk',
    role: 'machine',
    at,
    ...(of.visitId !== undefined && { visitId: of.visitId }),
    ids: { ...of.ids, erased: what },
    payload: { erased: what },
  });
  deskValues.set(tx, LAST_ERASED, at.toISOString());
  if (deskValues.get(tx, REWRITE_DUE) === undefined) deskValues.set(tx, REWRITE_DUE, at.toISOString());
}

/**
 * Erases what is due, in small transactions with a pause after each, so that no call waits long. What a crash cuts off is
 * found again by the next run: what is due follows from the tables alone. `now` is by what is judged what is due. Returns how
 * much went.
 */
export async function purge(desk: Desk, now: Date): Promise<Purged> {
  const { store } = desk;
  const release: Release = (tx, owner) => store.blobs.release(tx, owner);
  const times = store.read((tx) => centralSettings(tx).retention);
  const at = now.toISOString();
  const purged: Purged = { papers: 0, visits: 0, entries: 0, affairs: 0 };
  const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  store.write((tx) => {
    forgetTestPages(tx, release);
    forgetSessions(tx, before(now, times.sessions));
    commands.forgetBefore(tx, before(now, COMMANDS_KEPT));
    // What was shown of people's affairs is told again without a line as long as the content of a visit is kept.
    const old = before(now, times.content);
    purged.affairs = forgetKnownSubmissions(tx, old) + forgetKnownMessages(tx, old);
    if (purged.affairs > 0 && deskValues.get(tx, REWRITE_DUE) === undefined)
      deskValues.set(tx, REWRITE_DUE, at);
  });
  for (const visitId of store.read(visitsWithDuePapers)) {
    await pause();
    purged.papers += store.write((tx) => {
      const erased = erasePapers(tx, visitId, at, release);
      if (erased > 0) tell(desk, tx, 'papers', { visitId });
      return erased;
    });
  }

  for (let after = ''; ; ) {
    const visits = store.read((tx) => endedVisits(tx, after, VISITS_AT_ONCE));
    for (const visitId of visits) {
      await pause();
      const isDue = (due: Date | null): boolean => due !== null && due <= now;
      if (!store.read((tx) => isDue(dueOf(tx, visitId)))) continue;
      const erased = store.write((tx) => {
        if (!isDue(dueOf(tx, visitId)) || !eraseContent(tx, visitId, at, release)) return false;
        tell(desk, tx, 'content', { visitId });
        return true;
      });
      if (erased) purged.visits += 1;
    }
    const last = visits.at(-1);
    if (last === undefined || visits.length < VISITS_AT_ONCE) break;
    after = last;
  }

  function dueOf(tx: Parameters<typeof factsOf>[0], visitId: string): Date | null {
    const facts = factsOf(tx, visitId, at);
    return facts ? contentDueAt(facts, times) : null;
  }

  for (;;) {
    await pause();
    const erased = store.write((tx) => {
      const due = dueEntries(tx, {
        closedBefore: before(now, times.log),
        acknowledgedTo: Number(cursors.get(tx, 'log') ?? 0),
        limit: ENTRIES_AT_ONCE,
      });
      for (const range of rangesOf(due)) {
        eraseEntries(tx, range, at);
        tell(desk, tx, 'entries', { ids: range });
      }
      return due.length;
    });
    purged.entries += erased;
    if (erased < ENTRIES_AT_ONCE) break;
  }

  if (purged.papers + purged.visits + purged.entries + purged.affairs > 0) {
    await store.blobs.sweep();
    // What was erased is also in the file that goes before the database until it is cut off.
    store.cutLog();
    // A desk that is restored repeats what the portal has heard of.
    desk.sync.kick();
  }
  return purged;
}

/**
 * Does again what an entry `content-erased` says was erased, in a store that was restored to a time before it. What such a
 * store does not know is passed over; an effect it still has to send keeps what it carries. True for an entry's ids that
 * were understood.
 */
export function repeatErasure(
  desk: Pick<Desk, 'store'>,
  tx: Tx,
  ids: Readonly<Record<string, unknown>>,
  at: string,
): boolean {
  const release: Release = (inTx, owner) => desk.store.blobs.release(inTx, owner);
  const { erased, visit, from, to } = ids;
  const mark = (): true => {
    if (deskValues.get(tx, REWRITE_DUE) === undefined) deskValues.set(tx, REWRITE_DUE, at);
    return true;
  };
  if (erased === 'entries' && typeof from === 'number' && typeof to === 'number') {
    eraseEntries(tx, { from, to }, at);
    return mark();
  }
  if (typeof visit !== 'string') return false;
  if (erased === 'papers') erasePapers(tx, visit, at, release);
  else if (erased === 'content') eraseContent(tx, visit, at, release);
  else return false;
  return mark();
}

/**
 * Writes the database file anew when something was erased since the last time. SQLite overwrites what is deleted, but a
 * page that was split or joined before may keep a stale copy in its free space; in a new file there is none. It takes the
 * store for a moment, so it is for times when nobody works at the desk. True when the file was written.
 */
export function rewriteIfDue(desk: Desk): boolean {
  const { store } = desk;
  if (store.read((tx) => deskValues.get(tx, REWRITE_DUE)) === undefined) return false;
  if (!store.rewrite()) return false;
  store.write((tx) => deskValues.forget(tx, REWRITE_DUE));
  store.cutLog();
  return true;
}

export const isRewriteDue = (tx: Parameters<typeof deskValues.get>[0]): boolean =>
  deskValues.get(tx, REWRITE_DUE) !== undefined;

export function lastErasedAt(tx: Parameters<typeof deskValues.get>[0]): string | null {
  const at = deskValues.get(tx, LAST_ERASED);
  return typeof at === 'string' ? at : null;
}

/** Runs `purge` hourly, after what frees something, and when asked; one run at a time. */
export function createRetention(desk: Desk, isAnybodyAtWork: () => boolean) {
  let cancel = (): void => {};
  let running: Promise<unknown> = Promise.resolve();
  let nextAtMs = Number.POSITIVE_INFINITY;
  let stopped = false;

  const run = (): Promise<void> => {
    const work = running.then(async () => {
      if (stopped) return;
      const now = desk.clock.now();
      // A clock that ran ahead would erase what a supervisor has yet to see; its own hour comes when it is right again.
      const trust = desk.store.read((tx) => clockTrust(tx, desk.clock));
      const isAhead = trust.state === 'drifting' && trust.offMs > 0;
      await purge(desk, isAhead ? new Date(now.getTime() - trust.offMs) : now);
      if (!stopped && !isAnybodyAtWork()) rewriteIfDue(desk);
    });
    running = work.catch((thrown: unknown) => {
      // A full disk erases later; the next run finds what this one left.
      desk.log.error({ call: 'retention', stack: stackOf(thrown) }, 'purge failed');
    });
    return work;
  };

  /** Looks in so long at the latest; later, because whoever says so stands inside a transaction. */
  function within(ms: number): void {
    const atMs = desk.clock.monotonicMs() + ms;
    if (stopped || atMs >= nextAtMs) return;
    cancel();
    nextAtMs = atMs;
    cancel = desk.timers.after(ms, () => {
      nextAtMs = Number.POSITIVE_INFINITY;
      void run().catch(() => {});
      within(EVERY_MS);
    });
  }

  return {
    start: (): void => within(SOON_MS),
    delivered: (): void => within(DELIVERED_MS),
    /** To be told of every act. */
    noticed: (kind: string): void => {
      if (freeing.has(kind)) within(SOON_MS);
    },
    /** One whole run; for those who must know that it is done. */
    run,
    stop: async (): Promise<void> => {
      stopped = true;
      cancel();
      await running;
    },
  };
}
export type Retention = ReturnType<typeof createRetention>;
