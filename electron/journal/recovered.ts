import { z } from 'zod';
import type { Tx } from '../store/transaction.ts';
import { err, ok, type Result } from '../values/result.ts';
import { leafHash, payloadHash } from './leaf.ts';
import { addLeaf } from './tree.ts';

const id = z.string();
const leaf = z.object({
  v: z.literal(1),
  desk: id,
  epoch: z.int().positive(),
  sequence: z.int().positive(),
  at: z.iso.datetime(),
  legalDate: z.iso.date(),
  counter: z.int().nonnegative(),
  clerk: id,
  role: id,
  kind: id,
  ids: z.record(z.string(), z.union([z.string(), z.number()])),
  payload: id,
});

/** What a leaf says, of those that came back from elsewhere. */
export type KnownLeaf = z.output<typeof leaf>;

const asText = (value: string | number | undefined): string | null =>
  value === undefined ? null : String(value);

export type LeafFlaw = 'unreadable' | 'not-next' | 'other-desk';

/**
 * Puts an entry at the end of the log that this desk once wrote and lost: its leaf byte for byte as the portal (or a damaged
 * file) has it, its payload where that was rescued too. An entry without a payload stands there as one whose payload is gone.
 */
export function appendKnown(
  tx: Tx,
  of: {
    leaf: Uint8Array;
    desk: string;
    recoveryId: string;
    at: string;
    rescued?: { salt: Uint8Array | null; payload: Uint8Array | null; erased_at: string | null } | undefined;
  },
): Result<KnownLeaf, LeafFlaw> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(of.leaf).toString('utf8'));
  } catch {
    return err('unreadable');
  }
  const parsed = leaf.safeParse(value);
  if (!parsed.success) return err('unreadable');
  const known = parsed.data;
  if (known.desk !== of.desk) return err('other-desk');
  const state = tx.get<{ last: number; counter: number; epoch: number }>(
    `SELECT counter, epoch, (SELECT coalesce(max(sequence), 0) FROM journal_leaves) AS last
     FROM journal_state WHERE one = 1`,
  );
  if (state === undefined) throw new Error('The journal has no state.');
  if (known.sequence !== state.last + 1) return err('not-next');
  const hash = leafHash(of.leaf);
  tx.run(
    `INSERT INTO journal_leaves (sequence, epoch, leaf, leaf_hash, kind, at, legal_date, clerk_id, role, visit_id,
       service_id, act_id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      known.sequence,
      known.epoch,
      of.leaf,
      hash,
      known.kind,
      known.at,
      known.legalDate,
      known.clerk,
      known.role,
      asText(known.ids['visit']),
      asText(known.ids['service']),
      asText(known.ids['act']) ?? `lost-${known.sequence}`,
    ],
  );
  const { salt = null, payload = null, erased_at = null } = of.rescued ?? {};
  const isRescued = salt !== null && payload !== null && payloadHash(salt, payload) === known.payload;
  // One that was erased before the damage lost nothing.
  if (!isRescued && erased_at === null)
    tx.run('INSERT INTO recovered_leaves (sequence, recovery_id) VALUES (?, ?)', [
      known.sequence,
      of.recoveryId,
    ]);
  tx.run('INSERT INTO journal_payloads (sequence, salt, payload, erased_at) VALUES (?, ?, ?, ?)', [
    known.sequence,
    isRescued ? salt : null,
    isRescued ? payload : null,
    isRescued ? null : (erased_at ?? of.at),
  ]);
  tx.run('UPDATE journal_state SET counter = max(counter, ?), epoch = max(epoch, ?) WHERE one = 1', [
    known.counter,
    known.epoch,
  ]);
  addLeaf(tx, known.sequence, hash);
  return ok(known);
}
