import { err, ok, type Result } from '../../electron/values/result.ts';
import { performAct } from '../accounts/perform.ts';
import type { Api, Desk, DeskHandler, Issue, Schemas, UncheckedEffect } from '../api.ts';
import { takeStepIn } from '../bookings/steps.ts';
import { canonicalForm } from '../catalogue/master.ts';
import { takeClosing } from '../closing/closings.ts';
import { type Database, inTransaction, statement } from '../database.ts';
import { withdrawDeposit } from '../depot/deposits.ts';
import { EFFECT_REFUSALS, type EffectRefusalCode } from '../errors.ts';
import { fateConflict, settleNumber } from '../evidence/fate.ts';
import { answer } from '../inbox/answers.ts';
import { noteHandedOver, noteReply } from '../mailbox/acts.ts';
import type { Portal } from '../portal.ts';
import { forgetExtract } from '../registers/forget.ts';
import { receiveSubmission } from '../tracking/take-in.ts';
import { attachmentFault } from './attached.ts';
import { conflictsOf } from './conflicts.ts';
import { type Directory, directoryOf } from './directory.ts';

type EffectResult = Schemas['EffectResult'];
type EffectKind = Schemas['EffectKind'];
type Effect = Schemas['Effect'];
type BlobReference = Schemas['BlobReference'];
type KnownEffect = { desk_id: string; content_hash: string; state: 'incomplete' | 'complete' | 'rejected' };

/** POST /effects */
export function sendEffects(portal: Portal): DeskHandler<'sendEffects'> {
  const check = effectChecker(portal.api);
  return ({ body: { effects, closed = [] } }, desk) =>
    inTransaction(portal.db, () => {
      const directory = directoryOf(portal);
      return ok({
        status: 200,
        body: { results: effects.map((effect) => takeIn(portal, directory, check, desk, effect, closed)) },
      });
    });
}

function refuse(id: string, code: EffectRefusalCode, details?: Record<string, unknown>): EffectResult {
  const refused = { id, status: 'refused' as const, code, ...EFFECT_REFUSALS[code] };
  return details === undefined ? refused : { ...refused, details };
}

/** A place within a visit at which nothing will come: a person at the desk closed what stood there. */
type Closed = { visitId: string; ordinal: number };

function takeIn(
  portal: Portal,
  directory: Directory,
  check: EffectCheck,
  desk: Desk,
  sent: UncheckedEffect,
  closed: readonly Closed[],
): EffectResult {
  const { db, clock } = portal;
  const { id } = sent;
  const content = writeDown(sent);
  if (content === null)
    return refuse(id, 'effect.invalid', { issues: [{ at: '', problem: 'is no I-JSON' }] });

  const known = knownEffect(db, id);
  if (known !== undefined) {
    if (known.desk_id !== desk.id || known.content_hash !== content.hash) return differs(portal, desk, id);
    if (known.state === 'complete') return { id, status: 'duplicate' };
    if (known.state === 'rejected') return refuse(id, 'effect.blob-size-differs');
    return { id, status: 'incomplete', missing: missingBlobs(db, desk, id) };
  }

  const checked = check(sent);
  if (!checked.ok) return refuse(id, 'effect.invalid', { issues: checked.error });
  const effect = checked.value;
  let expected = nextOrdinal(db, desk, effect.visitId);
  const isClosed = (ordinal: number): boolean =>
    closed.some((one) => one.visitId === effect.visitId && one.ordinal === ordinal);
  while (expected < effect.ordinal && isClosed(expected)) expected += 1;
  if (effect.ordinal > expected) return refuse(id, 'effect.out-of-order', { expected });
  // What comes at a place that was said to stay empty was not lost after all.
  if (isTaken(db, desk, effect)) return refuse(id, 'effect.ordinal-taken', { expected });
  const office = addressedOffice(effect);
  if (office !== null && !directory.isOffice(office)) return refuse(id, 'effect.office-unknown');
  if (effect.kind === 'correction' && !isSubmissionOf(db, desk, effect.payload.corrects)) {
    return refuse(id, 'effect.submission-unknown');
  }
  const wrongSize = effect.blobs.find((blob) => {
    const size = storedSize(db, desk, blob.sha256);
    return size !== undefined && size !== blob.size;
  });
  if (wrongSize !== undefined) return refuse(id, 'effect.blob-size-differs', { sha256: wrongSize.sha256 });

  const attached = effect.kind === 'submission' ? attachmentFault(db, effect) : null;
  if (attached !== null) return refuse(id, 'effect.attachments-wrong', attached);

  const { kind } = effect;
  const conflicts = conflictsOf({ portal, directory }, desk, effect);
  const booking = effect.kind === 'booking' ? takeStepIn(portal, desk, id, effect.payload) : null;
  if (booking !== null) conflicts.push({ code: booking });
  const noted = conflicts.length === 0 ? null : JSON.stringify(conflicts);
  const missing = missingOf(
    db,
    desk,
    effect.blobs.map(({ sha256 }) => sha256),
  );
  const state = missing.length > 0 ? 'incomplete' : 'complete';
  store(db, desk, effect, { office, content, conflicts: noted, state, at: clock.now().getTime() });
  if (effect.kind === 'certification' && fateConflict(db, desk, effect.payload) === null) {
    settleNumber(db, portal.evidenceRules, id, effect.payload);
    const { book, state: fate } = effect.payload;
    if (book !== undefined && fate === 'cancelled') withdrawDeposit(db, desk, book, id);
  }
  const told =
    effect.kind === 'certification'
      ? (effect.payload.extract?.extractId ?? effect.payload.extractId)
      : undefined;
  if (told !== undefined) forgetExtract(db, desk.officeId, told);
  if (missing.length > 0) return { id, status: 'incomplete', missing };
  completed(portal, desk, { id, visitId: effect.visitId, kind, office, conflicts: noted });
  return { id, status: 'accepted' };
}

