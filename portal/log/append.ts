import { err, ok, type Result } from '../../electron/values/result.ts';
import type { DeskHandler } from '../api.ts';
import { inTransaction } from '../database.ts';
import type { Refusal } from '../errors.ts';
import type { Portal } from '../portal.ts';
import { raiseDeskException } from './exceptions.ts';
import { announcedEpochs } from './known.ts';
import { growLogTree, logSize } from './tree.ts';

const EPOCH = /"epoch":([1-9]\d{0,8})[,}]/;

/** The epoch a leaf says it is of; null when it says none. Nothing else of a leaf is looked at. */
const epochOf = (leaf: Buffer): number | null => {
  const found = EPOCH.exec(leaf.toString('latin1'));
  return found === null ? null : Number(found[1]);
};

/** POST /log */
export function appendLog(portal: Portal): DeskHandler<'appendLog'> {
  const { db, clock } = portal;
  return ({ body: { from, leaves } }, desk) => {
    const received = leaves.map((leaf, index) => ({
      sequence: from + index,
      bytes: Buffer.from(leaf, 'base64'),
    }));
    const judged = inTransaction(
      db,
      (): Result<number, Refusal & { details: { [name: string]: number } }> => {
        const acknowledged = logSize(db, desk.id);
        if (from > acknowledged + 1) return err({ code: 'log.gap', details: { expected: acknowledged + 1 } });

        const known = db.prepare<[string, number], { bytes: Buffer }>(
          'SELECT bytes FROM log_leaves WHERE desk_id = ? AND sequence = ?',
        );
        const append = db.prepare(
          'INSERT INTO log_leaves (desk_id, sequence, bytes, received_at) VALUES (?, ?, ?, ?)',
        );
        // All that is known is compared before anything is written: a forked log leaves no trace but the report.
        for (const { sequence, bytes } of received) {
          if (sequence > acknowledged) break;
          if (known.get(desk.id, sequence)?.bytes.equals(bytes) !== true)
            return err({ code: 'log.forked', details: { sequence } });
        }
        const fresh = received.filter(({ sequence }) => sequence > acknowledged);
        const epochs = announcedEpochs(db, desk.id);
        for (const { sequence, bytes } of fresh) {
          const due = epochs.findLast(({ first_sequence }) => first_sequence <= sequence)?.epoch ?? 1;
          const epoch = epochOf(bytes) ?? due;
          if (epoch !== due) return err({ code: 'log.epoch-unknown', details: { sequence, epoch } });
        }
        const now = clock.now().getTime();
        for (const { sequence, bytes } of fresh) append.run(desk.id, sequence, bytes, now);
        growLogTree(db, desk.id);
        return ok(Math.max(acknowledged, from + leaves.length - 1));
      },
    );
    if (judged.ok) return ok({ status: 200, body: { acknowledgedTo: judged.value } });
    const { code, details } = judged.error;
    if (code === 'log.forked') raiseDeskException(portal, { deskId: desk.id, kind: 'log-forked', details });
    if (code === 'log.epoch-unknown')
      raiseDeskException(portal, { deskId: desk.id, kind: 'epoch-refused', details });
    return judged;
  };
}
