import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { checkEntries, lastSequence } from '../../journal/read.ts';
import { sha256OfFile, syncFileOf, takeOver, writeDurably } from '../../store/backup.ts';
import { isAuthentic, keyContext, type Manifest, readManifest } from '../../store/backup-manifest.ts';
import { readDamaged } from '../../store/damaged/tables.ts';
import * as deskValues from '../../store/desk-values.ts';
import { failureOf, type StoreFailure } from '../../store/failures.ts';
import { syncFolder } from '../../store/files.ts';
import { connect, openStore } from '../../store/open.ts';
import * as recoveries from '../../store/recoveries.ts';
import { transactions } from '../../store/transaction.ts';
import { systemClock } from '../../values/clock.ts';
import { growingRoot } from '../../values/merkle.ts';
import { unwrapWithDeskKey, unwrapWithRecoveryKey } from '../../values/recovery-key.ts';
import { err, ok, type Result } from '../../values/result.ts';
import { type DamagedStore, rescueInto } from './rescue.ts';
import { type FileRow, isWholeFile } from './whole-file.ts';

/** What opens a backup: the office's recovery key (32 bytes), or the store key of the desk that made it. */
export type BackupSecret = { kind: 'recovery'; key: Uint8Array } | { kind: 'desk'; key: Uint8Array };

export type CheckJob = {
  place: string;
  name: string;
  secret: BackupSecret;
  /** A backup of another environment, or of a program newer than this one, is refused. */
  environment: Manifest['environment'];
  knownSchema: number;
  nativeBinding?: string | undefined;
};

export type Checked = {
  id: string;
  at: string;
  desk: Manifest['desk'];
  entries: number;
  bytes: number;
  /** Encrypted files the backup's rows refer to and that are missing or do not decrypt. */
  filesMissing: number;
  openVisits: number;
  unsent: number;
};

/** The key of a backup's database; fails with `backup.wrong-key`, `backup.no-recovery-key`, `backup.damaged`. */
export function backupKey(manifest: Manifest, secret: BackupSecret): Result<Uint8Array, StoreFailure> {
  const context = keyContext(manifest);
  if (secret.kind === 'recovery' && manifest.keys.recovery === null)
    return err({ code: 'backup.no-recovery-key' });
  const key =
    secret.kind === 'desk'
      ? unwrapWithDeskKey(secret.key, manifest.keys.desk, context)
      : manifest.keys.recovery && unwrapWithRecoveryKey(secret.key, manifest.keys.recovery, context);
  if (!key) return err({ code: 'backup.wrong-key' });
  return isAuthentic(manifest, key) ? ok(key) : err({ code: 'backup.damaged' });
}

type Opened = { manifest: Manifest; key: Uint8Array; database: string };

async function openBackup(job: CheckJob): Promise<Result<Opened, StoreFailure>> {
  const folder = join(job.place, job.name);
  const manifest = readManifest(folder);
  if (manifest === null) return err({ code: 'backup.damaged' });
  if (manifest.environment !== job.environment) return err({ code: 'backup.other-environment' });
  if (manifest.schema > job.knownSchema)
    return err({ code: 'store.newer-schema', params: { found: manifest.schema, known: job.knownSchema } });
  const key = backupKey(manifest, job.secret);
  if (!key.ok) return key;
  const database = join(folder, 'desk.db');
  if (!existsSync(database) || statSync(database).size !== manifest.database.size)
    return err({ code: 'backup.damaged' });
  if ((await sha256OfFile(database)) !== manifest.database.sha256) return err({ code: 'backup.damaged' });
  return ok({ manifest, key: key.value, database });
}

/**
 * Opens a backup and checks all of it: manifest, database, every entry of the log with the root over them, every
 * file. What is missing of files is counted, everything else that is wrong is `backup.damaged`.
 */
export async function checkBackup(job: CheckJob): Promise<Result<Checked, StoreFailure>> {
  try {
    const opened = await openBackup(job);
    if (!opened.ok) return opened;
    const { manifest, key, database } = opened.value;
    const db = connect(database, key, job.nativeBinding);
    try {
      db.pragma('query_only = ON');
      if (db.pragma('quick_check(1)', { simple: true }) !== 'ok') return err({ code: 'backup.damaged' });
      const { read } = transactions(db, job.place);
      const checked = read((tx) => checkEntries(tx));
      const tree = growingRoot();
      const leaves = db
        .prepare<[], { leaf_hash: Uint8Array }>('SELECT leaf_hash FROM journal_leaves ORDER BY sequence')
        .iterate();
      for (const { leaf_hash } of leaves) tree.add(Buffer.from(leaf_hash));
      const isWhole =
        checked.ok &&
        tree.size() === manifest.journal.size &&
        tree.root().toString('base64url') === manifest.journal.root;
      if (!isWhole) return err({ code: 'backup.damaged' });
      const rows = read((tx) => tx.all<FileRow>('SELECT file_name, size, key, nonce_prefix FROM blobs'));
      const missing = rows.filter((row) => !isWholeFile(join(job.place, 'blobs', row.file_name), row));
      const count = (sql: string): number => read((tx) => tx.get<{ n: number }>(sql)?.n ?? 0);
      return ok({
        id: manifest.id,
        at: manifest.at,
        desk: manifest.desk,
        entries: manifest.journal.size,
        bytes: manifest.database.size + manifest.blobs.reduce((sum, { size }) => sum + size, 0),
        filesMissing: missing.length,
        openVisits: count("SELECT count(*) AS n FROM visits WHERE state IN ('open', 'parked')"),
        unsent: count("SELECT count(*) AS n FROM outbox WHERE state NOT IN ('accepted', 'closed')"),
      });
    } finally {
      db.close();
    }
  } catch (error) {
    return failedRead(error, job.place);
  }
}