const knownEffect = (db: Database, id: string): KnownEffect | undefined =>
  statement<[string], KnownEffect>(db, 'SELECT desk_id, content_hash, state FROM effects WHERE id = ?').get(
    id,
  );

/** Two contents under one id: one of the two ends is not what it should be, and somebody has to look. */
function differs({ log }: Portal, desk: Desk, id: string): EffectResult {
  log.error({ desk: desk.id, effect: id }, 'an effect came again with another content');
  return refuse(id, 'effect.content-differs');
}

/** POST /effects/states */
export function readEffectStates({ db }: Portal): DeskHandler<'readEffectStates'> {
  return ({ body: { ids } }, desk) =>
    inTransaction(db, () =>
      ok({
        status: 200,
        body: {
          states: ids.map((id) => {
            const known = knownEffect(db, id);
            if (known === undefined) return { id, state: 'unknown' as const };
            return { id, state: known.desk_id === desk.id ? known.state : ('of-another-desk' as const) };
          }),
        },
      }),
    );
}

/** Canonical text and hash of what was sent; null for texts with halves of characters, which JSON cannot hold. */
function writeDown(sent: UncheckedEffect): { text: string; hash: string } | null {
  try {
    return canonicalForm(sent);
  } catch {
    return null;
  }
}

type EffectCheck = (sent: UncheckedEffect) => Result<Effect, Issue[]>;

function effectChecker(api: Api): EffectCheck {
  const byKind: { [K in EffectKind]: (sent: unknown) => Result<Effect, Issue[]> } = {
    submission: api.checker('SubmissionEffect'),
    correction: api.checker('CorrectionEffect'),
    certification: api.checker('CertificationEffect'),
    receipt: api.checker('ReceiptEffect'),
    refund: api.checker('RefundEffect'),
    'identity-check': api.checker('IdentityCheckEffect'),
    closing: api.checker('ClosingEffect'),
    account: api.checker('AccountEffect'),
    booking: api.checker('BookingEffect'),
    mailbox: api.checker('MailboxEffect'),
  };
  const isKind = api.checker<EffectKind>('EffectKind');
  return (sent) => {
    const kind = isKind(sent.kind);
    // Without its kind only the common part can be named as wrong.
    return kind.ok ? byKind[kind.value](sent) : err([{ at: '/kind', problem: 'must be a known kind' }]);
  };
}

const addressedOffice = (effect: Effect): string | null =>
  effect.kind === 'submission' || effect.kind === 'correction' ? effect.payload.addressedOfficeId : null;

const nextOrdinal = (db: Database, desk: Desk, visitId: string): number =>
  1 +
  (statement<[string, string], { last: number | null }>(
    db,
    'SELECT max(ordinal) AS last FROM effects WHERE desk_id = ? AND visit_id = ?',
  ).get(desk.id, visitId)?.last ?? 0);

const isTaken = (db: Database, desk: Desk, { visitId, ordinal }: Effect): boolean =>
  statement(db, 'SELECT 1 FROM effects WHERE desk_id = ? AND visit_id = ? AND ordinal = ?').get(
    desk.id,
    visitId,
    ordinal,
  ) !== undefined;

const isSubmissionOf = (db: Database, desk: Desk, effectId: string): boolean =>
  statement(db, "SELECT 1 FROM effects WHERE id = ? AND desk_id = ? AND kind = 'submission'").get(
    effectId,
    desk.id,
  ) !== undefined;

// A desk may only refer to contents it has sent itself: knowing a hash is not having the content.
const storedSize = (db: Database, desk: Desk, sha256: string): number | undefined =>
  statement<[string, string], { size: number }>(
    db,
    'SELECT b.size FROM blobs b JOIN blob_senders s USING (sha256) WHERE s.desk_id = ? AND b.sha256 = ?',
  ).get(desk.id, sha256)?.size;

