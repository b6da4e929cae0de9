import { type JsonValue, parseJson } from './json.ts';
import type { Reader, Tx } from './transaction.ts';

export type Setting = { key: string; value: JsonValue; changedAt: string; changedBy: string };
type Row = { key: string; value: string; changed_at: string; changed_by: string };

/** A setting as it was last written; undefined when nobody has set it. */
export function find(tx: Reader, key: string): Setting | undefined {
  const row = tx.get<Row>('SELECT * FROM settings WHERE key = ?', [key]);
  return (
    row && {
      key: row.key,
      value: parseJson(row.value),
      changedAt: row.changed_at,
      changedBy: row.changed_by,
    }
  );
}

/** Sets a setting: when (ISO instant) and by whom (the clerk's id). */
export function save(tx: Tx, { key, value, changedAt, changedBy }: Setting): void {
  tx.run(
    `INSERT INTO settings (key, value, changed_at, changed_by) VALUES (?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at,
       changed_by = excluded.changed_by`,
    [key, JSON.stringify(value), changedAt, changedBy],
  );
}
