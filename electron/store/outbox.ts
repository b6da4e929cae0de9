import { z } from 'zod';
import { type DeliveryEvent, type DeliveryState, nextState } from './delivery-rules.ts';
import type { JsonValue } from './json.ts';
import { parseJson } from './json.ts';
import type { Reader, Tx } from './transaction.ts';

export const effectKinds = [
  'submission',
  'correction',
  'certification',
  'receipt',
  'refund',
  'identity-check',
  'closing',
  'account',
  'booking',
  'mailbox',
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
  /** Where it stands by the rules of delivery: as `state`, but `returned` for an accepted one that is a person's task. */
  standing: DeliveryState;
  /** How often the portal refused it for now since a person last looked at it, and since when. */
  refusals: number;
  firstRefusedAt: string | null;
  handedOver: { at: string; by: string } | null;
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
  task: string | null;
  refusals: number;
  first_refused_at: string | null;
  handed_over_at: string | null;
  handed_over_by: string | null;
};

const columns = `id, visit_id, ordinal, kind, leaf_sequence, made_at, state, attempts, next_try_at, last_code, last_params,
  task, refusals, first_refused_at, handed_over_at, handed_over_by`;

const standingOf = (of: { state: EffectState; task: string | null }): DeliveryState =>
  of.state === 'accepted' && of.task !== null ? 'returned' : of.state;

const problemOf = (row: Row): Problem | null => {
  if (row.task !== null) return { code: row.task };
  if (row.last_code === null) return null;
  return row.last_params === null
    ? { code: row.last_code }
    : { code: row.last_code, params: params.parse(JSON.parse(row.last_params)) };
};

const toEffect = (row: Row): Effect => {
  const effectState = state.parse(row.state);
  return {
    id: row.id,
    visitId: row.visit_id,
    ordinal: row.ordinal,
    kind: kind.parse(row.kind),
    leafSequence: row.leaf_sequence,
    madeAt: row.made_at,
    state: effectState,
    attempts: row.attempts,
    nextTryAt: row.next_try_at,
    problem: problemOf(row),
    standing: standingOf({ state: effectState, task: row.task }),
    refusals: row.refusals,
    firstRefusedAt: row.first_refused_at,
    handedOver: row.handed_over_at === null ? null : { at: row.handed_over_at, by: row.handed_over_by ?? '' },
  };
};

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

// What goes along in the same batch holds nothing up: the portal judges a batch in its order.
const heldFor = `EXISTS (SELECT 1 FROM outbox earlier WHERE earlier.visit_id = outbox.visit_id
  AND earlier.ordinal < outbox.ordinal AND earlier.state IN ('waiting', 'sending', 'needs-person')
  AND NOT (earlier.state = 'waiting' AND earlier.next_try_at <= :now))`;

const dueRows = (columnsOf: string): string =>
  `SELECT ${columnsOf} FROM outbox INDEXED BY outbox_to_send
   WHERE state IN ('waiting', 'incomplete') AND next_try_at <= :now AND NOT ${heldFor}
   ORDER BY leaf_sequence, visit_id, ordinal LIMIT :limit`;

/**
 * Effects the machine should send now, in the order of the acts: of each visit those that nothing before them holds up, or
 * only what stands before them in this same list.
 */
export const due = (tx: Reader, now: string, limit: number): Effect[] =>
  tx.all<Row>(dueRows(columns), { now, limit }).map(toEffect);

/** What is due together with its content, as far as `limit` effects and about `maxBytes` of content go. */
export function dueContents(
  tx: Reader,
  now: string,
  { limit, maxBytes }: { limit: number; maxBytes: number },
): Content[] {
  const effects = due(tx, now, limit);
  const taken: Content[] = [];
  let bytes = 0;
  for (const effect of effects) {
    const row = tx.get<{ payload: string | null; has: number }>(
      `SELECT payload, EXISTS (SELECT 1 FROM outbox_blobs WHERE effect_id = outbox.id) AS has
       FROM outbox WHERE id = ?`,
      [effect.id],
    );
    const payload = row?.payload ?? null;
    if (taken.length > 0 && bytes + (payload?.length ?? 0) > maxBytes) break;
    bytes += payload?.length ?? 0;
    taken.push({ effect, payload, blobs: row?.has === 1 ? blobsOf(tx, effect.id) : [] });
  }
  return taken;
}

