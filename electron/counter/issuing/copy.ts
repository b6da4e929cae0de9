import { copyClauseData, copyRowData } from '../outputs/data.ts';
import type { Service } from '../visits/record.ts';
import type { Issuer } from './issuer.ts';

const countOf = ({ record: { count } }: Service) => {
  if (!count) throw new Error('a copy is certified after its pages were counted');
  return count;
};

/** A certified copy (vidimace): its clause, and the row to be written into the bound book. */
export const copyIssuer: Issuer = {
  act: 'copy-certified',
  times: (service) => countOf(service).copies,
  logged: (service) => ({ count: { ...countOf(service) } }),
  told(service) {
    const count = countOf(service);
    return {
      clause: {
        sourceKind: count.sourceIs,
        sourcePages: count.sourcePages,
        copyPages: count.copyPages,
        complete: count.extent === 'complete',
        copyKind: count.madeAs,
        securityElement: count.securityFeature,
      },
      counts: { sheets: count.copySheets, sides: count.copyPages, begunPages: count.feePages },
    };
  },
  papers(desk, tx, issue) {
    const { service, number, now, session } = issue;
    const documentId = desk.newId();
    return [
      {
        documentId,
        kind: 'copy-clause',
        template: service.definition.template?.clause ?? 'copy-clause',
        data: copyClauseData(desk, tx, service, { documentId, bookNumber: number, now, session }),
      },
      {
        documentId: desk.newId(),
        kind: 'register-book-row',
        template: 'register-book-row',
        data: copyRowData(desk, tx, issue),
      },
    ];
  },
};
