import { z } from 'zod';
import { copyCount } from '../../contract/services.ts';
import { erasePayload } from '../../journal/read.ts';
import type { Reader, Tx } from '../../store/open.ts';
import { freshConversion } from '../conversions/record.ts';
import { takeIn } from '../search/table.ts';
import { giveUpPrint } from '../services/void-request.ts';
import { noIdentity, type ServiceRecord } from '../visits/record.ts';
import { findVisit, saveService, saveVisit, servicesOf } from '../visits/table.ts';
import { attachmentOwners, effectOwner, fileOwners, isGivenBack, outputOwner, pageOwners } from './owners.ts';
import type { VisitFacts } from './rules.ts';

/** Lets go of what an owner of contents in the store uses (`BlobStore.release`). */
export type Release = (tx: Tx, owner: string) => void;

const running = `('preparing', 'rendered', 'sent', 'accepted')`;
const effectOpen = `(state NOT IN ('accepted', 'closed') OR task IS NOT NULL)`;

/** Acts after which a visit's content is needed no longer do not make it younger. */
const housekeeping = `('content-erased', 'register-answered', 'chip-refuted')`;

/** The last act of a visit up to an instant; what a clock that ran ahead wrote does not count. */
const lastActOf = (tx: Reader, visitId: string, upTo: string): string | null =>
  tx.get<{ at: string | null }>(
    `SELECT max(at) AS at FROM journal_leaves WHERE visit_id = ? AND kind NOT IN ${housekeeping} AND at <= ?`,
    [visitId, upTo],
  )?.at ?? null;

/** What decides when a visit is forgotten, as known at an instant. */
export function factsOf(tx: Reader, visitId: string, now: string): VisitFacts | undefined {
  const visit = findVisit(tx, visitId);
  if (!visit) return undefined;
  const of = { visitId, now };
  const effects = tx.get<{ open: number; delivered: string | null; given_up: string | null }>(
    `SELECT count(*) FILTER (WHERE ${effectOpen}) AS open,
       max(changed_at) FILTER (WHERE state = 'accepted' AND changed_at <= :now) AS delivered,
       max(changed_at) FILTER (WHERE state = 'closed' AND changed_at <= :now) AS given_up
     FROM outbox WHERE visit_id = :visitId`,
    of,
  );
  const answered = tx.get<{ at: string | null }>(
    `SELECT max(a.received_at) AS at FROM inbox_answers AS a JOIN outbox AS o ON o.id = a.effect_id
     WHERE o.visit_id = :visitId AND a.received_at <= :now`,
    of,
  );
  const prints = tx.get<{ n: number }>(
    `SELECT count(*) AS n FROM prints JOIN outputs USING (document_id)
     WHERE visit_id = ? AND state IN ${running}`,
    [visitId],
  );
  const ended = visit.state === 'closed' || visit.state === 'cancelled';
  return {
    state: visit.state,
    endedAt: ended ? (lastActOf(tx, visitId, now) ?? visit.openedAt) : null,
    openEffects: effects?.open ?? 0,
    deliveredAt: effects?.delivered ?? null,
    answeredAt: answered?.at ?? null,
    givenUpAt: effects?.given_up ?? null,
    runningPrints: prints?.n ?? 0,
    services: servicesOf(tx, visitId).map(({ definition }) => definition.retention),
  };
}

/**
 * Visits that are over and of which something is still here, oldest first, from behind the visit `after`. What came
 * later of an erased one (a correction, its receipt, an answer) makes it stand here again.
 */
export const endedVisits = (tx: Reader, after: string, limit: number): string[] =>
  tx
    .all<{ id: string }>(
      `SELECT id FROM visits WHERE id > :after AND state IN ('closed', 'cancelled') AND id IN (
         SELECT id FROM visits WHERE erased_at IS NULL
         UNION SELECT visit_id FROM outputs WHERE erased_at IS NULL
         UNION SELECT visit_id FROM outbox WHERE payload IS NOT NULL
         UNION SELECT o.visit_id FROM inbox_answers AS a JOIN outbox AS o ON o.id = a.effect_id
           WHERE json_extract(a.body, '$.kind') IS NOT NULL)
       ORDER BY id LIMIT :limit`,
      { after, limit },
    )
    .map(({ id }) => id);