// A medium bears them, whatever the line does with them meanwhile; the portal knows each by its id.
const UNCONFIRMED = `state IN ('waiting', 'sending', 'incomplete')
  AND NOT EXISTS (SELECT 1 FROM outbox earlier WHERE earlier.visit_id = outbox.visit_id
    AND earlier.ordinal < outbox.ordinal AND earlier.state = 'needs-person')`;

export type Content = { effect: Effect; payload: string | null; blobs: EffectBlob[] };

/**
 * What the portal has not confirmed whole and no person stands before, whenever its next try is, with its content: in the
 * order of the acts up to the entry `last`, behind `after`, as far as about `maxBytes` go. `missing`: what the portal lacks of
 * the contents.
 */
export function unconfirmed(
  tx: Reader,
  after: Pick<Effect, 'leafSequence' | 'visitId' | 'ordinal'> | null,
  { last, limit, maxBytes }: { last: number; limit: number; maxBytes: number },
): { content: Content; missing: EffectBlob[] }[] {
  const rows = tx.all<Row & { payload: string | null }>(
    `SELECT ${columns}, payload FROM outbox
     WHERE ${UNCONFIRMED} AND leaf_sequence <= :last
       AND (leaf_sequence, visit_id, ordinal) > (:leaf, :visit, :ordinal)
     ORDER BY leaf_sequence, visit_id, ordinal LIMIT :limit`,
    {
      leaf: after?.leafSequence ?? 0,
      visit: after?.visitId ?? '',
      ordinal: after?.ordinal ?? 0,
      last,
      limit,
    },
  );
  const taken: { content: Content; missing: EffectBlob[] }[] = [];
  let bytes = 0;
  for (const row of rows) {
    bytes += row.payload?.length ?? 0;
    if (taken.length > 0 && bytes > maxBytes) break;
    const blobs = blobsOf(tx, row.id);
    const there = new Set(
      tx
        .all<{ sha256: string }>(
          'SELECT sha256 FROM outbox_blobs WHERE effect_id = ? AND uploaded_at IS NOT NULL',
          [row.id],
        )
        .map(({ sha256 }) => sha256),
    );
    taken.push({
      content: { effect: toEffect(row), payload: row.payload, blobs },
      missing: blobs.filter(({ sha256 }) => !there.has(sha256)),
    });
  }
  return taken;
}

/** How many `unconfirmed` finds up to an entry of the log. */
export const countUnconfirmed = (tx: Reader, last: number): number =>
  tx.get<{ n: number }>(`SELECT count(*) AS n FROM outbox WHERE ${UNCONFIRMED} AND leaf_sequence <= ?`, [
    last,
  ])?.n ?? 0;

/**
 * Places within visits at which nothing will come any more: a person closed what stood there, or its row went with a damaged
 * store. Rows are never deleted, so that a gap is always such a loss.
 */
export const closedIn = (tx: Reader, visitIds: readonly string[]): { visitId: string; ordinal: number }[] =>
  tx
    .all<{ visit_id: string; ordinal: number }>(
      `WITH RECURSIVE places (visit_id, ordinal, last) AS (
         SELECT visit_id, 1, max(ordinal) FROM outbox WHERE visit_id IN (SELECT value FROM json_each(?)) GROUP BY visit_id
         UNION ALL SELECT visit_id, ordinal + 1, last FROM places WHERE ordinal < last)
       SELECT visit_id, ordinal FROM places LEFT JOIN outbox USING (visit_id, ordinal)
       WHERE state IS NULL OR state = 'closed' ORDER BY visit_id, ordinal LIMIT 1000`,
      [JSON.stringify(visitIds)],
    )
    .map((row) => ({ visitId: row.visit_id, ordinal: row.ordinal }));

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

/**
 * Lets an event come to an effect, by the table of the delivery rules. An event that cannot come to it there is a bug. An
 * effect at its end stays as it is when told its end once more.
 */
