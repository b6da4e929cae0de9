import { lastSequence } from '../../journal/read.ts';
import * as cursors from '../../store/cursors.ts';
import * as deskValues from '../../store/desk-values.ts';
import type { Reader } from '../../store/open.ts';
import * as outbox from '../../store/outbox.ts';
import * as recoveries from '../../store/recoveries.ts';
import { err, ok } from '../../values/result.ts';
import { legalDate } from '../../values/time.ts';
import { record } from '../acts.ts';
import { servicesOn } from '../catalogue/catalogue.ts';
import { asksForClosing } from '../closing/days.ts';
import type { Desk } from '../desk.ts';
import { refuse } from '../failure.ts';
import { command, type Handler, preparedCommand, query } from '../handlers.ts';
import { saveEnrolment } from '../settings/values.ts';
import { writeText } from '../text-file.ts';
import { type Backups, saveBackupSettings } from './backups.ts';
import { type KnownSeries, knownSeries, type LostNumbers, loseUpTo } from './numbers.ts';
import type { RecoveryParts } from './parts.ts';
import { raiseLost } from './reconcile.ts';
import type { Recovery } from './recovery.ts';

/** A number on paper so far above the last one known is a slip of the pen, not a loss. */
const MOST_LOST = 2000;

/** The series whose paper a person has to look at: all of this year, and those the catalogue has and nobody began. */
function seriesToConfirm(tx: Reader, now: Date): KnownSeries[] {
  const today = legalDate(now);
  const year = Number(today.slice(0, 4));
  const known = knownSeries(tx).filter((one) => one.year === year || one.year === 0);
  const books = servicesOn(tx, today).flatMap(({ book }) => (book ? [book.series] : []));
  const missing = [...new Set(['receipt', ...books])].filter(
    (series) => !known.some((one) => one.series === series),
  );
  return [...known, ...missing.map((series) => ({ series, year, last: 0 }))];
}

/** The size of the log with which the portal, which had all of it, was asked to let the desk go: its answer may be lost. */
const LEAVING = 'leaving';

/** Whether somebody has done something at the desk since, which would be lost. */
const isWorkedAtSince = (tx: Reader, sequence: number): boolean =>
  tx.get(`SELECT 1 AS one FROM journal_leaves AS l WHERE l.sequence > ? AND ${asksForClosing} LIMIT 1`, [
    sequence,
  ]) !== undefined;

/** What would be lost or left open if the desk went now. */
function leftToDo({ store, sync }: Desk): { unsent: number; openVisits: number; released: boolean } {
  return store.read((tx) => {
    const queue = outbox.counts(tx);
    const acknowledged = Number(cursors.get(tx, 'log') ?? 0);
    const visits = tx.get<{ n: number }>(
      "SELECT count(*) AS n FROM visits WHERE state IN ('open', 'parked')",
    );
    // Asked to let it go, the portal knows it no more: it did. Who came and went since nobody takes, nor has to.
    const asked = deskValues.get(tx, LEAVING);
    const released =
      typeof asked === 'number' &&
      sync.line().reason?.code === 'line.desk-unknown' &&
      !isWorkedAtSince(tx, asked);
    return {
      unsent:
        queue.waiting + queue.needsPerson + (released ? 0 : Math.max(0, lastSequence(tx) - acknowledged)),
      openVisits: visits?.n ?? 0,
      released,
    };
  });
}

const SENT_WITHIN_MS = 20_000;
const LOOK_AGAIN_MS = 200;

/** Waits until the portal has the log up to an entry; false when that takes too long. */
async function untilSent({ store, sync, timers, clock }: Desk, sequence: number): Promise<boolean> {
  const deadline = clock.monotonicMs() + SENT_WITHIN_MS;
  while (store.read((tx) => Number(cursors.get(tx, 'log') ?? 0)) < sequence) {
    if (clock.monotonicMs() > deadline) return false;
    sync.kick();
    await new Promise<void>((resolve) => timers.after(LOOK_AGAIN_MS, resolve));
  }
  return true;
}

export const REMOVED = 'removed';

