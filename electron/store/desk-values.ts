import { type JsonValue, parseJson } from './json.ts';
import type { Reader, Tx } from './transaction.ts';

// What the desk knows of itself and no clerk sets, such as its enrolment.

export function get(tx: Reader, key: string): JsonValue | undefined {
  const row = tx.get<{ value: string }>('SELECT value FROM desk WHERE key = ?', [key]);
  return row && parseJson(row.value);
}

export const forget = (tx: Tx, key: string): void => void tx.run('DELETE FROM desk WHERE key = ?', [key]);

export function set(tx: Tx, key: string, value: JsonValue): void {
  tx.run(
    'INSERT INTO desk (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    [key, JSON.stringify(value)],
  );
}