function move(
  tx: Tx,
  id: string,
  event: DeliveryEvent,
  of: { at: string; nextTryAt?: string | null; problem?: Problem | null },
): void {
  const row = tx.get<{ state: string; task: string | null }>('SELECT state, task FROM outbox WHERE id = ?', [
    id,
  ]);
  if (!row) throw new Error(`outbox: no effect ${id}`);
  const from = standingOf({ state: state.parse(row.state), task: row.task });
  const to = nextState(from, event);
  if (to === null) throw new Error(`outbox: ${event} cannot come to what is ${from}`);
  if (to === from && (from === 'accepted' || from === 'returned')) return;
  tx.run(
    `UPDATE outbox SET state = ?, next_try_at = ?, last_code = ?, last_params = ?, changed_at = ? WHERE id = ?`,
    [
      to === 'returned' ? 'accepted' : to,
      of.nextTryAt ?? null,
      of.problem?.code ?? null,
      of.problem?.params ? JSON.stringify(of.problem.params) : null,
      of.at,
      id,
    ],
  );
}

const idsOf = (ids: readonly string[]): string => JSON.stringify(ids);
const amongIds = 'id IN (SELECT value FROM json_each(?))';

/**
 * The machine takes them up; counted as an attempt. What waits for its blobs only is looked at and stays so; it is due again
 * at `lookAgainAt`, unless the look says otherwise.
 */
export function takeUp(tx: Tx, ids: readonly string[], at: string, lookAgainAt: string): void {
  tx.run(
    `UPDATE outbox SET attempts = attempts + 1, state = 'sending', next_try_at = NULL, last_code = NULL,
       last_params = NULL, changed_at = ? WHERE ${amongIds} AND state = 'waiting'`,
    [at, idsOf(ids)],
  );
  tx.run(`UPDATE outbox SET next_try_at = ? WHERE ${amongIds} AND state = 'incomplete'`, [
    lookAgainAt,
    idsOf(ids),
  ]);
}

export const markSending = (tx: Tx, id: string, at: string): void => takeUp(tx, [id], at, at);

/** The portal has the act; its blobs follow. */
export const markIncomplete = (
  tx: Tx,
  id: string,
  at: string,
  nextTryAt: string,
  problem: Problem | null,
): void => move(tx, id, 'incomplete', { at, nextTryAt, problem });

/** Another try by itself; what the portal holds already stays incomplete. */
export const postpone = (tx: Tx, id: string, at: string, nextTryAt: string, problem: Problem | null): void =>
  move(tx, id, 'postponed', { at, nextTryAt, problem });

export const markWaiting = postpone;

/** As `postpone`, for all that went together. */
export function postponeAll(
  tx: Tx,
  ids: readonly string[],
  at: string,
  nextTryAt: string,
  problem: Problem | null,
): void {
  tx.run(
    `UPDATE outbox SET state = CASE state WHEN 'incomplete' THEN 'incomplete' ELSE 'waiting' END, next_try_at = ?,
       last_code = ?, last_params = ?, changed_at = ?
     WHERE ${amongIds} AND state IN ('waiting', 'sending', 'incomplete')`,
    [
      nextTryAt,
      problem?.code ?? null,
      problem?.params ? JSON.stringify(problem.params) : null,
      at,
      idsOf(ids),
    ],
  );
}

/** The portal refused it for now. Returns how often it has, and since when. */
export function noteRefusal(tx: Tx, id: string, at: string): { refusals: number; firstRefusedAt: string } {
  tx.run(
    'UPDATE outbox SET refusals = refusals + 1, first_refused_at = coalesce(first_refused_at, ?) WHERE id = ?',
    [at, id],
  );
  const row = tx.get<{ refusals: number; first_refused_at: string | null }>(
    'SELECT refusals, first_refused_at FROM outbox WHERE id = ?',
    [id],
  );
  return { refusals: row?.refusals ?? 0, firstRefusedAt: row?.first_refused_at ?? at };
}

