import * as exceptions from '../../store/exceptions.ts';
import type { Reader, Tx } from '../../store/open.ts';
import { suspicionOf, type Visitor } from '../../values/repeat-visitors.ts';
import { legalDate } from '../../values/time.ts';
import type { Visit } from '../visits/record.ts';
import { getVisit } from '../visits/table.ts';

const visitorOf = ({ identity: { state, applicant, document } }: Visit): Visitor | null =>
  state === 'verified' && applicant?.birthDate && document
    ? { name: applicant.name, birthDate: applicant.birthDate, document }
    : null;

/** Visits still held whose person has the document or the day of birth of this one's, the newest first. */
function candidates(tx: Reader, { id, identity }: Visit): Visit[] {
  const { document, birthDate } = identity;
  return tx
    .all<{ id: string }>(
      `SELECT id FROM visits WHERE erased_at IS NULL AND id <> :id AND (identity ->> '$.document.number' = :number
         OR (identity ->> '$.birthDate.year' = :year AND identity ->> '$.birthDate.month' = :month AND identity ->> '$.birthDate.day' = :day))
       ORDER BY id DESC LIMIT 200`,
      {
        id,
        number: document?.number ?? null,
        year: birthDate?.year ?? null,
        month: birthDate?.month ?? null,
        day: birthDate?.day ?? null,
      },
    )
    .map((row) => getVisit(tx, row.id));
}

/**
 * Whether the same two were put before a supervisor already, in this visit or in another of the same people: a pair somebody judged is
 * not asked about again as long as the desk holds its visits.
 */
function isKnownPair(tx: Reader, kind: exceptions.ExceptionKind, one: Visitor, other: Visitor): boolean {
  const isSame = (a: Visitor, b: Visitor | null): boolean =>
    b !== null && a.document.number === b.document.number && suspicionOf(a, b) === null;
  return exceptions.pairsOf(tx, kind).some(({ visitId, otherVisitId }) => {
    const [a, b] = [visitId, otherVisitId].map((id) => visitorOf(getVisit(tx, id)));
    if (a === undefined || b === undefined) return false;
    return (isSame(one, a) && isSame(other, b)) || (isSame(one, b) && isSame(other, a));
  });
}

/** Puts each suspicion about whoever was just verified before a supervisor. Nothing is merged and nobody is stopped. */
export function raiseSuspicions(
  tx: Tx,
  visit: Visit,
  of: { now: Date; clerkId: string; leafSequence: number },
): void {
  const visitor = visitorOf(visit);
  if (visitor === null) return;
  for (const other of candidates(tx, visit)) {
    const known = visitorOf(other);
    const kind = known && suspicionOf(visitor, known);
    if (known === null || kind === null || isKnownPair(tx, kind, visitor, known)) continue;
    exceptions.raise(tx, {
      id: exceptions.idOf([kind, visit.id, other.id]),
      kind,
      at: of.now.toISOString(),
      legalDate: legalDate(of.now),
      clerkId: of.clerkId,
      visitId: visit.id,
      leafSequence: of.leafSequence,
      params: { otherVisitId: other.id, otherTicket: other.ticket, otherDay: other.legalDate },
    });
  }
}
