import { z } from 'zod';
import type { JsonValue } from './json.ts';
import { parseJson } from './json.ts';
import type { Reader, Tx } from './transaction.ts';

export const effectKinds = [
  'submission',
  'correction',
  'certification',
  'receipt',
  'identity-check',
] as const;
export type EffectKind = (typeof effectKinds)[number];
const kind = z.enum(effectKinds);

/**
 * Every effect is at all times the machine's (`waiting`, `sending`, `incomplete`: with a time of the next try), a person's
 * (`needs-person`) or at its end (`accepted`, `closed`).
 */
const state = z.enum(['waiting', 'sending', 'incomplete', 'accepted', 'needs-person', 'closed']);
export type EffectState = z.output<typeof state>;

const params = z.record(z.string(), z.union([z.string(), z.number()]));
export type Problem = { code: string; params?: Record<string, string | number> };

export type Effect = {
  id: string;
  visitId: string;
  ordinal: number;
  kind: EffectKind;
  leafSequence: number;
  madeAt: string;
  state: EffectState;
  attempts: number;
  nextTryAt: string | null;
  problem: Problem | null;
};

export type EffectBlob = { sha256: string; role: string; size: number; mediaType: string };

type Row = {
  id: string;
  visit_id: string;
  ordinal: number;
  kind: string;
  leaf_sequence: number;
  made_at: string;
  state: string;
  attempts: number;
  next_try_at: string | null;
  last_code: string | null;
  last_params: string | null;
};

const columns =
  'id, visit_id, ordinal, kind, leaf_sequence, made_at, state, attempts, next_try_at, last_code, last_params';

const toEffect = (row: Row): Effect => ({
  id: row.id,
  visitId: row.visit_id,
  ordinal: row.ordinal,
  kind: kind.parse(row.kind),
  leafSequence: row.leaf_sequence,
  madeAt: row.made_at,
  state: state.parse(row.state),
  attempts: row.attempts,
  nextTryAt: row.next_try_at,
  problem:
    row.last_code === null
      ? null
      : row.last_params === null
        ? { code: row.last_code }
        : { code: row.last_code, params: params.parse(JSON.parse(row.last_params)) },
});

/** Queues an effect behind what its visit queued before, in the act's transaction. */
export function enqueue(
  tx: Tx,
  effect: {
    id: string;
    visitId: string;
    kind: EffectKind;
    leafSequence: number;
    madeAt: string;
    payload: object;
    blobs: readonly EffectBlob[];
  },
): void {
  tx.run(
    `INSERT INTO outbox (id, visit_id, ordinal, kind, leaf_sequence, made_at, payload, state, next_try_at, changed_at)
     VALUES (?, ?, (SELECT coalesce(max(ordinal), 0) + 1 FROM outbox WHERE visit_id = ?), ?, ?, ?, ?, 'waiting', ?, ?)`,
    [
      effect.id,
      effect.visitId,
      effect.visitId,
      effect.kind,
      effect.leafSequence,
      effect.madeAt,
      JSON.stringify(effect.payload),
      effect.madeAt,
      effect.madeAt,
    ],
  );
  for (const blob of effect.blobs)
    tx.run(`INSERT INTO outbox_blobs (effect_id, sha256, role, size, media_type) VALUES (?, ?, ?, ?, ?)`, [
      effect.id,
      blob.sha256,
      blob.role,
      blob.size,
      blob.mediaType,
    ]);
}

export function find(tx: Reader, id: string): Effect | undefined {
  const row = tx.get<Row>(`SELECT ${columns} FROM outbox WHERE id = ?`, [id]);
  return row && toEffect(row);
}

/** The payload as it was queued; null once it was delivered and purged. */
export function payloadOf(tx: Reader, id: string): JsonValue | null {
  const row = tx.get<{ payload: string | null }>('SELECT payload FROM outbox WHERE id = ?', [id]);
  return row?.payload ? parseJson(row.payload) : null;
}

export const blobsOf = (tx: Reader, id: string): EffectBlob[] =>
  tx
    .all<{ sha256: string; role: string; size: number; media_type: string }>(
      'SELECT sha256, role, size, media_type FROM outbox_blobs WHERE effect_id = ? ORDER BY size, sha256, role',
      [id],
    )
    .map((row) => ({ sha256: row.sha256, role: row.role, size: row.size, mediaType: row.media_type }));