/** The portal has them complete; said once more of one at its end it changes nothing. */
export function acceptAll(tx: Tx, ids: readonly string[], at: string): void {
  tx.run(
    `UPDATE outbox SET state = 'accepted', next_try_at = NULL, last_code = NULL, last_params = NULL,
       handed_over_at = NULL, handed_over_by = NULL, changed_at = ?
     WHERE ${amongIds} AND state IN ('waiting', 'sending', 'incomplete', 'needs-person')`,
    [at, idsOf(ids)],
  );
}

export const markAccepted = (tx: Tx, id: string, at: string): void => acceptAll(tx, [id], at);

export const markNeedsPerson = (tx: Tx, id: string, at: string, problem: Problem): void =>
  move(tx, id, 'refused', { at, problem });

/** A person said: once more. It starts anew, also in what counts as too often. */
export function retry(tx: Tx, id: string, at: string): void {
  move(tx, id, 'person-retries', { at, nextTryAt: at });
  tx.run(
    `UPDATE outbox SET refusals = 0, first_refused_at = NULL, handed_over_at = NULL, handed_over_by = NULL
     WHERE id = ?`,
    [id],
  );
}

/** A supervisor said: never. The entry of the log says why; what follows in the visit is free to go. */
export const close = (tx: Tx, id: string, at: string): void => move(tx, id, 'supervisor-closes', { at });

/** Something is asked of a person about an effect the portal has accepted. */
export function giveTask(tx: Tx, id: string, at: string, code: string): void {
  move(tx, id, 'returned', { at });
  tx.run('UPDATE outbox SET task = ?, changed_at = ? WHERE id = ?', [code, at, id]);
}

/** A person has dealt with what was asked. */
export function settleTask(tx: Tx, id: string, at: string): void {
  tx.run(
    `UPDATE outbox SET task = NULL, handed_over_at = NULL, handed_over_by = NULL, changed_at = ?
     WHERE id = ? AND task IS NOT NULL`,
    [at, id],
  );
}

/** The task is the supervisor's from now on. */
export const handOver = (tx: Tx, id: string, of: { at: string; by: string }): void =>
  void tx.run('UPDATE outbox SET handed_over_at = ?, handed_over_by = ?, changed_at = ? WHERE id = ?', [
    of.at,
    of.by,
    of.at,
    id,
  ]);

/**
 * The portal does not know what it had accepted: it is sent from the start, with the reason on record. What the desk has
 * dropped since becomes a person's task. Returns the ids of both.
 */
export function portalForgot(
  tx: Tx,
  ids: readonly string[],
  at: string,
): { again: string[]; purged: string[]; visitIds: string[] } {
  const rows = tx.all<{ id: string; visit_id: string; state: string; kept: number }>(
    `SELECT id, visit_id, state, payload IS NOT NULL AS kept FROM outbox
     WHERE ${amongIds} AND state IN ('accepted', 'incomplete') ORDER BY leaf_sequence, ordinal`,
    [idsOf(ids)],
  );
  const again = rows.filter(({ kept }) => kept === 1).map(({ id }) => id);
  const purged = rows.filter(({ kept }) => kept !== 1).map(({ id }) => id);
  tx.run('UPDATE outbox_blobs SET uploaded_at = NULL WHERE effect_id IN (SELECT value FROM json_each(?))', [
    idsOf(again),
  ]);
  tx.run(
    `UPDATE outbox SET state = 'waiting', next_try_at = ?, task = NULL, reopened_for = 'portal-forgot',
       reopened_at = ?, refusals = 0, first_refused_at = NULL, last_code = NULL, last_params = NULL, changed_at = ?
     WHERE ${amongIds}`,
    [at, at, at, idsOf(again)],
  );
  tx.run(`UPDATE outbox SET task = 'effect.forgotten', changed_at = ? WHERE ${amongIds}`, [
    at,
    idsOf(purged),
  ]);
  return { again, purged, visitIds: [...new Set(rows.map((row) => row.visit_id))] };
}

