import { z } from 'zod';
import { type ExceptionView, reviewOutcome } from '../../contract/exceptions.ts';
import * as journal from '../../journal/read.ts';
import * as exceptions from '../../store/exceptions.ts';
import type { JsonValue } from '../../store/json.ts';
import type { Reader } from '../../store/open.ts';
import { isSuspicion } from '../../values/repeat-visitors.ts';
import { ok } from '../../values/result.ts';
import { record } from '../acts.ts';
import { clerkNames, serviceTitles } from '../day-log/names.ts';
import type { Desk } from '../desk.ts';
import { refuse } from '../failure.ts';
import { command, type Handler, query } from '../handlers.ts';

/** What needs a supervisor's eyes, and what came of it when somebody looked. */
export function exceptionHandlers(desk: Desk, deps: { onReview(): void }): Handler[] {
  return [
    query('exceptions.list', (_asked, { filter, after, limit }) =>
      desk.store.read((tx) => {
        const found = exceptions.page(tx, { ...filter, after, limit: limit + 1 });
        return ok({
          items: found.slice(0, limit).map(viewMaker(tx)),
          more: found.length > limit,
          kinds: exceptions.counts(tx, filter),
          openSince: exceptions.openSince(tx),
        });
      }),
    ),

    command('exceptions.review', (commanded, { exceptionId, note, outcome }) => {
      const { tx, session, now, after } = commanded;
      const exception = exceptions.find(tx, exceptionId);
      if (!exception) return refuse('exception.not-found');
      // Of two people or one somebody has to say which; of anything else the note says all.
      if (isSuspicion(exception.kind) !== (outcome !== null)) return refuse('exception.outcome');
      const at = now.toISOString();
      if (!exceptions.review(tx, { id: exceptionId, at, by: session.clerkId, note, outcome }))
        return refuse('exception.reviewed-already');
      record(desk, commanded, {
        kind: 'exception-reviewed',
        ...(exception.visitId !== null && { visitId: exception.visitId }),
        ...(exception.serviceId !== null && { serviceId: exception.serviceId }),
        payload: { exception: exception.kind, exceptionId, of: exception.leafSequence, note, outcome },
      });
      after(deps.onReview);
      const reviewed = exceptions.find(tx, exceptionId);
      return reviewed ? ok(viewMaker(tx)(reviewed)) : refuse('exception.not-found');
    }),
  ];
}

const params = z.record(z.string(), z.union([z.string(), z.number()])).catch({});

function viewMaker(tx: Reader): (row: exceptions.ExceptionRow) => ExceptionView {
  const names = clerkNames(tx);
  const titles = serviceTitles(tx);
  const nameOf = (id: string): string => names.get(id) ?? id;
  return (row) => {
    const visit =
      row.visitId === null
        ? undefined
        : tx.get<{ ticket: number }>('SELECT ticket FROM visits WHERE id = ?', [row.visitId]);
    const definition =
      row.serviceId === null
        ? undefined
        : tx.get<{ id: string }>('SELECT definition_id AS id FROM services WHERE id = ?', [row.serviceId])
            ?.id;
    return {
      id: row.id,
      kind: row.kind,
      at: row.at,
      legalDate: row.legalDate,
      clerkName: row.clerkId === null ? '' : nameOf(row.clerkId),
      visitId: row.visitId,
      ticket: visit?.ticket ?? null,
      service:
        definition === undefined ? null : (titles.get(definition) ?? { cs: definition, en: definition }),
      otherVisit: otherVisitIn(tx, params.parse(row.params)),
      leafSequence: row.leafSequence,
      params: params.parse(row.params),
      reason:
        row.leafSequence === null ? null : reasonIn(journal.entry(tx, row.leafSequence)?.payload ?? null),
      review:
        row.reviewedAt === null
          ? null
          : {
              at: row.reviewedAt,
              by: nameOf(row.reviewedBy ?? ''),
              note: row.note ?? '',
              outcome: reviewOutcome.nullable().catch(null).parse(row.outcome),
              own: row.clerkId !== null && row.clerkId === row.reviewedBy,
            },
    };
  };
}

function otherVisitIn(
  tx: Reader,
  { otherVisitId, otherTicket }: Record<string, string | number>,
): ExceptionView['otherVisit'] {
  if (typeof otherVisitId !== 'string' || typeof otherTicket !== 'number') return null;
  const isHeld = tx.get('SELECT 1 FROM visits WHERE id = ? AND erased_at IS NULL', [otherVisitId]);
  return isHeld ? { visitId: otherVisitId, ticket: otherTicket } : null;
}

/** What a person wrote into the entry: it stays in the log's payload, where it can be erased. */
function reasonIn(payload: JsonValue): string | null {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return null;
  const refusal = payload['refusal'];
  const said = [
    payload['reason'],
    payload['correction'],
    typeof refusal === 'object' && refusal !== null && !Array.isArray(refusal) ? refusal['reason'] : null,
  ];
  return said.find((text): text is string => typeof text === 'string' && text !== '') ?? null;
}