// What stands before an effect in its visit and has not reached the portal holds it up; nothing else does.
const held = `EXISTS (SELECT 1 FROM outbox earlier WHERE earlier.visit_id = outbox.visit_id
  AND earlier.ordinal < outbox.ordinal AND earlier.state IN ('waiting', 'sending', 'needs-person'))`;

/** Effects the machine should send now, oldest first: of each visit the first that is not at the portal. */
export const due = (tx: Reader, now: string, limit: number): Effect[] =>
  tx
    .all<Row>(
      `SELECT ${columns} FROM outbox WHERE state IN ('waiting', 'incomplete') AND next_try_at <= ?
       AND NOT ${held} ORDER BY made_at, id LIMIT ?`,
      [now, limit],
    )
    .map(toEffect);

/** When the machine has to look again; null when nothing waits for it. */
export const nextTry = (tx: Reader): string | null =>
  tx.get<{ at: string | null }>(
    `SELECT min(next_try_at) AS at FROM outbox WHERE state IN ('waiting', 'incomplete') AND NOT ${held}`,
  )?.at ?? null;

/** The effect of the same visit that has to go first, if there is one. */
export const heldBy = (tx: Reader, effect: Effect): string | null =>
  tx.get<{ id: string }>(
    `SELECT id FROM outbox WHERE visit_id = ? AND ordinal < ? AND state IN ('waiting', 'sending', 'needs-person')
     ORDER BY ordinal LIMIT 1`,
    [effect.visitId, effect.ordinal],
  )?.id ?? null;

const move = (
  tx: Tx,
  id: string,
  to: EffectState,
  at: string,
  nextTryAt: string | null,
  problem: Problem | null,
): void =>
  void tx.run(
    `UPDATE outbox SET state = ?, next_try_at = ?, last_code = ?, last_params = ?, changed_at = ? WHERE id = ?`,
    [to, nextTryAt, problem?.code ?? null, problem?.params ? JSON.stringify(problem.params) : null, at, id],
  );

/** The machine takes it up; counted as an attempt. */
export function markSending(tx: Tx, id: string, at: string): void {
  tx.run('UPDATE outbox SET attempts = attempts + 1 WHERE id = ?', [id]);
  move(tx, id, 'sending', at, null, null);
}

/** The portal has the act; its blobs follow. */
export const markIncomplete = (
  tx: Tx,
  id: string,
  at: string,
  nextTryAt: string,
  problem: Problem | null,
): void => move(tx, id, 'incomplete', at, nextTryAt, problem);

export const markWaiting = (
  tx: Tx,
  id: string,
  at: string,
  nextTryAt: string,
  problem: Problem | null,
): void => move(tx, id, 'waiting', at, nextTryAt, problem);

export const markAccepted = (tx: Tx, id: string, at: string): void =>
  move(tx, id, 'accepted', at, null, null);

export const markNeedsPerson = (tx: Tx, id: string, at: string, problem: Problem): void =>
  move(tx, id, 'needs-person', at, null, problem);

/** A person said: once more. */
export const retry = (tx: Tx, id: string, at: string): void => move(tx, id, 'waiting', at, at, null);

/** A person said: never. The entry of the log says why; what follows in the visit is free to go. */
export const close = (tx: Tx, id: string, at: string): void => move(tx, id, 'closed', at, null, null);

/** After a crash: what was being sent is sent again; the portal knows it by its id. */
export const recover = (tx: Tx, at: string): number =>
  tx.run(`UPDATE outbox SET state = 'waiting', next_try_at = ?, changed_at = ? WHERE state = 'sending'`, [
    at,
    at,
  ]);

/** The line is back: whatever waits for a later try is tried now. */
export const hasten = (tx: Tx, at: string): number =>
  tx.run(`UPDATE outbox SET next_try_at = ? WHERE state IN ('waiting', 'incomplete') AND next_try_at > ?`, [
    at,
    at,
  ]);