/** Which of these contents the desk has not sent yet, each once. */
const missingOf = (db: Database, desk: Desk, hashes: readonly string[]): string[] =>
  [...new Set(hashes)].filter((sha256) => storedSize(db, desk, sha256) === undefined);

const missingBlobs = (db: Database, desk: Desk, effectId: string): string[] =>
  missingOf(
    db,
    desk,
    statement<[string], { sha256: string }>(
      db,
      'SELECT sha256 FROM effect_blobs WHERE effect_id = ? ORDER BY position',
    )
      .all(effectId)
      .map(({ sha256 }) => sha256),
  );

function store(
  db: Database,
  desk: Desk,
  { id, visitId, ordinal, kind, blobs }: Effect,
  of: {
    office: string | null;
    content: { text: string; hash: string };
    conflicts: string | null;
    state: 'incomplete' | 'complete';
    at: number;
  },
): void {
  statement(
    db,
    `INSERT INTO effects (id, desk_id, visit_id, ordinal, kind, addressed_office_id, content_hash, content, conflicts,
       state, received_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    id,
    desk.id,
    visitId,
    ordinal,
    kind,
    of.office,
    of.content.hash,
    of.content.text,
    of.conflicts,
    of.state,
    of.at,
  );
  const insert = statement(
    db,
    'INSERT INTO effect_blobs (effect_id, position, sha256, size) VALUES (?, ?, ?, ?)',
  );
  blobs.forEach((blob: BlobReference, position) => {
    insert.run(id, position, blob.sha256, blob.size);
  });
}

type Completed = {
  id: string;
  visitId: string;
  kind: string;
  office: string | null;
  conflicts: string | null;
};

/** What follows when an effect and all its contents are here. */
function completed(
  portal: Portal,
  desk: Desk,
  { id: effectId, visitId, kind, office, conflicts }: Completed,
): void {
  const { db, clock, referenceDelayMs } = portal;
  const now = clock.now().getTime();
  answer(db, desk.id, { effectId, kind: 'received', at: now, office, conflicts });
  if (kind === 'closing') takeClosing(db, desk, effectId, now);
  if (kind === 'mailbox')
    noteHandedOver(portal, desk, effectId, payloadOf<Schemas['MailboxPayload']>(db, effectId));
  if (kind === 'account') {
    const act = payloadOf<Schemas['AccountPayload']>(db, effectId);
    const account = performAct(portal, desk, { id: effectId, visitId }, act);
    answer(db, desk.id, { effectId, kind: 'account-settled', at: now, office: null, account });
  }
  if (kind === 'submission') {
    const payload = payloadOf<Schemas['SubmissionPayload']>(db, effectId);
    receiveSubmission(portal, effectId, payload);
    noteReply(portal, desk, effectId, payload);
    statement(db, 'INSERT INTO due_references (effect_id, due_at) VALUES (?, ?)').run(
      effectId,
      now + referenceDelayMs,
    );
  }
}

/** What was checked when the effect was taken in, read back as it was stored. */
const payloadOf = <
  T extends Schemas['SubmissionPayload'] | Schemas['AccountPayload'] | Schemas['MailboxPayload'],
>(
  db: Database,
  effectId: string,
): T =>
  JSON.parse(
    statement<[string], { payload: string }>(
      db,
      "SELECT content -> '$.payload' AS payload FROM effects WHERE id = ?",
    ).get(effectId)?.payload ?? 'null',
  );

/**
 * Settles the desk's effects that waited for this content: they are complete now, or rejected when the content
 * is not as long as they say. To be called in the transaction that stores the content.
 */
export function settleWaiting(portal: Portal, desk: Desk, sha256: string): void {
  const { db, clock } = portal;
  const waiting = db
    .prepare<[string, string], Completed>(
      `SELECT id, visit_id AS visitId, kind, addressed_office_id AS office, conflicts FROM effects WHERE desk_id = ? AND state = 'incomplete'
       AND id IN (SELECT effect_id FROM effect_blobs WHERE sha256 = ?) ORDER BY visit_id, ordinal`,
    )
    .all(desk.id, sha256);
  for (const effect of waiting) {
    const { id } = effect;
    const wrong = db
      .prepare<[string, string], { found: number }>(
        `SELECT 1 AS found FROM effect_blobs e JOIN blobs b USING (sha256)
         WHERE e.effect_id = ? AND e.sha256 = ? AND e.size <> b.size`,
      )
      .get(id, sha256);
    if (wrong !== undefined) {
      db.prepare("UPDATE effects SET state = 'rejected' WHERE id = ?").run(id);
      const reason = EFFECT_REFUSALS['effect.blob-size-differs'].message;
      answer(db, desk.id, {
        effectId: id,
        kind: 'rejected',
        at: clock.now().getTime(),
        office: null,
        reason,
      });
    } else if (missingBlobs(db, desk, id).length === 0) {
      db.prepare("UPDATE effects SET state = 'complete' WHERE id = ?").run(id);
      completed(portal, desk, effect);
    }
  }
}
