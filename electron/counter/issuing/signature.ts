import { legalDate } from '../../values/time.ts';
import { signatureClauseData, signatureRowData } from '../outputs/data.ts';
import { judgeSigner } from '../services/signing-rules.ts';
import type { Service } from '../visits/record.ts';
import type { Issuer } from './issuer.ts';

export const signingOf = ({ record: { signing } }: Service) => {
  if (!signing) throw new Error('a signature is certified after it was said whose and how');
  return signing;
};

/** A certified signature (legalizace): its clause, and the row of the bound book that the applicant signs. */
export const signatureIssuer: Issuer = {
  act: 'signature-certified',
  obstacle: ({ visit, now, session }) =>
    judgeSigner(visit.identity, { clerk: session.name, today: legalDate(now) }),
  times: (service) => signingOf(service).signatures,
  exception: (service) => (signingOf(service).outside ? 'signature-outside' : null),
  logged(service) {
    const { manner, language, witnesses, outside } = signingOf(service);
    return { manner, language, witnesses: witnesses.length, outside: outside !== null };
  },
  told(service) {
    const { manner, witnesses, outside } = signingOf(service);
    return {
      signature: {
        manner,
        medium: 'paper',
        witnesses: witnesses.length,
        outsideOffice: outside !== null,
      },
    };
  },
  papers(desk, tx, issue) {
    const documentId = desk.newId();
    return [
      {
        documentId,
        kind: 'signature-clause',
        template: issue.service.definition.template?.clause ?? 'signature-clause',
        data: signatureClauseData(desk, tx, documentId, issue),
      },
      {
        documentId: desk.newId(),
        kind: 'register-book-row',
        template: 'register-book-row',
        data: signatureRowData(desk, tx, issue),
      },
    ];
  },
};