type PaperRow = {
  document_id: string;
  visit_id: string | null;
  kind: string;
  sha256: string | null;
  reason: 'handed-over' | 'void' | 'of-nobody';
};

// A certified output is the person's, not the office's (DOMAIN 3.7), and a one-time code nobody else's; the others say what the desk itself did.
const ISSUED: readonly string[] = [
  'copy-clause',
  'signature-clause',
  'extract',
  'extract-clause',
  'conversion-document',
  'conversion-clause',
  'conversion-file',
  'signed-document',
  'signature-clause-file',
  'depot-receipt',
  'account-credentials',
];
const issuedKinds = `(${ISSUED.map((kind) => `'${kind}'`).join(', ')})`;
// Nothing of a person stands on them.
const ofNobody = "('test-page', 'separator-sheet', 'guide', 'booking-ticket')";
const isVoid = `(
  v.state = 'cancelled' OR s.state IN ('withdrawn', 'refused')
  OR (o.kind IN ('conversion-document', 'signed-document')
    AND json_extract(s.record, '$.conversion.input.documentId') IS NOT o.document_id)
  OR (o.kind = 'request' AND json_extract(s.record, '$.requestDocumentId') IS NOT o.document_id)
  OR (json_extract(s.record, '$.certification.fate') = 'cancelled'
    AND (o.kind = 'depot-receipt'
      OR o.document_id IN (SELECT value FROM json_each(s.record, '$.certification.documentIds')))))`;

/**
 * Documents whose pages are not to be kept any more: handed over, or void because their visit, service or number was
 * cancelled. One that the printer is still busy with waits. Of the desk's own papers that were handed over only the pages
 * go; what they say stays with the visit's content.
 */
const duePapers = (tx: Reader): PaperRow[] =>
  tx.all<PaperRow>(
    `SELECT o.document_id, o.visit_id, o.kind, o.sha256,
       CASE WHEN o.kind IN ${ofNobody} THEN 'of-nobody' WHEN ${isVoid} THEN 'void' ELSE 'handed-over' END AS reason
     FROM outputs AS o LEFT JOIN visits AS v ON v.id = o.visit_id LEFT JOIN services AS s ON s.id = o.service_id
     WHERE o.erased_at IS NULL
       AND (o.kind IN ${ofNobody} OR v.state IN ('closed', 'cancelled') OR ${isVoid})
       AND (o.sha256 IS NOT NULL OR (o.visit_id IS NOT NULL AND (${isVoid} OR o.kind IN ${issuedKinds})))
       AND NOT EXISTS (SELECT 1 FROM prints AS p WHERE p.document_id = o.document_id AND (
         p.state IN ('sent', 'accepted') OR (p.state IN ('preparing', 'rendered') AND NOT ${isVoid})))
     ORDER BY o.document_id LIMIT 500`,
  );

/** Visits whose papers, or the pages of a service that came to nothing, have to go now. */
export function visitsWithDuePapers(tx: Reader): string[] {
  const papers = duePapers(tx).flatMap(({ visit_id }) => visit_id ?? []);
  const pages = tx
    .all<{ visit_id: string }>(
      `SELECT DISTINCT s.visit_id FROM services AS s JOIN visits AS v ON v.id = s.visit_id
       WHERE (v.state = 'cancelled' OR s.state IN ('withdrawn', 'refused')
         OR (json_extract(s.definition, '$.kind') = 'conversion-to-electronic'
           AND (v.state = 'closed' OR json_extract(s.record, '$.certification.fate') = 'cancelled')))
         AND v.erased_at IS NULL AND (
         EXISTS (SELECT 1 FROM pages WHERE service_id = s.id)
         OR EXISTS (SELECT 1 FROM added_files WHERE service_id = s.id)
         OR json_array_length(s.record, '$.attachments') > 0)`,
    )
    .map(({ visit_id }) => visit_id);
  return [...new Set([...papers, ...pages])].sort();
}

/** Lets the pages of visitless papers (the printer's test page) go: nothing of a person stands on them. */
export function forgetTestPages(tx: Tx, release: Release): void {
  for (const { document_id, reason } of duePapers(tx))
    if (reason === 'of-nobody') forgetPages(tx, document_id, release);
}

