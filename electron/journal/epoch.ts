import type { Reader, Tx } from '../store/transaction.ts';
import { cosignedAt, parseCheckpoint, parseNote, type Verifier } from '../values/signed-note.ts';
import type { EntryIds } from './leaf.ts';
import { rootHash, treeSize } from './tree.ts';

/** A checkpoint that an epoch goes on from. */
export type Named = { size: number; rootHash: Buffer };

/**
 * Lets the log go on under a new epoch: after a restore, a take-over or the loss of the signing key, and for no other reason.
 * `names` is the last checkpoint the portal countersigned, null when it has none. Returns the ids that the epoch's first
 * entry, which the caller appends in the same transaction, has to bear. Throws when the log here is not the one it names.
 */
export function openEpoch(tx: Tx, of: { names: Named | null; at: Date }): EntryIds {
  const { names } = of;
  const size = treeSize(tx);
  if (names !== null && (names.size > size || !rootHash(tx, names.size).equals(names.rootHash)))
    throw new Error('The log does not go on from the checkpoint named.');
  const epoch = currentEpoch(tx) + 1;
  tx.run('UPDATE journal_state SET epoch = ?, epoch_first_sequence = ? WHERE one = 1', [epoch, size + 1]);
  tx.run(
    'INSERT INTO journal_epochs (epoch, first_sequence, opened_at, names_size, names_root) VALUES (?, ?, ?, ?, ?)',
    [epoch, size + 1, of.at.toISOString(), names?.size ?? null, names?.rootHash ?? null],
  );
  return {
    epoch,
    ...(names && {
      checkpointSize: names.size,
      checkpointRoot: `sha256:${names.rootHash.toString('base64url')}`,
    }),
  };
}

export const currentEpoch = (tx: Reader): number =>
  tx.get<{ epoch: number }>('SELECT epoch FROM journal_state')?.epoch ?? 1;

export type Epoch = { epoch: number; firstSequence: number; names: Named | null };

type Row = {
  epoch: number;
  first_sequence: number;
  names_size: number | null;
  names_root: Uint8Array | null;
};

const epochOf = ({ epoch, first_sequence, names_size, names_root }: Row): Epoch => ({
  epoch,
  firstSequence: first_sequence,
  names:
    names_size === null || names_root === null
      ? null
      : { size: names_size, rootHash: Buffer.from(names_root) },
});

const COLUMNS = 'epoch, first_sequence, names_size, names_root';

/** All epochs but the first. */
export const epochs = (tx: Reader): Epoch[] =>
  tx.all<Row>(`SELECT ${COLUMNS} FROM journal_epochs ORDER BY epoch`).map(epochOf);

/** The first epoch the portal has not been told of. */
export function unannouncedEpoch(tx: Reader): Epoch | null {
  const row = tx.get<Row>(
    `SELECT ${COLUMNS} FROM journal_epochs WHERE announced_at IS NULL ORDER BY epoch LIMIT 1`,
  );
  return row === undefined ? null : epochOf(row);
}

export const epochAnnounced = (tx: Tx, epoch: number, at: Date): void =>
  void tx.run('UPDATE journal_epochs SET announced_at = ? WHERE epoch = ? AND announced_at IS NULL', [
    at.toISOString(),
    epoch,
  ]);

/**
 * Reads the portal's last checkpoint as it gives it. Null when it is not one of this desk's log that the portal, where its
 * key is known, countersigned.
 */
export function readNamed(
  of: { note: string; cosignature: string },
  origin: string,
  witness: Verifier | null,
): Named | null {
  const note = parseNote(of.note);
  const checkpoint = note && parseCheckpoint(note.text);
  if (note === null || checkpoint === null || checkpoint.origin !== origin) return null;
  if (witness !== null && cosignedAt(of.cosignature, note.text, witness) === null) return null;
  return { size: checkpoint.size, rootHash: checkpoint.rootHash };
}
