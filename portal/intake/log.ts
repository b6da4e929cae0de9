import { err, ok } from '../../electron/values/result.ts';
import type { DeskHandler } from '../api.ts';
import { inTransaction } from '../database.ts';
import type { Portal } from '../portal.ts';

/** POST /log */
export function appendLog({ db, clock, log }: Portal): DeskHandler<'appendLog'> {
  return ({ body: { from, leaves } }, desk) =>
    inTransaction(db, () => {
      const acknowledged =
        db
          .prepare<[string], { last: number | null }>(
            'SELECT max(sequence) AS last FROM log_leaves WHERE desk_id = ?',
          )
          .get(desk.id)?.last ?? 0;
      if (from > acknowledged + 1) return err({ code: 'log.gap', details: { expected: acknowledged + 1 } });

      const known = db.prepare<[string, number], { bytes: Buffer }>(
        'SELECT bytes FROM log_leaves WHERE desk_id = ? AND sequence = ?',
      );
      const append = db.prepare(
        'INSERT INTO log_leaves (desk_id, sequence, bytes, received_at) VALUES (?, ?, ?, ?)',
      );
      const received = leaves.map((leaf, index) => ({
        sequence: from + index,
        bytes: Buffer.from(leaf, 'base64'),
      }));
      // All that is known is compared before anything is written: a forked log leaves no trace but the report.
      for (const { sequence, bytes } of received) {
        if (sequence > acknowledged) break;
        if (known.get(desk.id, sequence)?.bytes.equals(bytes) !== true) {
          log.error({ desk: desk.id, sequence }, 'a desk sent other bytes for a leaf that is known');
          return err({ code: 'log.forked', details: { sequence } });
        }
      }
      const now = clock.now().getTime();
      for (const { sequence, bytes } of received) {
        if (sequence > acknowledged) append.run(desk.id, sequence, bytes, now);
      }
      return ok({
        status: 200,
        body: { acknowledgedTo: Math.max(acknowledged, from + leaves.length - 1) },
      });
    });
}