/** Effects the portal said it has, from behind an id on: what is compared when it may have forgotten. */
export const atPortal = (tx: Reader, after: string, limit: number): string[] =>
  tx
    .all<{ id: string }>(
      "SELECT id FROM outbox WHERE id > ? AND state IN ('accepted', 'incomplete') ORDER BY id LIMIT ?",
      [after, limit],
    )
    .map(({ id }) => id);

/**
 * Whether the portal has confirmed the whole effect, contents included, and nobody is asked about it any more: only then
 * may the desk drop what it holds of it.
 */
export const isDelivered = (tx: Reader, id: string): boolean => find(tx, id)?.standing === 'accepted';

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

/**
 * Hashes of the contents that effects at the portal wait for: each once, small before big. Acts about accounts the portal
 * carries out when they are whole: those of a visit one after another.
 */
export const blobsToUpload = (tx: Reader): string[] =>
  tx
    .all<{ sha256: string }>(
      `SELECT b.sha256 FROM outbox_blobs b JOIN outbox o ON o.id = b.effect_id
       WHERE o.state = 'incomplete' AND b.uploaded_at IS NULL AND NOT (o.kind = 'account' AND EXISTS (
         SELECT 1 FROM outbox AS e WHERE e.visit_id = o.visit_id AND e.ordinal < o.ordinal AND e.kind = 'account'
           AND e.state = 'incomplete'))
       GROUP BY b.sha256 ORDER BY min(b.size), b.sha256`,
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

/**
 * Whether somebody is about to answer: a submission accepted since then has no reference number (číslo jednací) and no
 * refusal yet, an act about an account was not settled, or a closing sent since then waits for a supervisor elsewhere.
 */
export const awaitsAnswer = (tx: Reader, since: string): boolean =>
  tx.get(
    `SELECT 1 AS awaits FROM (SELECT id, kind, changed_at FROM outbox WHERE state = 'accepted' ORDER BY id DESC LIMIT 500) o
     WHERE o.kind IN ('submission', 'account') AND o.changed_at >= ? AND NOT EXISTS (SELECT 1 FROM inbox_answers a
       WHERE a.effect_id = o.id AND a.kind IN ('reference-number', 'rejected', 'account-settled'))
     UNION ALL SELECT 1 FROM closing_requests WHERE state = 'waiting' AND made_at >= ? LIMIT 1`,
    [since, since],
  ) !== undefined;

/** How many effects the machine and how many a person has to deal with. */
export function counts(tx: Reader): { waiting: number; needsPerson: number } {
  const rows = tx.all<{ state: string; n: number }>('SELECT state, count(*) AS n FROM outbox GROUP BY state');
  const of = (...states: string[]) =>
    rows.filter((row) => states.includes(row.state)).reduce((sum, row) => sum + row.n, 0);
  const tasks = tx.get<{ n: number }>('SELECT count(*) AS n FROM outbox WHERE task IS NOT NULL')?.n ?? 0;
  return { waiting: of('waiting', 'sending', 'incomplete'), needsPerson: of('needs-person') + tasks };
}

const shown = {
  waiting: "state IN ('waiting', 'sending', 'incomplete')",
  'needs-person': "(state = 'needs-person' OR task IS NOT NULL)",
  accepted: "state = 'accepted' AND task IS NULL",
  all: '1',
} as const;

/** Newest first (ids ascend in time), from behind the effect `after`. Of tasks those handed to the supervisor come first. */
export function page(
  tx: Reader,
  of: { show: keyof typeof shown; after: string | null; limit: number },
): Effect[] {
  const isTasks = of.show === 'needs-person';
  const rank = isTasks ? '(handed_over_at IS NULL)' : '0';
  const rankOfLast = isTasks ? `(SELECT ${rank} FROM outbox WHERE id = :after)` : '0';
  return tx
    .all<Row>(
      `SELECT ${columns} FROM outbox WHERE ${shown[of.show]} AND (:after IS NULL
         OR ${rank} > ${rankOfLast} OR (${rank} = ${rankOfLast} AND id < :after))
       ORDER BY ${isTasks ? `${rank}, ` : ''}id DESC LIMIT :limit`,
      { after: of.after, limit: of.limit },
    )
    .map(toEffect);
}
