import type { PrintView } from '../../../electron/contract/outputs.ts';
import type { VisitView } from '../../../electron/contract/visits.ts';

/**
 * What the clerk has to know of a print: it runs by itself; it needs an answer from whoever looks at the printer's
 * tray; it did not come out and can be printed again; it is on paper; it was given up.
 */
export type PrintNeed = 'running' | 'look' | 'failed' | 'printed' | 'given-up';

const NEEDS: Record<PrintView['state'], PrintNeed> = {
  preparing: 'running',
  rendered: 'running',
  sent: 'running',
  accepted: 'running',
  unknown: 'look',
  failed: 'failed',
  completed: 'printed',
  'confirmed-by-clerk': 'printed',
  'given-up': 'given-up',
};
export const needOf = ({ state }: PrintView): PrintNeed => NEEDS[state];

/** The last print of each document: the one that counts. Documents stay in the order they were made. */
export function lastPrints(prints: readonly PrintView[]): PrintView[] {
  const last = new Map<string, PrintView>();
  for (const print of prints) {
    const known = last.get(print.documentId);
    if (known === undefined || print.copyNumber >= known.copyNumber) last.set(print.documentId, print);
  }
  return [...last.values()];
}

/** Whether every document is on paper. */
export const allPrinted = (prints: readonly PrintView[]): boolean =>
  prints.length > 0 && lastPrints(prints).every((print) => needOf(print) === 'printed');

/** All prints of a visit that hand-over cares about: those of services that are still worth something, and of the money. */
export const printsOf = ({ services, payment, papers }: VisitView): PrintView[] => [
  ...services.flatMap(({ request, acceptance, extract, conversion, account, certification }) => [
    ...(request?.prints ?? []),
    ...(extract?.prints ?? []),
    ...(conversion?.prints ?? []),
    ...(acceptance?.prints ?? []),
    ...(account?.prints ?? []),
    ...(certification?.prints ?? []),
  ]),
  ...payment.prints,
  ...papers,
];
