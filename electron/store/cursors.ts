import type { Reader, Tx } from './transaction.ts';

/** Opaque marks of how far something was read from the portal, stored with what they stand for. */
export const get = (tx: Reader, name: string): string | null =>
  tx.get<{ value: string }>('SELECT value FROM cursors WHERE name = ?', [name])?.value ?? null;

export const set = (tx: Tx, name: string, value: string, at: string): void =>
  void tx.run(
    `INSERT INTO cursors (name, value, changed_at) VALUES (?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at`,
    [name, value, at],
  );

export const forget = (tx: Tx, name: string): void =>
  void tx.run('DELETE FROM cursors WHERE name = ?', [name]);
