import { z } from 'zod';
import * as deskValues from './desk-values.ts';
import type { Reader, Tx } from './transaction.ts';

const cursors = z.record(z.string(), z.string());
/** How far the desk had read from the portal, by the names of its cursors. */
export type Cursors = z.output<typeof cursors>;

/** A medium of this desk for the portal. `at`: ISO 8601 in UTC. */
export type WrittenMedium = {
  number: number;
  state: 'writing' | 'written' | 'abandoned';
  at: string;
  /** How many entries of the log and how many queued effects it bears. */
  entries: number;
  effects: number;
  cursors: Cursors;
};
/** An answer of the portal that was taken in. */
export type TakenMedium = { number: number; answers: number; at: string; takenAt: string; cursors: Cursors };

type WrittenRow = Omit<WrittenMedium, 'cursors'> & { cursors: string };
type TakenRow = Omit<TakenMedium, 'cursors'> & { cursors: string };

const readCursors = <R extends { cursors: string }>(row: R): Omit<R, 'cursors'> & { cursors: Cursors } => ({
  ...row,
  cursors: cursors.parse(JSON.parse(row.cursors)),
});

const WRITTEN = 'number, state, at, entries, effects, cursors';

export function written(tx: Reader, number: number): WrittenMedium | null {
  const row = tx.get<WrittenRow>(`SELECT ${WRITTEN} FROM media_written WHERE number = ?`, [number]);
  return row === undefined ? null : readCursors(row);
}

/** The newest that left the desk; null when none has. */
export function lastWritten(tx: Reader): WrittenMedium | null {
  const row = tx.get<WrittenRow>(
    `SELECT ${WRITTEN} FROM media_written WHERE state = 'written' ORDER BY number DESC LIMIT 1`,
  );
  return row === undefined ? null : readCursors(row);
}

/** The number the next one gets: from 1, each once, whatever became of the one before. */
export const nextNumber = (tx: Reader): number =>
  (tx.get<{ last: number | null }>('SELECT max(number) AS last FROM media_written')?.last ?? 0) + 1;

export const begin = (tx: Tx, of: Omit<WrittenMedium, 'state'>): void =>
  void tx.run(
    "INSERT INTO media_written (number, state, at, entries, effects, cursors) VALUES (?, 'writing', ?, ?, ?, ?)",
    [of.number, of.at, of.entries, of.effects, JSON.stringify(of.cursors)],
  );

/** It lies whole where the person said, or it never will. */
export const end = (tx: Tx, number: number, state: 'written' | 'abandoned'): void =>
  void tx.run("UPDATE media_written SET state = ? WHERE number = ? AND state = 'writing'", [state, number]);

/** After a crash: what was being written is not whole. */
export const recover = (tx: Tx): void =>
  void tx.run("UPDATE media_written SET state = 'abandoned' WHERE state = 'writing'");

/** Numbers that never left the desk. */
export const abandoned = (tx: Reader): number[] =>
  tx
    .all<{ number: number }>("SELECT number FROM media_written WHERE state = 'abandoned' ORDER BY number")
    .map(({ number }) => number);

/** The newest answer taken in; null before the first. */
export function lastTaken(tx: Reader): TakenMedium | null {
  const row = tx.get<TakenRow>(
    'SELECT number, answers, at, taken_at AS takenAt, cursors FROM media_taken ORDER BY number DESC LIMIT 1',
  );
  return row === undefined ? null : readCursors(row);
}

export const noteTaken = (tx: Tx, of: TakenMedium): void =>
  void tx.run('INSERT INTO media_taken (number, answers, at, taken_at, cursors) VALUES (?, ?, ?, ?, ?)', [
    of.number,
    of.answers,
    of.at,
    of.takenAt,
    JSON.stringify(of.cursors),
  ]);

const SEED = 'medium-sealing-seed';

/** The secret of the key that answers are sealed to; null before the first medium. It never leaves the encrypted store. */
export function sealingSeed(tx: Reader): Buffer | null {
  const kept = deskValues.get(tx, SEED);
  return typeof kept === 'string' ? Buffer.from(kept, 'base64') : null;
}

export const keepSealingSeed = (tx: Tx, seed: Uint8Array): void =>
  deskValues.set(tx, SEED, Buffer.from(seed).toString('base64'));
