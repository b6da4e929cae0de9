import type { Tx } from '../../store/open.ts';
import { documentsOf, lastPrint, savePrint } from '../outputs/table.ts';
import type { Service } from '../visits/record.ts';
import { saveService } from '../visits/table.ts';

/** A document that may still come out of the printer is void: its print is given up. */
export function giveUpPrint(tx: Tx, documentId: string | null, at: string): void {
  const print = documentId ? lastPrint(tx, documentId) : undefined;
  if (print && print.state !== 'completed' && print.state !== 'confirmed-by-clerk')
    savePrint(tx, { ...print, state: 'given-up', trouble: null, at });
}

/** A service or its number comes to nothing: what of it has not come out of the printer is void. */
export function giveUpPapers(tx: Tx, serviceId: string, at: string): void {
  for (const documentId of documentsOf(tx, serviceId)) giveUpPrint(tx, documentId, at);
}

/** Whether a service rests on who is at the desk: by a printed request, a question about them, their signature or account. */
export const restsOnPerson = ({
  definition: { query },
  record: { requestDocumentId, signing, account },
}: Service): boolean =>
  requestDocumentId !== null || signing !== null || account !== null || query?.isPublic === false;

/**
 * Who is at the desk may be another: the request is printed and signed anew, what was asked on its ground is another
 * question, and whose account it is or how a signature is certified, with its fee and exemption, is said anew.
 */
export function voidForPerson(tx: Tx, service: Service, at: string): void {
  giveUpPrint(tx, service.record.requestDocumentId, at);
  const { done, signing, fee } = service.record;
  saveService(tx, {
    ...service,
    record: {
      ...service.record,
      done: done.filter((step) => !['print-and-sign', 'signing', 'account'].includes(step)),
      signing: null,
      fee: signing === null ? fee : null,
      requestDocumentId: null,
      signedAt: null,
      extract: null,
      account: null,
    },
  });
}
