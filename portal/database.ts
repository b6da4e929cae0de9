import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { MIGRATIONS } from './migrations.ts';
import type { Random } from './secrets.ts';

export type Database = Sqlite.Database;

/**
 * Opens the portal's database (`:memory:` or a folder, made when missing), durable at each commit, and brings its
 * schema up to date. Throws when the schema is newer than this program.
 */
export function openDatabase(
  dataDir: string,
  random: Random,
  env: NodeJS.ProcessEnv = process.env,
): Database {
  const inMemory = dataDir === ':memory:';
  if (!inMemory) mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  // Some runtimes cannot load the binding that ships with the package; the launcher then names a fitting one.
  const nativeBinding = env.VIRTUOS_SQLITE_BINDING;
  const db = new Sqlite(inMemory ? ':memory:' : join(dataDir, 'portal.sqlite'), {
    ...(nativeBinding ? { nativeBinding } : {}),
  });
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('foreign_keys = ON');
  migrate(db);
  db.prepare('INSERT INTO portal (only_row, instance, revision) VALUES (1, ?, 0) ON CONFLICT DO NOTHING').run(
    Buffer.from(random(8)).toString('hex'),
  );
  return db;
}

function migrate(db: Database): void {
  db.transaction(() => {
    const version = Number(db.pragma('user_version', { simple: true }));
    if (version > MIGRATIONS.length) {
      throw new Error(`The portal's data are of schema ${version}; this program knows ${MIGRATIONS.length}.`);
    }
    for (const sql of MIGRATIONS.slice(version)) db.exec(sql);
    db.pragma(`user_version = ${MIGRATIONS.length}`);
  }).immediate();
}

/** Runs the work in one transaction that no other writer can come between. */
export const inTransaction = <T>(db: Database, work: () => T): T => db.transaction(work).immediate();

const prepared = new WeakMap<Database, Map<string, Sqlite.Statement<unknown[], unknown>>>();

/** A statement kept prepared: making one costs more than running it. */
export function statement<P extends unknown[], R>(db: Database, sql: string): Sqlite.Statement<P, R> {
  const known = prepared.get(db) ?? new Map<string, Sqlite.Statement<unknown[], unknown>>();
  prepared.set(db, known);
  const found = known.get(sql) ?? db.prepare<unknown[], unknown>(sql);
  known.set(sql, found);
  // The rows' types are what the caller's SQL says; STRICT tables keep columns to their declared types.
  return found as Sqlite.Statement<P, R>;
}

/** What tells this database from another one at the same address; part of every cursor. */
export const instanceOf = (db: Database): string =>
  db.prepare<[], { instance: string }>('SELECT instance FROM portal').get()?.instance ?? '';
