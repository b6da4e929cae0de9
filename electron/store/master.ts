import * as cursors from './cursors.ts';
import { type JsonValue, parseJson } from './json.ts';
import type { Reader, Tx } from './transaction.ts';

// What everybody reads is the view `master`: the settled rows, and over them those of a package that holds.

export type MasterItem = { id: string; revision: number; data: JsonValue; hash: string };
/** An item's content is its JSON text here: a package of a hundred thousand is not written down twice. */
export type MasterChange =
  | { id: string; revision: number; text: string; hash: string }
  | { id: string; revision: number; deleted: true };

type Row = { id: string; revision: number; data: string; hash: string };

const cursorName = (collection: string): string => `master:${collection}`;

/** Up to where a collection is in force; null before its first package. */
export const cursorOf = (tx: Reader, collection: string): string | null =>
  cursors.get(tx, cursorName(collection));

export type PackageState = {
  state: 'coming' | 'holds' | 'refused';
  anew: boolean;
  /** Where its next page begins; null from the beginning. */
  cursor: string | null;
};

export function packageOf(tx: Reader, collection: string): PackageState | null {
  const row = tx.get<{ state: PackageState['state']; anew: number; cursor: string | null }>(
    'SELECT state, anew, cursor FROM master_packages WHERE collection = ?',
    [collection],
  );
  return row === undefined ? null : { ...row, anew: row.anew === 1 };
}

/** Begins a package behind what is in force, or of the whole collection. None may be there. */
export const begin = (tx: Tx, collection: string, from: string | null): void =>
  void tx.run("INSERT INTO master_packages (collection, state, anew, cursor) VALUES (?, 'coming', ?, ?)", [
    collection,
    from === null ? 1 : 0,
    from,
  ]);

/** Lays down a piece of a package; `reached` with the last piece of a page. The same again changes nothing. */
export function lay(
  tx: Tx,
  collection: string,
  changes: readonly MasterChange[],
  reached: string | null,
): void {
  for (const change of changes)
    tx.run(
      `INSERT INTO master_incoming (collection, id, revision, data, hash) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (collection, id) DO UPDATE SET revision = excluded.revision, data = excluded.data, hash = excluded.hash`,
      'deleted' in change
        ? [collection, change.id, change.revision, null, null]
        : [collection, change.id, change.revision, change.text, change.hash],
    );
  if (reached !== null)
    tx.run('UPDATE master_packages SET cursor = ? WHERE collection = ?', [reached, collection]);
}

/** From this transaction on the package is what everybody reads. */
export function putInForce(tx: Tx, collection: string, at: string): void {
  const { cursor = null } = packageOf(tx, collection) ?? {};
  if (cursor === null) throw new Error('A package that never came can not be put in force.');
  tx.run("UPDATE master_packages SET state = 'holds' WHERE collection = ? AND state = 'coming'", [
    collection,
  ]);
  cursors.set(tx, cursorName(collection), cursor, at);
}

/** Nothing of the package will ever be seen. */
export const refuse = (tx: Tx, collection: string): void =>
  void tx.run("UPDATE master_packages SET state = 'refused' WHERE collection = ? AND state = 'coming'", [
    collection,
  ]);

/**
 * Does a piece of what is left to do with a package that holds or was refused: so many rows at most. Nobody sees a
 * difference. Returns how many rows it was; when no package is there any more, the next one may begin.
 */
export function settle(tx: Tx, collection: string, rows: number): number {
  const found = packageOf(tx, collection);
  if (found === null || found.state === 'coming') return 0;
  if (found.state === 'holds' && found.anew) {
    const dropped = tx.run(
      `DELETE FROM master_settled WHERE collection = :of AND id IN
         (SELECT id FROM master_settled WHERE collection = :of ORDER BY id LIMIT :rows)`,
      { of: collection, rows },
    );
    if (dropped === 0) tx.run('UPDATE master_packages SET anew = 0 WHERE collection = ?', [collection]);
    return dropped;
  }
  const piece = tx.all<{ n: number; id: string; revision: number; data: string | null; hash: string | null }>(
    'SELECT n, id, revision, data, hash FROM master_incoming WHERE collection = ? ORDER BY id LIMIT ?',
    [collection, rows],
  );
  for (const { n, id, revision, data, hash } of piece) {
    if (found.state === 'holds') {
      if (data === null || hash === null)
        tx.run('DELETE FROM master_settled WHERE collection = ? AND id = ?', [collection, id]);
      else settleItem(tx, collection, { id, revision, text: data, hash });
    }
    tx.run('DELETE FROM master_incoming WHERE n = ?', [n]);
  }
  if (piece.length === 0) tx.run('DELETE FROM master_packages WHERE collection = ?', [collection]);
  return piece.length;
}

const settleItem = (
  tx: Tx,
  collection: string,
  { id, revision, text, hash }: { id: string; revision: number; text: string; hash: string },
): void =>
  void tx.run(
    `INSERT INTO master_settled (collection, id, revision, data, hash) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (collection, id) DO UPDATE SET revision = excluded.revision, data = excluded.data, hash = excluded.hash`,
    [collection, id, revision, text, hash],
  );

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

/** Those whose ids begin so, by id: of a collection that holds several lists, one of them. */
export const textsUnder = (tx: Reader, collection: string, prefix: string): string[] =>
  tx
    .all<{ data: string }>(
      'SELECT data FROM master WHERE collection = ? AND id >= ? AND id < ? ORDER BY id',
      [collection, prefix, `${prefix}\u{10ffff}`],
    )
    .map(({ data }) => data);

export const textOf = (tx: Reader, collection: string, id: string): string | undefined =>
  tx.get<{ data: string }>('SELECT data FROM master WHERE collection = ? AND id = ?', [collection, id])?.data;

export const isEmpty = (tx: Reader, collection: string): boolean =>
  tx.get('SELECT 1 AS one FROM master WHERE collection = ? LIMIT 1', [collection]) === undefined;
