import type { Reader, Tx } from '../store/transaction.ts';
import type { Clock } from '../values/clock.ts';

/**
 * What the desk may believe of its own clock. The portal's time is the one that is trusted. Without the portal, only a clock
 * that goes back is known to be wrong: the log and the monotonic clock say what it has shown already. One that jumps ahead
 * may come of a machine that slept.
 */

export type ClockState = 'trusted' | 'drifting' | 'set-back' | 'unknown';
export type ClockTrust = {
  state: ClockState;
  /** How far the clock is known to be ahead (or behind, negative) of the right time; 0 while nothing speaks against it. */
  offMs: number;
};

/** Corrections of a clock kept by the network stay below it. */
const SET_BACK_MS = 5_000;
/** How far from the portal's time a clock may be before somebody is told. */
const DRIFT_MS = 60_000;
const KEEP_EVERY_MS = 5 * 60_000;

type Row = {
  trusted_at: string | null;
  offset_ms: number | null;
  compared_at: string | null;
  compared_leaf: number;
  shown_at: string | null;
  last: number | null;
  last_at: string | null;
};

// What the clock showed at a point of the monotonic clock in this run. Kept by transaction, of which a store has one for its
// whole life.
const anchors = new WeakMap<Reader, { shownMs: number; monotonicMs: number }>();

function stored(tx: Reader): Row {
  const row = tx.get<Row>(
    `SELECT s.trusted_at, c.offset_ms, c.compared_at, c.compared_leaf, c.shown_at, l.sequence AS last, l.at AS last_at
     FROM journal_state AS s, journal_clock AS c
     LEFT JOIN (SELECT sequence, at FROM journal_leaves ORDER BY sequence DESC LIMIT 1) AS l`,
  );
  if (row === undefined) throw new Error('The journal has no state.');
  return row;
}

const latest = (...instants: (string | null)[]): number =>
  Math.max(...instants.map((instant) => (instant === null ? Number.NEGATIVE_INFINITY : Date.parse(instant))));

// What was written before the portal last said the time says nothing more: the clock may have been ahead then.
const lastEntryAt = ({ last, last_at, compared_leaf }: Row): string | null =>
  (last ?? 0) > compared_leaf ? last_at : null;

/** The latest time this clock has shown, or would show now if nobody had set it back. */
function shownBy(tx: Reader, row: Row, clock: Clock): number {
  const monotonicMs = clock.monotonicMs();
  const known = latest(row.compared_at, row.shown_at, lastEntryAt(row));
  const anchor = anchors.get(tx) ?? { shownMs: Math.max(known, clock.now().getTime()), monotonicMs };
  anchors.set(tx, anchor);
  return Math.max(known, anchor.shownMs + (monotonicMs - anchor.monotonicMs));
}

/** Judges the desk's clock at this instant. */
export function clockTrust(tx: Reader, clock: Clock): ClockTrust {
  const row = stored(tx);
  const now = clock.now().getTime();
  const shown = shownBy(tx, row, clock);
  const offset = row.offset_ms ?? 0;
  if (now < shown - SET_BACK_MS) return { state: 'set-back', offMs: now - shown + offset };
  if (Math.abs(offset) > DRIFT_MS) return { state: 'drifting', offMs: offset };
  return { state: row.trusted_at === null ? 'unknown' : 'trusted', offMs: 0 };
}

/** Notes what the portal's clock said and what this one showed at that moment; later entries name the portal's. */
export function compareClocks(tx: Tx, of: { portal: Date; desk: Date }, clock: Clock): void {
  anchors.set(tx, { shownMs: of.desk.getTime(), monotonicMs: clock.monotonicMs() });
  tx.run('UPDATE journal_state SET trusted_at = ? WHERE one = 1', [of.portal.toISOString()]);
  tx.run(
    `UPDATE journal_clock SET offset_ms = ?, compared_at = ?, shown_at = NULL,
       compared_leaf = (SELECT coalesce(max(sequence), 0) FROM journal_leaves) WHERE one = 1`,
    [Math.round(of.desk.getTime() - of.portal.getTime()), of.desk.toISOString()],
  );
}

export type ClockMark = 'set-back' | 'drifting' | null;

/** What the log last says of the clock: null when it says nothing against it. */
export const clockMark = (tx: Reader): ClockMark =>
  tx.get<{ marked: ClockMark }>('SELECT marked FROM journal_clock')?.marked ?? null;

/** Notes that the log says so from now on; the entry that says it is appended by whoever calls. */
export const setClockMark = (tx: Tx, mark: ClockMark): void =>
  void tx.run('UPDATE journal_clock SET marked = ? WHERE one = 1', [mark]);

/**
 * Keeps what the clock would show if nobody had set it back, while somebody has: entries bear the wrong time from then on,
 * and the next run of the desk must not believe them. Written a few times an hour at most.
 */
export function keepShown(tx: Tx, clock: Clock): void {
  const row = stored(tx);
  const shown = shownBy(tx, row, clock);
  if (row.shown_at !== null && shown - Date.parse(row.shown_at) < KEEP_EVERY_MS) return;
  tx.run('UPDATE journal_clock SET shown_at = ? WHERE one = 1', [new Date(shown).toISOString()]);
}

/**
 * The latest instant that certainly was: now, the portal's last time, or what the clock has shown. What a right ends at is
 * compared with it, so that a clock that was set back prolongs nothing.
 */
export function notBefore(tx: Reader, clock: Clock): Date {
  const row = stored(tx);
  return new Date(Math.max(clock.now().getTime(), latest(row.trusted_at), shownBy(tx, row, clock)));
}
