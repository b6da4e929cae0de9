import type { Reader, Tx } from '../store/transaction.ts';
import {
  cosignedAt,
  keyIdOf,
  parseNote,
  type Signer,
  signCheckpoint,
  type Verifier,
} from '../values/signed-note.ts';
import { rootHash, treeSize } from './tree.ts';

export type CheckpointReason = 'sync' | 'closing' | 'demand' | 'restore';

export type Checkpoint = {
  /** How many entries it covers: the first `size` of the log. */
  size: number;
  rootHash: Buffer;
  /** Four bytes of the signing key. */
  keyId: Buffer;
  epoch: number;
  /** Why it was made first. */
  reason: CheckpointReason;
  /** ISO 8601 in UTC. */
  madeAt: string;
  /** The signed note, with the desk's signature alone. */
  note: string;
  /** The portal's line under it, and when the portal saw it; null before. */
  cosignature: string | null;
  countersignedAt: string | null;
};

type Row = {
  size: number;
  root_hash: Uint8Array;
  key_id: Uint8Array;
  epoch: number;
  reason: CheckpointReason;
  made_at: string;
  note: string;
  cosignature: string | null;
  countersigned_at: string | null;
};

const COLUMNS = 'size, root_hash, key_id, epoch, reason, made_at, note, cosignature, countersigned_at';

const checkpointOf = (row: Row): Checkpoint => ({
  size: row.size,
  rootHash: Buffer.from(row.root_hash),
  keyId: Buffer.from(row.key_id),
  epoch: row.epoch,
  reason: row.reason,
  madeAt: row.made_at,
  note: row.note,
  cosignature: row.cosignature,
  countersignedAt: row.countersigned_at,
});

const one = (tx: Reader, sql: string, params: (string | number | Uint8Array)[] = []): Checkpoint | null => {
  const row = tx.get<Row>(`SELECT ${COLUMNS} FROM journal_checkpoints ${sql}`, params);
  return row === undefined ? null : checkpointOf(row);
};

const idOf = ({ name, key }: Signer): Buffer => keyIdOf({ name, publicKey: key.publicKey });

/**
 * Signs the log as it is at this point of the transaction, or gives the checkpoint that was made at this size before.
 * Throws for a log without an entry, of which there is nothing to say.
 */
export function makeCheckpoint(
  tx: Tx,
  signer: Signer,
  { reason, at }: { reason: CheckpointReason; at: Date },
): Checkpoint {
  const size = treeSize(tx);
  if (size === 0) throw new Error('An empty log has no checkpoint.');
  const keyId = idOf(signer);
  const made = one(tx, 'WHERE size = ? AND key_id = ?', [size, keyId]);
  if (made !== null) return made;
  const root = rootHash(tx, size);
  const note = signCheckpoint(signer, { size, rootHash: root });
  tx.run('INSERT OR IGNORE INTO journal_keys (public_key, key_id, name, first_at) VALUES (?, ?, ?, ?)', [
    signer.key.publicKey,
    keyId,
    signer.name,
    at.toISOString(),
  ]);
  tx.run(
    `INSERT INTO journal_checkpoints (size, key_id, root_hash, epoch, reason, made_at, note)
     VALUES (?, ?, ?, (SELECT epoch FROM journal_state), ?, ?, ?)`,
    [size, keyId, root, reason, at.toISOString(), note],
  );
  const now = one(tx, 'WHERE size = ? AND key_id = ?', [size, keyId]);
  if (now === null) throw new Error('A checkpoint just made is not there.');
  return now;
}

/** The newest checkpoint, countersigned or not; null before the first. */
export const lastCheckpoint = (tx: Reader): Checkpoint | null =>
  one(tx, 'ORDER BY size DESC, made_at DESC LIMIT 1');

/** The newest one the portal has seen. */
export const lastCountersigned = (tx: Reader): Checkpoint | null =>
  one(tx, 'WHERE cosignature IS NOT NULL ORDER BY size DESC, countersigned_at DESC LIMIT 1');

/**
 * The next to show the portal: the oldest that is newer than what it has countersigned and covers nothing the portal does
 * not have. Those made for a paper in a hand wait for nobody: a later one covers them.
 */
export const nextToCountersign = (tx: Reader, signer: Signer, acknowledged: number): Checkpoint | null =>
  one(
    tx,
    `WHERE cosignature IS NULL AND key_id = ? AND size <= ? AND reason <> 'demand'
       AND size > (SELECT coalesce(max(size), 0) FROM journal_checkpoints WHERE cosignature IS NOT NULL AND key_id = ?)
     ORDER BY size LIMIT 1`,
    [idOf(signer), acknowledged, idOf(signer)],
  );

/**
 * Keeps the portal's line under a checkpoint. False when it is not the portal's line under this one, or the checkpoint has
 * one already.
 */
export function keepCosignature(
  tx: Tx,
  of: { size: number; keyId: Buffer; cosignature: string; portal: Verifier },
): boolean {
  const checkpoint = one(tx, 'WHERE size = ? AND key_id = ?', [of.size, of.keyId]);
  const note = checkpoint === null ? null : parseNote(checkpoint.note);
  if (checkpoint === null || note === null || checkpoint.cosignature !== null) return false;
  const seenAt = cosignedAt(of.cosignature, note.text, of.portal);
  if (seenAt === null) return false;
  return (
    tx.run(
      'UPDATE journal_checkpoints SET cosignature = ?, countersigned_at = ? WHERE size = ? AND key_id = ?',
      [of.cosignature, seenAt.toISOString(), of.size, of.keyId],
    ) === 1
  );
}

/** All of them over a range of sizes, ascending: what an export carries. */
export const checkpointsBetween = (tx: Reader, from: number, to: number): Checkpoint[] =>
  tx
    .all<Row>(
      `SELECT ${COLUMNS} FROM journal_checkpoints WHERE size BETWEEN ? AND ? ORDER BY size, made_at`,
      [from, to],
    )
    .map(checkpointOf);

/** Every key the log was ever signed with, in the order they came. */
export const keysEver = (tx: Reader): Verifier[] =>
  tx
    .all<{ name: string; public_key: Uint8Array }>(
      'SELECT name, public_key FROM journal_keys ORDER BY first_at, public_key',
    )
    .map((row) => ({ name: row.name, publicKey: Buffer.from(row.public_key) }));
