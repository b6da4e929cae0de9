import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  copyFileSync,
  createReadStream,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { growingRoot } from '../values/merkle.ts';
import {
  isRecoveryPublicKey,
  recoveryKeyName,
  wrapToDeskKey,
  wrapToRecoveryKey,
} from '../values/recovery-key.ts';
import { err, ok, type Result } from '../values/result.ts';
import { backupsIn, keyContext, type Manifest, signManifest } from './backup-manifest.ts';
import { sealedSize } from './blob-cipher.ts';
import { failureOf, type StoreFailure } from './failures.ts';
import { syncFolder } from './files.ts';
import { connect } from './open.ts';

/** One backup to be made. Runs on a thread of its own, beside the counter that goes on writing. */
export type BackupJob = {
  /** The store's folder and key. */
  folder: string;
  key: Uint8Array;
  nativeBinding?: string | undefined;
  /** Where backups go: the first place, and others that may be out of reach. */
  places: readonly string[];
  id: string;
  /** ISO instant. */
  at: string;
  reason: Manifest['reason'];
  environment: Manifest['environment'];
  program: string;
  desk: Manifest['desk'];
  /** Public half of the office's recovery key; null when it has none. */
  recoveryKey: string | null;
  /**
   * So many newest ones stay, and of so many days the newest of each; but of those from before `notBefore` (an ISO instant)
   * none, for they still have what was erased since. The newest of all stays whatever its age.
   */
  keep: { last: number; days: number; notBefore?: string };
};

export type BackupDone = {
  id: string;
  name: string;
  at: string;
  entries: number;
  bytes: number;
  /** Whether the office can open it without this machine. */
  recoverable: boolean;
  places: { place: string; failure: StoreFailure | null }[];
};

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));

/** Owners of what the desk issued or has to give back, and may not keep: it never goes into a backup. */
const NOT_KEPT = ['output:%', 'given-back:%'];
/**
 * Of pages that are bound what is bound of them is kept: the pictures as the scanner gave them would be many times its size. A service in
 * progress may open its step again, which binds them anew.
 */
const BOUND_PAGES = `
  SELECT 'page:' || pages.id FROM pages
  JOIN services ON services.id = pages.service_id AND services.state <> 'in-progress'
  JOIN blob_uses AS bound ON bound.owner = 'attachment:' || pages.service_id || ':' || pages.slot_id`;
/** Papers whose words are a secret of their holder: not even what they say goes into a backup, which outlives them. */
const SECRET = ['account-credentials'];