function failedRead(error: unknown, place: string): Result<never, StoreFailure> {
  const failure = failureOf(error, place);
  if (failure === undefined) throw error;
  return err(failure.code === 'store.damaged' ? { code: 'backup.damaged' } : failure);
}

type Target = {
  /** Where the new store is put together; main puts it in the old one's place afterwards. */
  target: string;
  /** The new store's key. */
  targetKey: Uint8Array;
  nativeBinding?: string | undefined;
  recovery: { id: string; at: string; newToken: string };
};

/** A store from a backup, with what can be read of the damaged one where there is one. */
export type PrepareJob = CheckJob & Target & { damaged: DamagedStore | null };

/** A store from what can be read of the damaged one alone. */
export type RescueJob = Target & { damaged: DamagedStore };

/** Name of the file that says that a store in the making is whole. Main looks for it. */
export const READY = 'ready.json';

/** Empties the folder of an earlier try; the key made for it stays. */
export function clearTarget(target: string): void {
  mkdirSync(target, { recursive: true, mode: 0o700 });
  rmSync(join(target, READY), { force: true });
  for (const name of readdirSync(target))
    if (!name.startsWith('key.')) rmSync(join(target, name), { recursive: true, force: true });
  mkdirSync(join(target, 'blobs'), { mode: 0o700 });
}

/** Says, durably and last, that the store in the folder is whole. */
export function declareReady(target: string, recoveryId: string): void {
  syncFolder(join(target, 'blobs'));
  syncFolder(target);
  writeDurably(join(target, READY), `${JSON.stringify({ recovery: recoveryId })}\n`);
  syncFolder(target);
}

/** Makes the store in the target one of a recovery, with what is rescued; says that it is ready when all is on disk. */
function finish(
  job: Target & { damaged: DamagedStore | null },
  from: { backupId: string | null; backupAt: string | null },
): Result<{ entries: number }, StoreFailure> {
  const opened = openStore({
    folder: job.target,
    key: job.targetKey,
    clock: systemClock,
    random: (length) => new Uint8Array(length),
    nativeBinding: job.nativeBinding,
  });
  if (!opened.ok) return opened;
  const store = opened.value;
  try {
    const entries = store.read(lastSequence);
    const report = job.damaged === null ? {} : rescueInto(store, job.damaged, job.target);
    // Whose store it was is the one thing nothing else can say.
    if (from.backupId === null && !store.read((tx) => deskValues.get(tx, 'enrolment')))
      return err({ code: 'recovery.nothing-rescued' });
    store.write((tx) =>
      recoveries.begin(tx, {
        id: job.recovery.id,
        kind: job.damaged === null ? 'restored' : 'rescued',
        ...from,
        lastSequence: entries,
        begunAt: job.recovery.at,
        newToken: job.recovery.newToken,
        report,
      }),
    );
    return ok({ entries });
  } finally {
    store.close();
  }
}

/**
 * Puts a store together from a backup, in a folder of its own, under a key of its own, marked as restored. Begun again it
 * begins anew; it says that it is ready only when everything is on disk.
 */
export async function prepareRestore(job: PrepareJob): Promise<Result<{ entries: number }, StoreFailure>> {
  try {
    const opened = await openBackup(job);
    if (!opened.ok) return opened;
    const { manifest, key, database } = opened.value;
    clearTarget(job.target);
    const path = join(job.target, 'desk.db');
    copyFileSync(database, path);
    const db = connect(path, key, job.nativeBinding);
    try {
      db.pragma(`rekey = "x'${Buffer.from(job.targetKey).toString('hex')}'"`);
    } finally {
      db.close();
    }
    syncFileOf(path);
    for (const blob of manifest.blobs)
      takeOver(join(job.place, 'blobs', blob.name), join(job.target, 'blobs', blob.name), blob.size);
    const finished = finish(job, { backupId: manifest.id, backupAt: manifest.at });
    if (finished.ok) declareReady(job.target, job.recovery.id);
    return finished;
  } catch (error) {
    return failedRead(error, job.target);
  }
}

/** Puts a store together from what can be read of the damaged one, where there is no backup. */
export async function prepareRescue(job: RescueJob): Promise<Result<{ entries: number }, StoreFailure>> {
  try {
    clearTarget(job.target);
    const finished = finish(job, { backupId: null, backupAt: null });
    if (finished.ok) declareReady(job.target, job.recovery.id);
    return finished;
  } catch (error) {
    return failedRead(error, job.target);
  }
}

/** How much of a damaged store can be read. */
export async function lookAtDamaged({
  folder,
  key,
}: DamagedStore): Promise<Result<{ pages: number; unreadable: number }, StoreFailure>> {
  try {
    return ok(
      readDamaged(folder, key, ({ pages }) => ({ pages: pages.total, unreadable: pages.unreadable })),
    );
  } catch (error) {
    return failedRead(error, folder);
  }
}
