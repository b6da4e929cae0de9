import { err, ok } from '../../electron/values/result.ts';
import { isSignedBy, parseEpochStatement } from '../../electron/values/signed-note.ts';
import type { DeskHandler } from '../api.ts';
import { inTransaction } from '../database.ts';
import type { Portal } from '../portal.ts';
import { raiseDeskException } from './exceptions.ts';
import { announcedEpochs, deskKey, lastCheckpoint } from './known.ts';

/** POST /log/epochs */
export function openEpoch(portal: Portal): DeskHandler<'openEpoch'> {
  const { db, clock, log } = portal;
  return ({ body }, desk) => {
    const statement = parseEpochStatement(body.statement);
    const signature = Buffer.from(body.signature, 'base64');
    const refusal = inTransaction(db, (): string | null => {
      const key = deskKey(db, desk.id);
      if (statement === null || statement.deskId !== desk.id) return 'unreadable';
      if (key === null || !isSignedBy(key, Buffer.from(body.statement), signature)) return 'signature';
      const known = db
        .prepare<[string, number], { statement: string }>(
          'SELECT statement FROM log_epochs WHERE desk_id = ? AND epoch = ?',
        )
        .get(desk.id, statement.epoch);
      if (known !== undefined) return known.statement === body.statement ? null : 'announced-otherwise';
      const last = announcedEpochs(db, desk.id).at(-1);
      if (statement.epoch !== (last?.epoch ?? 1) + 1) return 'not-next';
      if (statement.firstSequence <= (last?.first_sequence ?? 0)) return 'not-next';
      const checkpoint = lastCheckpoint(db, desk.id);
      const { names } = statement;
      const isNamed =
        checkpoint === null
          ? names === null
          : names !== null && names.size === checkpoint.size && names.rootHash.equals(checkpoint.root_hash);
      if (!isNamed) return 'other-checkpoint';
      db.prepare(
        'INSERT INTO log_epochs (desk_id, epoch, first_sequence, opened_at, statement, signature) VALUES (?, ?, ?, ?, ?, ?)',
      ).run(
        desk.id,
        statement.epoch,
        statement.firstSequence,
        clock.now().getTime(),
        body.statement,
        signature,
      );
      log.warn({ desk: desk.id, epoch: statement.epoch }, 'a desk’s log goes on under a new epoch');
      return null;
    });
    if (refusal === null && statement !== null) return ok({ status: 200, body: { epoch: statement.epoch } });
    const details = { reason: refusal ?? 'unreadable' };
    raiseDeskException(portal, { deskId: desk.id, kind: 'epoch-refused', details });
    return err({ code: 'log.epoch-refused', details });
  };
}
