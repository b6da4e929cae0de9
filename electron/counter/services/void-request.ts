import type { Tx } from '../../store/open.ts';
import { lastPrint, savePrint } from '../outputs/table.ts';
import type { Service } from '../visits/record.ts';
import { saveService } from '../visits/table.ts';

/** A document that may still come out of the printer is void: its print is given up. */
export function giveUpPrint(tx: Tx, documentId: string | null, at: string): void {
  const print = documentId ? lastPrint(tx, documentId) : undefined;
  if (print && print.state !== 'completed' && print.state !== 'confirmed-by-clerk')
    savePrint(tx, { ...print, state: 'given-up', at });
}

/** Whether what is asked for names the person: in a printed request, or in a question about them. */
export const speaksOfPerson = ({ definition: { query }, record: { requestDocumentId } }: Service): boolean =>
  requestDocumentId !== null || query?.isPublic === false;

/** What the request says has changed: it is printed and signed anew, and what was asked on its ground is another question. */
export function voidRequest(tx: Tx, service: Service, at: string): void {
  giveUpPrint(tx, service.record.requestDocumentId, at);
  saveService(tx, {
    ...service,
    record: {
      ...service.record,
      done: service.record.done.filter((step) => step !== 'print-and-sign'),
      requestDocumentId: null,
      signedAt: null,
      extract: null,
    },
  });
}
