import { err, ok, type Result } from '../../electron/values/result.ts';
import {
  cosign,
  deskOrigin,
  isNoteSignedBy,
  keyIdOf,
  parseCheckpoint,
  parseNote,
} from '../../electron/values/signed-note.ts';
import type { DeskHandler } from '../api.ts';
import { inTransaction } from '../database.ts';
import type { Refusal } from '../errors.ts';
import type { Portal } from '../portal.ts';
import { raiseDeskException } from './exceptions.ts';
import { witnessName } from './keys.ts';
import { deskKey, lastCheckpoint } from './known.ts';
import { logRoot, logSize } from './tree.ts';

/** Why a checkpoint is not countersigned. */
export type CheckpointFlaw = 'unreadable' | 'other-log' | 'no-key' | 'signature' | 'root';
type Countersigned = { note: string; cosignature: string };

/**
 * Countersigns a desk's checkpoint when it is the one of the leaves that are here, and keeps it. A root that is another one
 * means that the desk's log was rewritten or forked; somebody is told.
 */
export function countersign(portal: Portal, deskId: string, note: string): Result<Countersigned, Refusal> {
  const { db, clock, keys } = portal;
  const judged = inTransaction(
    db,
    (): Result<Countersigned, Refusal | { flaw: CheckpointFlaw; size: number }> => {
      const flawed = (flaw: CheckpointFlaw, size = 0) => err({ flaw, size });
      const read = parseNote(note);
      const checkpoint = read && parseCheckpoint(read.text);
      if (read === null || checkpoint === null || checkpoint.size < 1) return flawed('unreadable');
      const { size, rootHash } = checkpoint;
      if (checkpoint.origin !== deskOrigin(deskId)) return flawed('other-log', size);
      const publicKey = deskKey(db, deskId);
      if (publicKey === null) return flawed('no-key', size);
      const verifier = { name: checkpoint.origin, publicKey };
      if (!isNoteSignedBy(read, verifier)) return flawed('signature', size);
      const here = logSize(db, deskId);
      if (size > here) return err({ code: 'log.gap', details: { expected: here + 1 } });
      // The tree here only ever grew, and every checkpoint before was compared with it: what fits it fits them.
      if (!logRoot(db, deskId, size).equals(rootHash)) return flawed('root', size);
      const keyId = keyIdOf(verifier);
      const known = db
        .prepare<[string, number, Buffer], Countersigned>(
          'SELECT note, cosignature FROM log_checkpoints WHERE desk_id = ? AND size = ? AND key_id = ?',
        )
        .get(deskId, size, keyId);
      if (known !== undefined) return ok(known);
      const now = clock.now();
      const cosignature = cosign({ name: witnessName(db), key: keys.signing }, read.text, now);
      db.prepare(
        `INSERT INTO log_checkpoints (desk_id, size, key_id, root_hash, note, cosignature, received_at)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      ).run(deskId, size, keyId, rootHash, note, cosignature, now.getTime());
      return ok({ note, cosignature });
    },
  );
  if (judged.ok) return judged;
  if (!('flaw' in judged.error)) return err(judged.error);
  const { flaw, size } = judged.error;
  raiseDeskException(portal, { deskId, kind: 'checkpoint-refused', details: { reason: flaw, size } });
  return err({ code: 'checkpoint.refused', details: { reason: flaw } });
}

/** POST /log/checkpoints */
export const countersignCheckpoint =
  (portal: Portal): DeskHandler<'countersignCheckpoint'> =>
  ({ body: { note } }, desk) => {
    const done = countersign(portal, desk.id, note);
    return done.ok ? ok({ status: 200, body: done.value }) : done;
  };

/** GET /log/checkpoints */
export const readLastCheckpoint =
  ({ db }: Portal): DeskHandler<'readLastCheckpoint'> =>
  (_call, desk) => {
    const last = lastCheckpoint(db, desk.id);
    const checkpoint = last && { note: last.note, cosignature: last.cosignature };
    return ok({ status: 200, body: { checkpoint } });
  };
