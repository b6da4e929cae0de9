import { archiveRequestData, extractClauseData } from '../outputs/data.ts';
import { partyOf } from '../services/effects.ts';
import type { Service } from '../visits/record.ts';
import type { Issuer } from './issuer.ts';

const extractOf = ({ record: { extract }, definition: { query } }: Service) => {
  if (!query || !extract?.answer || extract.sheets === null)
    throw new Error('an extract is certified after its sheets were counted');
  return { query, extract, answer: extract.answer, sheets: extract.sheets };
};

/** A verified output of a register (§ 9a zákona 365/2000 Sb.): its clause, and what goes to the signed request. */
export const extractIssuer: Issuer = {
  act: 'extract-issued',
  logged(service) {
    const { query, extract, answer, sheets } = extractOf(service);
    return { register: query.register, sheets, feePages: extract.feePages, seal: answer.seal.result };
  },
  told(service, visit) {
    const { query, extract, answer, sheets } = extractOf(service);
    const { certificateNumber, provider } = answer.seal;
    const subject = visit.identity.concerns ?? visit.identity.applicant;
    return {
      extract: {
        extractId: extract.queryId,
        register: query.register,
        registerIsPublic: query.isPublic,
        sheets,
        partial: extract.partial,
        seal: { certificateNumber, provider },
        ...(!query.isPublic && subject && { applicant: partyOf(subject) }),
      },
    };
  },
  printedBefore: (service) => [extractOf(service).answer.documentId],
  papers(desk, tx, { visit, service, number, now, session }) {
    const { query } = extractOf(service);
    const clauseId = desk.newId();
    const requestId = desk.newId();
    return [
      {
        documentId: clauseId,
        kind: 'extract-clause',
        template: service.definition.template?.clause ?? 'extract-clause',
        data: extractClauseData(desk, tx, service, { documentId: clauseId, number, now, session }),
      },
      // The signed request stays with the office (§ 9b): the number is put to it.
      ...(query.isPublic
        ? []
        : [
            {
              documentId: requestId,
              kind: 'archive-request' as const,
              template: 'archive-request',
              data: archiveRequestData(desk, tx, visit, service, {
                documentId: requestId,
                number,
                now,
                session,
              }),
            },
          ]),
    ];
  },
};
