import type { Database } from '../database.ts';

/** What the portal has written down of a desk's log besides its leaves. */

/** What a desk signs its log with now; null before it has said so. */
export const deskKey = (db: Database, deskId: string): Buffer | null =>
  db
    .prepare<[string], { public_key: Buffer }>(
      'SELECT public_key FROM desk_keys WHERE desk_id = ? AND retired_at IS NULL',
    )
    .get(deskId)?.public_key ?? null;

export type Epoch = { epoch: number; first_sequence: number };

/** The epochs announced, from the second on. */
export const announcedEpochs = (db: Database, deskId: string): Epoch[] =>
  db
    .prepare<[string], Epoch>('SELECT epoch, first_sequence FROM log_epochs WHERE desk_id = ? ORDER BY epoch')
    .all(deskId);

export const currentEpoch = (db: Database, deskId: string): number =>
  announcedEpochs(db, deskId).at(-1)?.epoch ?? 1;

export type CountersignedCheckpoint = {
  size: number;
  root_hash: Buffer;
  note: string;
  cosignature: string;
};

/** The newest checkpoint of a desk that the portal countersigned. */
export const lastCheckpoint = (db: Database, deskId: string): CountersignedCheckpoint | null =>
  db
    .prepare<[string], CountersignedCheckpoint>(
      `SELECT size, root_hash, note, cosignature FROM log_checkpoints
       WHERE desk_id = ? ORDER BY size DESC, received_at DESC LIMIT 1`,
    )
    .get(deskId) ?? null;