export function recoveryHandlers(
  desk: Desk,
  deps: { backups: Backups; recovery: Recovery; parts: RecoveryParts | null; onChange(): void },
): Handler[] {
  const { store, clock } = desk;
  const { backups, recovery } = deps;
  const view = () => store.read((tx) => recovery.view(tx));

  return [
    query('recovery.details', ({ now }) =>
      ok(
        store.read((tx) => ({
          recovery: recovery.view(tx),
          report: recoveries.last(tx)?.report ?? {},
          series: recoveries.open(tx)?.state === 'numbering' ? seriesToConfirm(tx, now) : [],
        })),
      ),
    ),

    query('recovery.save-report', async (_asked, { text }) => {
      const path = await desk.places.save({ name: 'recovery', extension: 'txt' });
      if (path === null) return ok(false);
      const failure = await writeText(path, text);
      return failure ? err(failure) : ok(true);
    }),

    query('recovery.try-now', async () => {
      await recovery.tryNow();
      return ok(view());
    }),

    preparedCommand(
      'recovery.use-code',
      async (_asked, { code }) => {
        const own = store.read(desk.enrolled);
        if (!own || store.read(recoveries.open)?.state !== 'reconciling') return refuse('recovery.not-open');
        // A code of another desk would put that one out of work.
        const answer = await desk.sync.enrol(own.portalUrl, code, own.deskName, own.deskId);
        if (!answer.ok) return err(answer.error);
        if (answer.value.deskId !== own.deskId) return refuse('desk.enrolment-code-unknown');
        return ok({ ...own, deskToken: answer.value.deskToken });
      },
      ({ tx, after }, _input, own) => {
        saveEnrolment(tx, own);
        tx.run("UPDATE recoveries SET new_token = NULL WHERE state = 'reconciling'");
        after(() => void recovery.tryNow());
        return ok(recovery.view(tx));
      },
    ),

    command('recovery.finish', (commanded, { numbers }) => {
      const { tx, session, now, after } = commanded;
      const open = recoveries.open(tx);
      if (open?.state !== 'numbering') return refuse('recovery.not-open');
      const lost: LostNumbers[] = [];
      for (const known of seriesToConfirm(tx, now)) {
        const told = numbers.find(({ series, year }) => series === known.series && year === known.year);
        const last = told?.last ?? known.last;
        if (last < known.last) return refuse('recovery.number-too-low', { last: known.last });
        if (last > known.last + MOST_LOST)
          return refuse('recovery.number-too-high', { last: known.last, most: MOST_LOST });
        if (last > known.last)
          lost.push(...loseUpTo(tx, { ...known, last, recoveryId: open.id, at: now.toISOString() }));
      }
      const confirmed = lost.map((range) => ({ ...range }));
      recoveries.done(tx, {
        id: open.id,
        at: now.toISOString(),
        by: session.clerkId,
        report: { ...open.report, numbersConfirmedLost: confirmed },
      });
      const leafSequence = record(desk, commanded, {
        kind: 'recovery-finished',
        payload: { numbers: numbers.map((one) => ({ ...one })), lost: confirmed },
      });
      raiseLost(desk, tx, lost, { leafSequence, now, clerkId: session.clerkId });
      after(() => {
        deps.onChange();
        void backups.request('demand');
      });
      return ok({});
    }),

    query('backups.get', () => ok(backups.view())),

    command('backups.save-settings', (commanded, value) => {
      const { tx, session, now, after } = commanded;
      saveBackupSettings(
        tx,
        { ...value, secondPlace: value.secondPlace || null },
        {
          at: now.toISOString(),
          clerkId: session.clerkId,
        },
      );
      record(desk, commanded, { kind: 'settings-changed', payload: { changed: ['backups'] } });
      after(() => backups.settingsChanged());
      return ok({});
    }),

    preparedCommand(
      'backups.make',
      () => backups.request('demand'),
      (commanded) => {
        record(desk, commanded, { kind: 'backup-made', payload: {} });
        return ok({});
      },
    ),

    query('removal.get', () => ok({ ...leftToDo(desk), lineUp: desk.sync.line().state === 'up' })),

    preparedCommand(
      'removal.remove',
      async ({ session }, { reason }) => {
        const left = leftToDo(desk);
        if (left.openVisits > 0) return refuse('removal.visits-open', { count: left.openVisits });
        if (left.unsent > 0) return refuse('removal.unsent', { count: left.unsent });
        const released = () => ok({ removedAt: clock.now().toISOString() });
        if (left.released) return released();
        const calls = desk.sync.recovery();
        if (calls === null) return refuse('desk.not-enrolled');
        // The last thing that stands in the log of this desk, and reaches the portal before its token is void.
        store.write((tx) =>
          desk.act(tx, {
            kind: 'desk-left',
            actId: desk.newId(),
            clerkId: session.clerkId,
            role: 'administrator',
            at: clock.now(),
            payload: { reason },
          }),
        );
        const size = store.read(lastSequence);
        if (!(await untilSent(desk, size))) return refuse('removal.unsent', { count: 1 });
        store.write((tx) => deskValues.set(tx, LEAVING, size));
        const removed = await calls.remove(size);
        if (removed.ok) return ok(removed.value);
        if (removed.error.kind === 'line') return err({ code: removed.error.code });
        if (removed.error.kind === 'desk-unknown') return released();
        return refuse('removal.unsent', { count: 1 });
      },
      ({ tx, after }, input, { removedAt }) => {
        deskValues.set(tx, REMOVED, { at: removedAt, store: input.store });
        after(() => deps.parts?.leaveStore(input.store));
        return ok({});
      },
    ),
  ];
}
