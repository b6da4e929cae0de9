import { hash } from 'node:crypto';
import { canonical } from '../../electron/values/canonical.ts';
import { signPage } from '../../electron/values/master-package.ts';
import { err, ok } from '../../electron/values/result.ts';
import type { DeskHandler, Schemas } from '../api.ts';
import { readCursor, writeCursor } from '../cursor.ts';
import { type Database, instanceOf, statement } from '../database.ts';
import { masterKey } from '../keys.ts';

export type Collection = Schemas['CollectionName'];
type Item = Schemas['MasterItem'];

/** RFC 8785 form and its SHA-256 in hexadecimal. Throws for what is no JSON (I-JSON, RFC 7493). */
export function canonicalForm(value: unknown): { text: string; hash: string } {
  const text = canonical(value);
  return { text, hash: hash('sha256', text) };
}

const nextRevision = (db: Database): number =>
  db.prepare<[], { revision: number }>('UPDATE portal SET revision = revision + 1 RETURNING revision').get()
    ?.revision ?? 0;

/** Puts an item; the same content again makes no new revision. To be called within a transaction. */
export function putItem(db: Database, collection: Collection, id: string, data: object): void {
  const { text, hash } = canonicalForm(data);
  const known = db
    .prepare<[string, string], { hash: string | null }>(
      'SELECT hash FROM master_items WHERE collection = ? AND id = ?',
    )
    .get(collection, id);
  if (known?.hash === hash) return;
  db.prepare(
    `INSERT INTO master_items (collection, id, revision, data, hash) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (collection, id) DO UPDATE
     SET revision = excluded.revision, data = excluded.data, hash = excluded.hash`,
  ).run(collection, id, nextRevision(db), text, hash);
}

/** Makes the collection hold exactly these items. */
export function replaceCollection(
  db: Database,
  collection: Collection,
  items: readonly { id: string; data: object }[],
): void {
  for (const { id, data } of items) putItem(db, collection, id, data);
  const kept = new Set(items.map(({ id }) => id));
  const live = db
    .prepare<[string], { id: string }>(
      'SELECT id FROM master_items WHERE collection = ? AND data IS NOT NULL ORDER BY id',
    )
    .all(collection);
  for (const { id } of live.filter((item) => !kept.has(item.id))) deleteItem(db, collection, id);
}

/** What is gone stays as a deletion the desks learn of. To be called within a transaction. */
export const deleteItem = (db: Database, collection: Collection, id: string): void =>
  void db
    .prepare('UPDATE master_items SET revision = ?, data = NULL, hash = NULL WHERE collection = ? AND id = ?')
    .run(nextRevision(db), collection, id);

/** The live content of an item, undefined when there is none. */
export function readItem(db: Database, collection: Collection, id: string): unknown {
  const row = statement<[string, string], { data: string | null }>(
    db,
    'SELECT data FROM master_items WHERE collection = ? AND id = ?',
  ).get(collection, id);
  return row?.data == null ? undefined : JSON.parse(row.data);
}

/** GET /master/{collection} */
export function readMaster(db: Database): DeskHandler<'readMaster'> {
  return ({ path: { collection }, query: { cursor, limit = 200 } }) => {
    const instance = instanceOf(db);
    const newest = db.prepare<[], { revision: number }>('SELECT revision FROM portal').get()?.revision ?? 0;
    const after = cursor === undefined ? 0 : readCursor(cursor, collection, instance, newest);
    if (after === null) return err({ code: 'master.cursor-unknown' });
    const rows = db
      .prepare<
        [string, number, number],
        { id: string; revision: number; data: string | null; hash: string | null }
      >(
        `SELECT id, revision, data, hash FROM master_items
         WHERE collection = ? AND revision > ? ORDER BY revision LIMIT ?`,
      )
      .all(collection, after, limit + 1);
    const page = rows.slice(0, limit);
    const items = page.map(
      ({ id, revision, data, hash }): Item =>
        data === null || hash === null
          ? { id, revision, deleted: true }
          : { id, revision, hash, data: JSON.parse(data) },
    );
    const last = page.at(-1)?.revision ?? after;
    const said = {
      collection,
      from: cursor ?? null,
      cursor: writeCursor(collection, instance, last),
      more: rows.length > limit,
      items,
    };
    const { collection: _named, ...body } = { ...said, signature: signPage(masterKey(db), said) };
    return ok({ status: 200, body });
  };
}
