import type { Session } from '../../contract/clerks.ts';
import type { Reader } from '../../store/open.ts';
import { centralSettings } from '../catalogue/catalogue.ts';
import { closedUpTo } from '../closing/days.ts';
import type { Receipt } from '../fees/table.ts';
import { movementOfReceipt } from './table.ts';

/**
 * A supervisor may cancel any receipt, and give back of it; a clerk the own ones of the period that is still open, unless the portal leaves
 * it to supervisors alone.
 */
export function mayCancel(tx: Reader, receipt: Receipt, session: Session): boolean {
  if (session.roles.includes('supervisor')) return true;
  if (centralSettings(tx).cashDesk.receiptsCancelledBy === 'supervisor') return false;
  const issued = movementOfReceipt(tx, receipt.id, 'fee');
  return issued !== null && issued.clerkId === session.clerkId && issued.leafSequence > closedUpTo(tx);
}