/** What the portal says it misses of an effect's contents; the others are there. */
export function noteMissing(tx: Tx, id: string, missing: readonly string[], at: string): void {
  tx.run('UPDATE outbox_blobs SET uploaded_at = coalesce(uploaded_at, ?) WHERE effect_id = ?', [at, id]);
  for (const sha256 of missing)
    tx.run('UPDATE outbox_blobs SET uploaded_at = NULL WHERE effect_id = ? AND sha256 = ?', [id, sha256]);
}

/** Hashes of the contents that effects at the portal wait for: each once, small before big. */
export const blobsToUpload = (tx: Reader): string[] =>
  tx
    .all<{ sha256: string }>(
      `SELECT b.sha256 FROM outbox_blobs b JOIN outbox o ON o.id = b.effect_id
       WHERE o.state = 'incomplete' AND b.uploaded_at IS NULL GROUP BY b.sha256 ORDER BY min(b.size), b.sha256`,
    )
    .map(({ sha256 }) => sha256);

/** Effects at the portal that wait for this content. */
export const waitingForBlob = (tx: Reader, sha256: string): { id: string; visitId: string }[] =>
  tx
    .all<{ id: string; visit_id: string }>(
      `SELECT DISTINCT o.id, o.visit_id FROM outbox_blobs b JOIN outbox o ON o.id = b.effect_id
       WHERE o.state = 'incomplete' AND b.sha256 = ? AND b.uploaded_at IS NULL`,
      [sha256],
    )
    .map((row) => ({ id: row.id, visitId: row.visit_id }));

/** The portal has a content; effects that wait for no other are looked at now. Returns how many these are. */
export function noteUploaded(tx: Tx, sha256: string, at: string): number {
  tx.run('UPDATE outbox_blobs SET uploaded_at = coalesce(uploaded_at, ?) WHERE sha256 = ?', [at, sha256]);
  return tx.run(
    `UPDATE outbox SET next_try_at = ?, last_code = NULL, last_params = NULL, changed_at = ?
     WHERE state = 'incomplete' AND id IN (SELECT effect_id FROM outbox_blobs WHERE sha256 = ?)
     AND NOT EXISTS (SELECT 1 FROM outbox_blobs b WHERE b.effect_id = outbox.id AND b.uploaded_at IS NULL)`,
    [at, at, sha256],
  );
}

/** Whether a submission accepted since then has no reference number (číslo jednací) and no refusal yet. */
export const awaitsReference = (tx: Reader, since: string): boolean =>
  tx.get(
    `SELECT 1 AS awaits FROM (SELECT id, kind, changed_at FROM outbox WHERE state = 'accepted' ORDER BY id DESC LIMIT 500) o
     WHERE o.kind = 'submission' AND o.changed_at >= ? AND NOT EXISTS (SELECT 1 FROM inbox_answers a
       WHERE a.effect_id = o.id AND a.kind IN ('reference-number', 'rejected')) LIMIT 1`,
    [since],
  ) !== undefined;

/** How many effects the machine and how many a person has to deal with. */
export function counts(tx: Reader): { waiting: number; needsPerson: number } {
  const rows = tx.all<{ state: string; n: number }>('SELECT state, count(*) AS n FROM outbox GROUP BY state');
  const of = (...states: string[]) =>
    rows.filter((row) => states.includes(row.state)).reduce((sum, row) => sum + row.n, 0);
  return { waiting: of('waiting', 'sending', 'incomplete'), needsPerson: of('needs-person') };
}

const shown = {
  waiting: ['waiting', 'sending', 'incomplete'],
  'needs-person': ['needs-person'],
  accepted: ['accepted'],
  all: state.options,
} as const;

/** Newest first (ids ascend in time), from behind the effect `after`. */
export function page(
  tx: Reader,
  of: { show: keyof typeof shown; after: string | null; limit: number },
): Effect[] {
  const states = shown[of.show];
  return tx
    .all<Row>(
      `SELECT ${columns} FROM outbox WHERE state IN (${states.map(() => '?').join(', ')})
       AND (? IS NULL OR id < ?) ORDER BY id DESC LIMIT ?`,
      [...states, of.after, of.after, of.limit],
    )
    .map(toEffect);
}