/** Makes what was written so far durable. */
export function syncFileOf(path: string): void {
  // Windows flushes only what is open for writing.
  const handle = openSync(path, process.platform === 'win32' ? 'r+' : 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Writes a new file and makes it durable. */
export function writeDurably(path: string, text: string): void {
  const handle = openSync(path, 'wx', 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

export function sha256OfFile(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const hash = createHash('sha256');
    createReadStream(path, { highWaterMark: 1 << 20 })
      .on('data', (piece) => hash.update(piece))
      .on('error', reject)
      .on('end', () => resolve(hash.digest('hex')));
  });
}

/**
 * A file that never changes under its name: a second name where the file system has one, else a copy. Durable when this
 * returns; false when the source is gone.
 */
export function takeOver(from: string, to: string, size: number): boolean {
  if (existsSync(to) && statSync(to).size === size) return true;
  if (!existsSync(from)) return false;
  rmSync(to, { force: true });
  try {
    linkSync(from, to);
    return true;
  } catch {
    const part = `${to}.part`;
    copyFileSync(from, part);
    syncFileOf(part);
    renameSync(part, to);
    return true;
  }
}

type Copied = { schema: number; journal: Manifest['journal']; blobs: Manifest['blobs'] };

/**
 * Takes out of a copy what must not leave the store (issued outputs, one-time codes and what was captured to be given back) or need
 * not, with the keys to their files, sessions and the remembered results of commands. Then the copy gets a key of its own.
 */
function finishCopy(path: string, job: BackupJob, copyKey: Uint8Array): Result<Copied, StoreFailure> {
  const db = connect(path, job.key, job.nativeBinding);
  try {
    db.pragma('secure_delete = ON');
    db.pragma('temp_store = MEMORY');
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    db.transaction(() => {
      for (const owners of NOT_KEPT) db.prepare('DELETE FROM blob_uses WHERE owner LIKE ?').run(owners);
      db.exec(`DELETE FROM blob_uses WHERE owner IN (${BOUND_PAGES})`);
      for (const kind of SECRET)
        db.prepare(`UPDATE outputs SET data = '{}', erased_at = ? WHERE kind = ? AND erased_at IS NULL`).run(
          job.at,
          kind,
        );
      db.exec(`
        UPDATE outputs SET sha256 = NULL
          WHERE sha256 IS NOT NULL AND sha256 NOT IN (SELECT sha256 FROM blob_uses);
        DELETE FROM pages WHERE sha256 NOT IN (SELECT sha256 FROM blob_uses);
        DELETE FROM added_files WHERE sha256 NOT IN (SELECT sha256 FROM blob_uses);
        DELETE FROM blobs WHERE sha256 NOT IN (SELECT sha256 FROM blob_uses);
        DELETE FROM blob_removals;
        DELETE FROM sessions;
        DELETE FROM commands;
      `);
    })();
    db.pragma(`rekey = "x'${Buffer.from(copyKey).toString('hex')}'"`);
    if (db.pragma('quick_check(1)', { simple: true }) !== 'ok') return err({ code: 'store.damaged' });
    const tree = growingRoot();
    const leaves = db
      .prepare<[], { leaf_hash: Uint8Array }>('SELECT leaf_hash FROM journal_leaves ORDER BY sequence')
      .iterate();
    for (const { leaf_hash } of leaves) tree.add(Buffer.from(leaf_hash));
    const state = db.prepare<[], { epoch: number }>('SELECT epoch FROM journal_state').get();
    const blobs = db.prepare<[], { file_name: string; size: number }>(
      'SELECT file_name, size FROM blobs ORDER BY file_name',
    );
    return ok({
      schema: Number(db.pragma('user_version', { simple: true })),
      journal: { epoch: state?.epoch ?? 1, size: tree.size(), root: tree.root().toString('base64url') },
      blobs: blobs.all().map((row) => ({ name: row.file_name, size: sealedSize(row.size) })),
    });
  } finally {
    db.close();
  }
}

/** Makes the database's copy in a folder: consistent, whole, under the key given. The store goes on meanwhile. */
function copyDatabase(job: BackupJob, to: string, copyKey: Uint8Array): Result<Copied, StoreFailure> {
  const path = join(job.folder, 'desk.db');
  // A database that vanished must not be backed up as an empty one.
  if (!existsSync(path) || statSync(path).size === 0) return err({ code: 'store.damaged' });
  const source = connect(path, job.key, job.nativeBinding);
  try {
    source.prepare('VACUUM INTO ?').run(to);
  } finally {
    source.close();
  }
  const copied = finishCopy(to, job, copyKey);
  if (copied.ok) syncFileOf(to);
  return copied;
}

/** A backup's folder while it is made and while it is taken away; the desk's name in it says whose leftover it is. */
export const partOf = (name: string, deskId: string): string => `${name}.${deskId}.part`;
const goneOf = (name: string, deskId: string): string => `${name}.${deskId}.gone`;

function prepare(place: string, deskId: string): void {
  mkdirSync(join(place, 'blobs'), { recursive: true, mode: 0o700 });
  // What an earlier run did not finish. Another desk may be making its own beside it.
  for (const name of readdirSync(place))
    if (name.endsWith(partOf('', deskId)) || name.endsWith(goneOf('', deskId)))
      rmSync(join(place, name), { recursive: true, force: true });
}

/** Puts a finished folder in its place under its name: whole or not at all. */
function publish(part: string, whole: string): void {
  syncFolder(part);
  syncFolder(join(dirname(whole), 'blobs'));
  renameSync(part, whole);
  syncFolder(dirname(whole));
}

/**
 * Which backups stay: the newest `last`, and of each of the newest `days` days its newest, without those that are too old.
 * Names begin with the instant and sort by it. None is newer than the one just made: what says so was made by a clock that
 * ran ahead, and goes first.
 */
export function keptBackups(names: readonly string[], made: string, keep: BackupJob['keep']): Set<string> {
  const descending = [...names].sort().reverse();
  const sorted = [...descending.filter((name) => name <= made), ...descending.filter((name) => name > made)];
  const days = new Map<string, string>();
  for (const name of sorted) if (!days.has(name.slice(0, 10))) days.set(name.slice(0, 10), name);
  const chosen = [...sorted.slice(0, Math.max(1, keep.last)), ...[...days.values()].slice(0, keep.days)];
  const oldest = keep.notBefore === undefined ? '' : stampOf(keep.notBefore);
  return new Set(chosen.filter((name) => name === sorted[0] || name >= oldest));
}

/** Removes backups that are too many, and files that no backup of the place refers to any more. */
function rotate(place: string, made: string, { desk: { id: deskId }, keep }: BackupJob): void {
  const all = backupsIn(place);
  // Several desks may share a place: each one clears up after itself only.
  const own = all.filter(({ manifest }) => manifest.desk.id === deskId);
  const kept = keptBackups(
    own.map(({ name }) => name),
    made,
    keep,
  );
  const gone = own.filter(({ name }) => !kept.has(name));
  for (const { name } of gone) {
    const leaving = join(place, goneOf(name, deskId));
    renameSync(join(place, name), leaving);
    rmSync(leaving, { recursive: true, force: true });
  }
  const stay = new Set(
    all
      .filter((one) => !gone.includes(one))
      .flatMap(({ manifest }) => manifest.blobs.map(({ name }) => name)),
  );
  const doomed = new Set(gone.flatMap(({ manifest }) => manifest.blobs.map(({ name }) => name)));
  for (const name of doomed) if (!stay.has(name)) rmSync(join(place, 'blobs', name), { force: true });
  if (gone.length > 0) syncFolder(place);
}

/** An ISO instant as a file's name may hold it. */
const stampOf = (at: string): string => `${at.slice(0, 19).replaceAll(':', '-')}Z`;
const nameOf = (job: BackupJob): string => `${stampOf(job.at)}-${job.id.replaceAll('-', '').slice(-8)}`;

/**
 * Makes a backup in the first place and brings the same to the others. It appears whole or not at all, in each place by
 * itself; a place out of reach is told and keeps no other from its backup. Older ones go only after the new one stands.
 */
export async function makeBackup(job: BackupJob): Promise<Result<BackupDone, StoreFailure>> {
  const [first, ...others] = job.places;
  if (first === undefined) throw new Error('A backup needs a place.');
  const name = nameOf(job);
  const part = join(first, partOf(name, job.desk.id));
  try {
    prepare(first, job.desk.id);
    mkdirSync(part, { mode: 0o700 });
    const copyKey = random(32);
    const copied = copyDatabase(job, join(part, 'desk.db'), copyKey);
    if (!copied.ok) {
      rmSync(part, { recursive: true, force: true });
      return copied;
    }
    const blobs = copied.value.blobs.filter((blob) =>
      takeOver(join(job.folder, 'blobs', blob.name), join(first, 'blobs', blob.name), blob.size),
    );
    const context = keyContext(job);
    const recoveryKey =
      job.recoveryKey !== null && isRecoveryPublicKey(job.recoveryKey) ? job.recoveryKey : null;
    const database = join(part, 'desk.db');
    const manifest = signManifest(
      {
        format: 'virtuos-backup',
        version: 1,
        id: job.id,
        at: job.at,
        reason: job.reason,
        environment: job.environment,
        program: job.program,
        desk: job.desk,
        schema: copied.value.schema,
        database: { size: statSync(database).size, sha256: await sha256OfFile(database) },
        journal: copied.value.journal,
        // A file that is gone was erased meanwhile, or was missing before: its content comes from nowhere.
        blobs,
        keys: {
          desk: wrapToDeskKey(job.key, copyKey, context, random),
          recovery:
            recoveryKey === null
              ? null
              : {
                  ...wrapToRecoveryKey(recoveryKey, copyKey, context, random),
                  name: recoveryKeyName(recoveryKey),
                },
        },
      },
      copyKey,
    );
    writeDurably(join(part, 'manifest.json'), `${JSON.stringify(manifest)}\n`);
    publish(part, join(first, name));
    rotate(first, name, job);
    const places = [
      { place: first, failure: null },
      ...others.map((place) => bring(first, place, name, manifest, job)),
    ];
    const bytes = manifest.database.size + blobs.reduce((sum, { size }) => sum + size, 0);
    return ok({
      id: job.id,
      name,
      at: job.at,
      entries: manifest.journal.size,
      bytes,
      recoverable: recoveryKey !== null,
      places,
    });
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    const failure = failureOf(error, dirname(first));
    if (failure === undefined) throw error;
    return err(failure);
  }
}

/** Brings a finished backup to another place. */
function bring(
  from: string,
  to: string,
  name: string,
  manifest: Manifest,
  job: BackupJob,
): BackupDone['places'][number] {
  const part = join(to, partOf(name, job.desk.id));
  try {
    // The person named an existing folder (a share, a stick); one that is not there is not made under its mount point.
    if (!existsSync(to)) return { place: to, failure: { code: 'store.no-access' } };
    prepare(to, job.desk.id);
    mkdirSync(part, { mode: 0o700 });
    for (const file of ['desk.db', 'manifest.json']) {
      copyFileSync(join(from, name, file), join(part, file), constants.COPYFILE_EXCL);
      syncFileOf(join(part, file));
    }
    for (const blob of manifest.blobs)
      takeOver(join(from, 'blobs', blob.name), join(to, 'blobs', blob.name), blob.size);
    publish(part, join(to, name));
    rotate(to, name, job);
    return { place: to, failure: null };
  } catch (error) {
    try {
      rmSync(part, { recursive: true, force: true });
    } catch {
      // The place is gone; its leftovers are removed when it is back.
    }
    const failure = failureOf(error, from);
    if (failure === undefined) throw error;
    return { place: to, failure };
  }
}
