import { z } from 'zod';
import { submissionStates } from '../values/submission-states.ts';
import type { Reader, Tx } from './transaction.ts';

const kinds = z.enum([
  'received',
  'reference-number',
  'rejected',
  'completion-asked',
  'closing-approved',
  'closing-returned',
  'account-settled',
  'state-changed',
]);
const body = z.looseObject({
  referenceNumber: z.string().optional(),
  fileNumber: z.string().optional(),
  state: z.looseObject({ state: z.string() }).optional().catch(undefined),
});
/** States of a newer portal are passed over. */
const course = z.looseObject({
  state: z.looseObject({ state: z.enum(submissionStates), at: z.iso.datetime() }),
});
type Course = { state: z.output<typeof course>['state']['state']; at: string };

/** An answer of the portal to an effect. `body` is the whole answer as it came. */
export type InboxAnswer = {
  sequence: number;
  effectId: string;
  kind: z.output<typeof kinds>;
  at: string;
  referenceNumber: string | null;
  /** Spisová značka; another number than the reference number. */
  fileNumber: string | null;
  /** Where the office moved a submission; of an erased answer it is not known any more. */
  state: string | null;
};

type Row = { sequence: number; effect_id: string; kind: string; at: string; body: string };

/** Stores an answer once; repeated delivery changes nothing. Returns whether it was new. */
export const add = (
  tx: Tx,
  answer: { sequence: number; effectId: string; kind: string; at: string; body: string },
  receivedAt: string,
): boolean =>
  tx.run(
    `INSERT INTO inbox_answers (sequence, effect_id, kind, at, body, received_at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (sequence) DO NOTHING`,
    [answer.sequence, answer.effectId, answer.kind, answer.at, answer.body, receivedAt],
  ) === 1;

/**
 * Answers of the kinds this version knows, the newest last; those of a newer portal are kept for a newer desk. A portal that was
 * set back gives some again, perhaps another number: the last one holds.
 */
export const answersTo = (tx: Reader, effectId: string): InboxAnswer[] =>
  tx
    .all<Row>('SELECT * FROM inbox_answers WHERE effect_id = ? ORDER BY sequence', [effectId])
    .flatMap((row) => {
      const kind = kinds.safeParse(row.kind);
      if (!kind.success) return [];
      const { referenceNumber = null, fileNumber = null, state } = body.parse(JSON.parse(row.body));
      const { sequence, effect_id: effectId, at } = row;
      const moved = state?.state ?? null;
      return [{ sequence, effectId, kind: kind.data, at, referenceNumber, fileNumber, state: moved }];
    });

/** How an act about an account was settled, as it came; undefined until then, and once its content was erased. */
export function settledAccount(tx: Reader, effectId: string): { at: string; account: unknown } | undefined {
  const row = tx.get<{ at: string; body: string }>(
    `SELECT at, body FROM inbox_answers WHERE effect_id = ? AND kind = 'account-settled' ORDER BY sequence DESC LIMIT 1`,
    [effectId],
  );
  const account = row && settled.parse(JSON.parse(row.body)).account;
  return row && account !== undefined ? { at: row.at, account } : undefined;
}
const settled = z.looseObject({ account: z.unknown().optional() });

const saying = z.looseObject({
  reason: z.object({ cs: z.string(), en: z.string() }).optional().catch(undefined),
  deadline: z.iso.date().optional().catch(undefined),
});

/** What the office said last when it rejected an effect or asked for more, and until when it waits. */
export function officeSays(
  tx: Reader,
  effectId: string,
): { reason: { cs: string; en: string } | null; deadline: string | null } {
  const row = tx.get<{ body: string }>(
    `SELECT body FROM inbox_answers WHERE effect_id = ? AND kind IN ('rejected', 'completion-asked')
     ORDER BY sequence DESC LIMIT 1`,
    [effectId],
  );
  const { reason = null, deadline = null } = row ? saying.parse(JSON.parse(row.body)) : {};
  return { reason, deadline };
}

/**
 * Where a submission is at its office: the last state the office told of. What it asks for and a refusal are told as answers of
 * their own, and are states too.
 */
export function courseOf(tx: Reader, effectId: string): Course | null {
  const row = tx.get<{ kind: string; at: string; body: string }>(
    `SELECT kind, at, body FROM inbox_answers WHERE effect_id = ? AND kind IN ('state-changed', 'completion-asked', 'rejected')
     ORDER BY sequence DESC LIMIT 1`,
    [effectId],
  );
  if (row?.kind === 'completion-asked') return { state: 'completion-asked', at: row.at };
  if (row?.kind === 'rejected') return { state: 'closed', at: row.at };
  const told = row && course.safeParse(JSON.parse(row.body)).data?.state;
  return told ? { state: told.state, at: told.at } : null;
}

/**
 * The portal numbers its answers anew: what is here steps back below 1, in its order, so that nothing of it stands in
 * the way of the new numbers.
 */
export function renumber(tx: Tx): void {
  const { low, high } = tx.get<{ low: number | null; high: number | null }>(
    'SELECT min(sequence) AS low, max(sequence) AS high FROM inbox_answers',
  ) ?? { low: null, high: null };
  // By more than the whole span, so that no row meets another on its way.
  if (low !== null && high !== null)
    tx.run('UPDATE inbox_answers SET sequence = sequence - ?', [Math.max(high - low + 1, high)]);
}