function forgetPages(tx: Tx, documentId: string, release: Release): void {
  release(tx, outputOwner(documentId));
  tx.run('UPDATE outputs SET sha256 = NULL WHERE document_id = ?', [documentId]);
}

function eraseOutput(tx: Tx, documentId: string, at: string, release: Release): void {
  forgetPages(tx, documentId, release);
  tx.run(`UPDATE outputs SET data = '{}', erased_at = ? WHERE document_id = ?`, [at, documentId]);
}

/** What was captured for a service: pages, added files, what was bound of them. An effect on its way keeps its own use. */
function eraseCaptured(tx: Tx, serviceId: string, slots: readonly string[], release: Release): number {
  const pages = tx.all<{ id: string }>('SELECT id FROM pages WHERE service_id = ?', [serviceId]);
  for (const owner of pages.flatMap(({ id }) => pageOwners(id))) release(tx, owner);
  tx.run('DELETE FROM pages WHERE service_id = ?', [serviceId]);
  const files = tx.all<{ slot_id: string }>('SELECT slot_id FROM added_files WHERE service_id = ?', [
    serviceId,
  ]);
  for (const owner of files.flatMap(({ slot_id }) => fileOwners(serviceId, slot_id))) release(tx, owner);
  tx.run('DELETE FROM added_files WHERE service_id = ?', [serviceId]);
  for (const owner of slots.flatMap((slot) => attachmentOwners(serviceId, slot))) release(tx, owner);
  return pages.length + files.length;
}

/** Erases the due papers of a visit and what was captured for services that came to nothing. Returns how much went. */
export function erasePapers(tx: Tx, visitId: string, at: string, release: Release): number {
  let erased = 0;
  for (const paper of duePapers(tx)) {
    if (paper.visit_id !== visitId) continue;
    if (paper.reason === 'handed-over' && !ISSUED.includes(paper.kind))
      forgetPages(tx, paper.document_id, release);
    else {
      giveUpPrint(tx, paper.document_id, at);
      eraseOutput(tx, paper.document_id, at, release);
    }
    erased += 1;
  }
  const visit = findVisit(tx, visitId);
  for (const service of servicesOf(tx, visitId)) {
    const cameToNothing =
      visit?.state === 'cancelled' || service.state === 'withdrawn' || service.state === 'refused';
    // The paper that was converted goes back to its owner, and the desk keeps no picture of it either.
    const isOver = visit?.state === 'closed' || service.record.certification?.fate === 'cancelled';
    if (!cameToNothing && !(isOver && isGivenBack(service))) continue;
    const { attachments } = service.record;
    const slots = attachments.map(({ slotId }) => slotId);
    erased += eraseCaptured(tx, service.id, slots, release) + attachments.length;
    if (attachments.length > 0)
      saveService(tx, { ...service, record: { ...service.record, attachments: [] } });
  }
  return erased;
}

/** What is left of a service: how far it came, its numbers and its money. */
export const strippedRecord = (record: ServiceRecord): ServiceRecord => ({
  ...record,
  form: {},
  attachments: [],
  count: record.count && copyCount.parse({ ...record.count, description: '–' }),
  extract: record.extract && { ...record.extract, problem: null, reason: null, ticket: null },
  signing: record.signing && {
    ...record.signing,
    description: '–',
    birthPlace: '–',
    witnesses: [],
    chosen: [],
    outside: record.signing.outside && { place: '–', reason: '–' },
  },
  conversion: record.conversion && freshConversion,
  account: null,
  certification: record.certification && { ...record.certification, cancelReason: null },
  refusal: record.refusal && { ...record.refusal, reason: '–' },
});

const referenced = z.looseObject({ referenceNumber: z.string().optional() });

/**
 * Erases what the desk holds of a visit's people. What stays: that there was a visit, its services, numbers, money,
 * states, and the ids that tie them to the log. An effect that is not at its end keeps what it has to carry.
 */
