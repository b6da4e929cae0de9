import { z } from 'zod';
import type { Reader, Tx } from './transaction.ts';

const kinds = z.enum(['received', 'reference-number', 'rejected', 'completion-asked']);
const body = z.looseObject({ referenceNumber: z.string().optional() });

/** An answer of the portal to an effect. `body` is the whole answer as it came. */
export type InboxAnswer = {
  sequence: number;
  effectId: string;
  kind: z.output<typeof kinds>;
  at: string;
  referenceNumber: string | null;
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

export const answersTo = (tx: Reader, effectId: string): InboxAnswer[] =>
  tx.all<Row>('SELECT * FROM inbox_answers WHERE effect_id = ? ORDER BY sequence', [effectId]).map((row) => ({
    sequence: row.sequence,
    effectId: row.effect_id,
    kind: kinds.parse(row.kind),
    at: row.at,
    referenceNumber: body.parse(JSON.parse(row.body)).referenceNumber ?? null,
  }));
