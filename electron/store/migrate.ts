import { createHash } from 'node:crypto';
import type Database from 'better-sqlite3';
import type { Clock } from '../values/clock.ts';
import { fail, ok, type Result } from '../values/result.ts';
import { failureOf, type StoreFailure } from './failures.ts';
import type { Migration } from './migrations/migration.ts';

/** SHA-256 of a step's SQL, by which an edited migration is found. */
const checksum = (migration: Migration): string => createHash('sha256').update(migration.sql).digest('hex');

/**
 * Brings the schema to the newest known version. A store that has one already takes each step in a transaction of its
 * own, and a step that fails leaves the version before it; a new store is made whole or not at all. Returns the version
 * reached.
 */
export function migrate(
  db: Database.Database,
  migrations: readonly Migration[],
  { clock, folder }: { clock: Clock; folder: string },
): Result<number, StoreFailure> {
  const misnumbered = migrations.find(({ version }, index) => version !== index + 1);
  if (misnumbered !== undefined) {
    throw new Error(
      `Migration ${misnumbered.version} is out of order: they are numbered from 1 without a gap.`,
    );
  }
  const found = Number(db.pragma('user_version', { simple: true }));
  const known = migrations.length;
  if (found > known) return fail('store.newer-schema', { found, known });

  db.exec(`CREATE TABLE IF NOT EXISTS schema_migrations (
    version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT`);
  const applied = db
    .prepare<[], { version: number; checksum: string }>('SELECT version, checksum FROM schema_migrations')
    .all();
  const sums = new Map(applied.map((row) => [row.version, row.checksum]));
  for (const migration of migrations.slice(0, found)) {
    if (sums.get(migration.version) !== checksum(migration)) {
      return fail('store.migration-failed', { version: migration.version, name: migration.name });
    }
  }

  const steps = migrations.slice(found);
  const batches = found === 0 ? [steps] : steps.map((migration) => [migration]);
  for (const batch of batches) {
    const taken = inTransaction(db, batch, { clock, folder });
    if (!taken.ok) return taken;
  }
  return ok(known);
}

/** Takes the steps in one transaction: all of them or, after a failure, none. */
function inTransaction(
  db: Database.Database,
  steps: readonly Migration[],
  { clock, folder }: { clock: Clock; folder: string },
): Result<void, StoreFailure> {
  let current = steps[0];
  try {
    db.exec('BEGIN IMMEDIATE');
    for (const migration of steps) {
      current = migration;
      db.exec(migration.sql);
      db.prepare(
        'INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES (?, ?, ?, ?)',
      ).run(migration.version, migration.name, checksum(migration), clock.now().toISOString());
      db.pragma(`user_version = ${migration.version}`);
    }
    db.exec('COMMIT');
    return ok(undefined);
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK');
    // A full or broken disk is told as what it is; everything else is a step that does not fit this store.
    const failure = failureOf(error, folder);
    if (failure !== undefined) return { ok: false, error: failure };
    if (current === undefined) throw error;
    return fail('store.migration-failed', { version: current.version, name: current.name });
  }
}