export function eraseContent(tx: Tx, visitId: string, at: string, release: Release): boolean {
  const visit = findVisit(tx, visitId);
  if (!visit) return false;
  saveVisit(tx, { ...visit, note: null, identity: { ...noIdentity, state: visit.identity.state } });
  tx.run('UPDATE visits SET erased_at = ? WHERE id = ?', [at, visitId]);

  for (const service of servicesOf(tx, visitId)) {
    const slots = [
      ...service.record.attachments.map(({ slotId }) => slotId),
      ...(service.definition.attachments?.slots ?? []).map(({ id }) => id),
    ];
    eraseCaptured(tx, service.id, slots, release);
    saveService(tx, { ...service, record: strippedRecord(service.record) });
  }

  for (const { document_id } of tx.all<{ document_id: string }>(
    'SELECT document_id FROM outputs WHERE visit_id = ? AND erased_at IS NULL',
    [visitId],
  ))
    eraseOutput(tx, document_id, at, release);

  for (const { id } of tx.all<{ id: string }>(
    `SELECT id FROM outbox WHERE visit_id = ? AND NOT ${effectOpen}`,
    [visitId],
  )) {
    tx.run('UPDATE outbox SET payload = NULL WHERE id = ? AND payload IS NOT NULL', [id]);
    release(tx, effectOwner(id));
    tx.run('DELETE FROM outbox_blobs WHERE effect_id = ?', [id]);
    eraseAnswers(tx, id);
  }

  takeIn(tx, visitId);

  // What commands answered until the visit's end may show it as it was, and not all say which visit they are of. They stay
  // known, so that none is carried out twice; no window waits for an answer so old.
  tx.run(`UPDATE commands SET result = '{"ok":false,"error":{"code":"call.result-erased"}}' WHERE at <= ?`, [
    lastActOf(tx, visitId, at) ?? visit.openedAt,
  ]);
  return true;
}

/** Of the portal's answers the number stays (číslo jednací), under which the office has the matter. */
function eraseAnswers(tx: Tx, effectId: string): void {
  for (const { sequence, body } of tx.all<{ sequence: number; body: string }>(
    'SELECT sequence, body FROM inbox_answers WHERE effect_id = ?',
    [effectId],
  )) {
    const { referenceNumber } = referenced.parse(JSON.parse(body));
    tx.run('UPDATE inbox_answers SET body = ? WHERE sequence = ?', [
      JSON.stringify(referenceNumber === undefined ? {} : { referenceNumber }),
      sequence,
    ]);
  }
}

/**
 * Entries of the log whose payload has to go: their closing is old enough, the portal has their leaf, their visit is
 * erased, and no exception about them waits for a supervisor. At most `limit`, ascending.
 */
export const dueEntries = (
  tx: Reader,
  of: { closedBefore: string; acknowledgedTo: number; limit: number },
): number[] =>
  tx
    .all<{ sequence: number }>(
      `SELECT p.sequence FROM journal_payloads AS p JOIN journal_leaves AS l USING (sequence)
       WHERE p.payload IS NOT NULL AND l.kind <> 'content-erased'
         AND p.sequence <= min(:acknowledgedTo,
           (SELECT coalesce(max(last_sequence), 0) FROM day_closings WHERE closed_at <= :closedBefore))
         AND (l.visit_id IS NULL
           OR NOT EXISTS (SELECT 1 FROM visits AS v WHERE v.id = l.visit_id AND v.erased_at IS NULL))
         AND NOT EXISTS (SELECT 1 FROM exceptions AS e WHERE e.reviewed_at IS NULL
           AND (e.leaf_sequence = p.sequence OR e.visit_id = l.visit_id))
       ORDER BY p.sequence LIMIT :limit`,
      of,
    )
    .map(({ sequence }) => sequence);

/** Erases payloads of the log, and what a reviewer wrote about them. Returns how many. */
export function eraseEntries(tx: Tx, { from, to }: { from: number; to: number }, at: string): number {
  let erased = 0;
  for (let sequence = from; sequence <= to; sequence += 1) if (erasePayload(tx, sequence, at)) erased += 1;
  tx.run(
    'UPDATE exceptions SET note = NULL WHERE leaf_sequence BETWEEN ? AND ? AND reviewed_at IS NOT NULL',
    [from, to],
  );
  return erased;
}

export const forgetSessions = (tx: Tx, before: string): number =>
  tx.run('DELETE FROM sessions WHERE coalesce(ended_at, last_seen_at) < ?', [before]);
