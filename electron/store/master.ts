import * as cursors from './cursors.ts';
import { type JsonValue, parseJson } from './json.ts';
import type { Reader, Tx } from './transaction.ts';

export type MasterItem = { id: string; revision: number; data: JsonValue; hash: string };
export type MasterChange = MasterItem | { id: string; revision: number; deleted: true };

type Row = { id: string; revision: number; data: string; hash: string };

/** Applies a page of changes; the caller stores the cursor in the same transaction. */
export function apply(tx: Tx, collection: string, changes: readonly MasterChange[]): void {
  for (const change of changes) {
    if ('deleted' in change) {
      tx.run('DELETE FROM master WHERE collection = ? AND id = ?', [collection, change.id]);
      continue;
    }
    tx.run(
      `INSERT INTO master (collection, id, revision, data, hash) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (collection, id) DO UPDATE SET revision = excluded.revision, data = excluded.data, hash = excluded.hash`,
      [collection, change.id, change.revision, JSON.stringify(change.data), change.hash],
    );
  }
}

/** Drops what a complete new reading of a collection did not bring. */
export function keepOnly(tx: Tx, collection: string, ids: ReadonlySet<string>): void {
  for (const { id } of tx.all<{ id: string }>('SELECT id FROM master WHERE collection = ?', [collection]))
    if (!ids.has(id)) tx.run('DELETE FROM master WHERE collection = ? AND id = ?', [collection, id]);
}

const WHOLE = 'master';

/** All collections were just read to their end: the desk knows what the portal knew then. */
export const noteWhole = (tx: Tx, at: string): void => cursors.set(tx, WHOLE, 'read', at);

/** When all collections were last read to their end; null when never. */
export const wholeAt = (tx: Reader): string | null =>
  tx.get<{ at: string | null }>(
    // Desks that are older than this mark know only when their collections last changed.
    `SELECT coalesce((SELECT changed_at FROM cursors WHERE name = ?),
       (SELECT min(changed_at) FROM cursors WHERE name LIKE 'master:%')) AS at`,
    [WHOLE],
  )?.at ?? null;

export const list = (tx: Reader, collection: string): MasterItem[] =>
  tx
    .all<Row>('SELECT id, revision, data, hash FROM master WHERE collection = ? ORDER BY id', [collection])
    .map((row) => ({ id: row.id, revision: row.revision, data: parseJson(row.data), hash: row.hash }));

/** A collection as it lies in the store, for readers that keep what they made of a text. */
export const texts = (tx: Reader, collection: string): string[] =>
  tx
    .all<{ data: string }>('SELECT data FROM master WHERE collection = ? ORDER BY id', [collection])
    .map(({ data }) => data);

export const textOf = (tx: Reader, collection: string, id: string): string | undefined =>
  tx.get<{ data: string }>('SELECT data FROM master WHERE collection = ? AND id = ?', [collection, id])?.data;

export const isEmpty = (tx: Reader, collection: string): boolean =>
  tx.get('SELECT 1 AS one FROM master WHERE collection = ? LIMIT 1', [collection]) === undefined;
