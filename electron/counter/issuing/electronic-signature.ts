import { signatureRowData } from '../outputs/data.ts';
import type { Service } from '../visits/record.ts';
import type { Issuer } from './issuer.ts';
import { signatureIssuer, signingOf } from './signature.ts';

const clauseOf = ({ record: { conversion } }: Service) => {
  if (!conversion?.output)
    throw new Error('a signature on a document is certified after its clause was signed');
  return conversion.output;
};

/** A certified signature on an electronic document: its clause is a signed file, its row stands in the bound book all the same. */
export const electronicSignatureIssuer: Issuer = {
  act: 'signature-certified',
  obstacle: (issue) =>
    signatureIssuer.obstacle?.(issue) ??
    (issue.service.record.conversion?.output ? null : 'conversion.not-signed'),
  logged: (service) => ({ ...signatureIssuer.logged(service), sha256: clauseOf(service).sha256 }),
  told(service) {
    const { manner, witnesses } = signingOf(service);
    return {
      signature: { manner, medium: 'electronic', witnesses: witnesses.length, outsideOffice: false },
    };
  },
  printedBefore: (service) => [clauseOf(service).documentId],
  papers: (desk, tx, issue) => [
    {
      documentId: desk.newId(),
      kind: 'register-book-row',
      template: 'register-book-row',
      data: signatureRowData(desk, tx, issue),
    },
  ],
};
