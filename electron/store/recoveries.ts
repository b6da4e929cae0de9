import { z } from 'zod';
import { type JsonValue, parseJson } from './json.ts';
import type { Reader, Tx } from './transaction.ts';

/** What became of a store before it was one again: restored from a backup, rescued from a damaged file, taken over. */
const kind = z.enum(['restored', 'rescued', 'taken-over']);
const state = z.enum(['reconciling', 'numbering', 'done']);

/** What a rescue found and did not find, and what reconciling came to: counts and ranges, nothing personal. */
export type RecoveryReport = { [key: string]: JsonValue };

export type Recovery = {
  id: string;
  kind: z.output<typeof kind>;
  backupId: string | null;
  backupAt: string | null;
  /** The last entry of the log that was here when it began. */
  lastSequence: number;
  /** `reconciling` until the portal said what it has, `numbering` until a person said what stands on paper. */
  state: z.output<typeof state>;
  begunAt: string;
  newToken: string | null;
  report: RecoveryReport;
};

type Row = {
  id: string;
  kind: string;
  backup_id: string | null;
  backup_at: string | null;
  last_sequence: number;
  state: string;
  begun_at: string;
  new_token: string | null;
  report: string;
};

const asReport = (text: string): RecoveryReport => {
  const value = parseJson(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
};

const toRecovery = (row: Row): Recovery => ({
  id: row.id,
  kind: kind.parse(row.kind),
  backupId: row.backup_id,
  backupAt: row.backup_at,
  lastSequence: row.last_sequence,
  state: state.parse(row.state),
  begunAt: row.begun_at,
  newToken: row.new_token,
  report: asReport(row.report),
});

/** Notes that the store is a recovered one; nothing is numbered until it is done. */
export function begin(tx: Tx, of: Omit<Recovery, 'state'>): void {
  tx.run(
    `INSERT INTO recoveries (id, kind, backup_id, backup_at, last_sequence, state, begun_at, new_token, report)
     VALUES (?, ?, ?, ?, ?, 'reconciling', ?, ?, ?)`,
    [
      of.id,
      of.kind,
      of.backupId,
      of.backupAt,
      of.lastSequence,
      of.begunAt,
      of.newToken,
      JSON.stringify(of.report),
    ],
  );
}

/** The recovery that is not done yet. */
export function open(tx: Reader): Recovery | null {
  const row = tx.get<Row>("SELECT * FROM recoveries WHERE state <> 'done'");
  return row ? toRecovery(row) : null;
}

/** The last one, done or not. */
export function last(tx: Reader): Recovery | null {
  const row = tx.get<Row>('SELECT * FROM recoveries ORDER BY begun_at DESC, id DESC LIMIT 1');
  return row ? toRecovery(row) : null;
}

export function reconciled(tx: Tx, of: { id: string; at: string }): void {
  tx.run("UPDATE recoveries SET state = 'numbering', reconciled_at = ?, new_token = NULL WHERE id = ?", [
    of.at,
    of.id,
  ]);
}

export const setReport = (tx: Tx, id: string, report: RecoveryReport): void =>
  void tx.run('UPDATE recoveries SET report = ? WHERE id = ?', [JSON.stringify(report), id]);

export function done(tx: Tx, of: { id: string; at: string; by: string; report: RecoveryReport }): void {
  tx.run("UPDATE recoveries SET state = 'done', done_at = ?, done_by = ?, report = ? WHERE id = ?", [
    of.at,
    of.by,
    JSON.stringify(of.report),
    of.id,
  ]);
}
