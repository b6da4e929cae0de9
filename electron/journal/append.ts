import type { JsonValue } from '../store/json.ts';
import type { Tx } from '../store/transaction.ts';
import type { Clock } from '../values/clock.ts';
import { legalDate } from '../values/time.ts';
import { canonicalBytes, type EntryIds, leafBytes, leafHash, payloadHash } from './leaf.ts';
import { addLeaf } from './tree.ts';

export type JournalEnv = {
  clock: Clock;
  random: (length: number) => Uint8Array;
  /** The desk's id. */
  desk: string;
};

export type NewEntry = {
  kind: string;
  actId: string;
  /** The clerk's id, or one for the machine where nobody acts. */
  clerk: string;
  role: string;
  visitId?: string | undefined;
  serviceId?: string | undefined;
  ids?: EntryIds | undefined;
  /** Everything personal or free-text, and the hashes of contents. */
  payload: JsonValue;
};

export type Appended = { sequence: number; leafHash: Buffer; at: string; legalDate: string };

type State = { epoch: number; counter: number; trusted_at: string | null; last: number };

const SALT_BYTES = 32;

// Where the counter stood when this run of the process first wrote, and the monotonic clock with it. Kept by
// transaction, of which a store has one for its whole life, so that it ends with the store.
const anchors = new WeakMap<Tx, { counter: number; monotonicMs: number }>();

/** The counter follows the monotonic clock within a run and goes on from the stored value in the next. */
function nextCounter(tx: Tx, stored: number, monotonicMs: number): number {
  const anchor = anchors.get(tx) ?? { counter: stored + 1, monotonicMs };
  anchors.set(tx, anchor);
  return Math.max(stored + 1, anchor.counter + Math.floor(monotonicMs - anchor.monotonicMs));
}

/**
 * Adds an entry at the end of the log, in the transaction of the act it records. The sequence begins with 1 and
 * has no gap: an entry that is rolled back was never there.
 */
export function append(tx: Tx, env: JournalEnv, entry: NewEntry): Appended {
  const now = env.clock.now();
  const state = tx.get<State>(
    `SELECT epoch, counter, trusted_at, (SELECT coalesce(max(sequence), 0) FROM journal_leaves) AS last
     FROM journal_state WHERE one = 1`,
  );
  if (state === undefined) throw new Error('The journal has no state.');
  const sequence = state.last + 1;
  const counter = nextCounter(tx, state.counter, env.clock.monotonicMs());
  const at = now.toISOString();
  const day = legalDate(now);
  const salt = env.random(SALT_BYTES);
  const payload = canonicalBytes(entry.payload);
  const leaf = leafBytes({
    v: 1,
    desk: env.desk,
    epoch: state.epoch,
    sequence,
    at,
    legalDate: day,
    counter,
    trusted: state.trusted_at,
    clerk: entry.clerk,
    role: entry.role,
    kind: entry.kind,
    ids: {
      ...entry.ids,
      act: entry.actId,
      ...(entry.visitId !== undefined && { visit: entry.visitId }),
      ...(entry.serviceId !== undefined && { service: entry.serviceId }),
    },
    payload: payloadHash(salt, payload),
  });
  const hash = leafHash(leaf);
  tx.run(
    `INSERT INTO journal_leaves (sequence, epoch, leaf, leaf_hash, kind, at, legal_date, clerk_id, role, visit_id,
       service_id, act_id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      sequence,
      state.epoch,
      leaf,
      hash,
      entry.kind,
      at,
      day,
      entry.clerk,
      entry.role,
      entry.visitId ?? null,
      entry.serviceId ?? null,
      entry.actId,
    ],
  );
  tx.run('INSERT INTO journal_payloads (sequence, salt, payload) VALUES (?, ?, ?)', [
    sequence,
    salt,
    payload,
  ]);
  tx.run('UPDATE journal_state SET counter = ? WHERE one = 1', [counter]);
  addLeaf(tx, sequence, hash);
  return { sequence, leafHash: hash, at, legalDate: day };
}
