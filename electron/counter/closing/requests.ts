import { z } from 'zod';
import { counts } from '../../contract/cash-desk.ts';
import { carried, openItem } from '../../contract/closing.ts';
import type { Reader, Tx } from '../../store/open.ts';

/** What was counted and decided when a closing was sent for approval; the closing says this and nothing newer. */
const prepared = z.strictObject({
  counts,
  counted: z.int(),
  differenceReason: z.string().nullable(),
  open: z.array(openItem),
  carried: z.array(carried),
});
export type Prepared = z.output<typeof prepared>;

export type ClosingRequest = {
  id: string;
  /** The act that prepared it: the last entry of the log the closing covers. */
  leafSequence: number;
  madeAt: string;
  madeBy: string;
  closing: Prepared;
  state: 'waiting' | 'approved' | 'returned' | 'withdrawn';
  answeredBy: string | null;
  note: string | null;
};

type Row = {
  id: string;
  leaf_sequence: number;
  made_at: string;
  made_by: string;
  closing: string;
  state: string;
  answered_by: string | null;
  note: string | null;
};

const state = z.enum(['waiting', 'approved', 'returned', 'withdrawn']);

const toRequest = (row: Row): ClosingRequest => ({
  id: row.id,
  leafSequence: row.leaf_sequence,
  madeAt: row.made_at,
  madeBy: row.made_by,
  closing: prepared.parse(JSON.parse(row.closing)),
  state: state.parse(row.state),
  answeredBy: row.answered_by,
  note: row.note,
});

export const insertRequest = (
  tx: Tx,
  of: Pick<ClosingRequest, 'id' | 'leafSequence' | 'madeAt' | 'madeBy' | 'closing'>,
): void =>
  void tx.run(
    `INSERT INTO closing_requests (id, leaf_sequence, made_at, made_by, closing, state)
     VALUES (?, ?, ?, ?, ?, 'waiting')`,
    [of.id, of.leafSequence, of.madeAt, of.madeBy, JSON.stringify(of.closing)],
  );

/** Ends the waiting of a request. */
export const settleRequest = (
  tx: Tx,
  id: string,
  to: { state: 'approved' | 'returned' | 'withdrawn'; at: string; by: string; note: string | null },
): void =>
  void tx.run(
    `UPDATE closing_requests SET state = ?, answered_at = ?, answered_by = ?, note = ?
     WHERE id = ? AND state = 'waiting'`,
    [to.state, to.at, to.by, to.note, id],
  );

export function waitingRequest(tx: Reader): ClosingRequest | null {
  const row = tx.get<Row>(`SELECT * FROM closing_requests WHERE state = 'waiting'`);
  return row ? toRequest(row) : null;
}

/** The newest one, whatever became of it. */
export function lastRequest(tx: Reader): ClosingRequest | null {
  const row = tx.get<Row>('SELECT * FROM closing_requests ORDER BY leaf_sequence DESC LIMIT 1');
  return row ? toRequest(row) : null;
}

const decision = z.looseObject({
  decidedBy: z.object({ clerkId: z.string(), name: z.string() }),
  note: z.string().max(500).optional(),
});
export type Decision = { approved: boolean; by: { clerkId: string; name: string }; note: string | null };

/** What a supervisor elsewhere decided about the effect of a request; null while no answer has come. */
export function decisionOn(tx: Reader, effectId: string): Decision | null {
  const row = tx.get<{ kind: string; body: string }>(
    `SELECT kind, body FROM inbox_answers WHERE effect_id = ? AND kind IN ('closing-approved', 'closing-returned')
     ORDER BY sequence LIMIT 1`,
    [effectId],
  );
  const parsed = row && decision.safeParse(JSON.parse(row.body));
  if (!row || !parsed?.success) return null;
  return {
    approved: row.kind === 'closing-approved',
    by: parsed.data.decidedBy,
    note: parsed.data.note ?? null,
  };
}
