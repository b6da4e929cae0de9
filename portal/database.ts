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

/** What tells this database from another one at the same address; part of every cursor. */
export const instanceOf = (db: Database): string =>
  db.prepare<[], { instance: string }>('SELECT instance FROM portal').get()?.instance ?? '';
