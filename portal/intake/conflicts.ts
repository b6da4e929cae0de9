import { canonical } from '../../electron/values/canonical.ts';
import { codesIn, judgeForm } from '../../electron/values/forms/judge.ts';
import { legalDate } from '../../electron/values/time.ts';
import type { Desk, Schemas } from '../api.ts';
import { formOf } from '../catalogue/form-versions.ts';
import { readItem } from '../catalogue/master.ts';
import { type Database, statement } from '../database.ts';
import { fateConflict } from '../evidence/fate.ts';
import { isHandedToOwner } from '../mailbox/acts.ts';
import type { Portal } from '../portal.ts';
import { type Directory, isInService } from './directory.ts';
import { isTooWeakFor } from './strength.ts';

type Conflict = Schemas['EffectConflict'];
type Acting = { by: Schemas['ActingClerk']; on: string };

function actingIn(effect: Schemas['Effect']): Acting {
  switch (effect.kind) {
    case 'submission':
      return { by: effect.payload.acceptedBy, on: effect.payload.acceptedOn };
    case 'correction':
      return { by: effect.payload.madeBy, on: legalDate(new Date(effect.madeAt)) };
    case 'certification':
      return { by: effect.payload.issuedBy, on: effect.payload.issuedOn };
    case 'receipt':
      return { by: effect.payload.issuedBy, on: legalDate(new Date(effect.payload.issuedAt)) };
    case 'refund':
      return { by: effect.payload.refundedBy, on: legalDate(new Date(effect.payload.refundedAt)) };
    case 'closing':
      return { by: effect.payload.preparedBy, on: legalDate(new Date(effect.payload.preparedAt)) };
    case 'account':
      return { by: effect.payload.acceptedBy, on: effect.payload.acceptedOn };
    case 'booking':
      return { by: effect.payload.by, on: legalDate(new Date(effect.payload.at)) };
    case 'mailbox':
      return { by: effect.payload.handedOverBy, on: legalDate(new Date(effect.payload.handedOverAt)) };
    case 'identity-check':
      return { by: effect.payload.checkedBy, on: legalDate(new Date(effect.payload.checkedAt)) };
  }
}

/**
 * What speaks against an act that has happened. It is taken in nevertheless: refusing it would undo nothing and lose the
 * record. The directory holds no history; a role withdrawn since the act is told as well, for a person to judge.
 */
export function conflictsOf(
  { portal, directory }: { portal: Portal; directory: Directory },
  desk: Desk,
  effect: Schemas['Effect'],
): Conflict[] {
  const { db } = portal;
  const found: Conflict[] = [];
  const { by, on } = actingIn(effect);
  const clerk = directory.clerk(by.clerkId);
  const holds = clerk !== null && isInService(clerk, on) && clerk.roles.includes(by.role);
  if (!holds) found.push({ code: 'effect.role-withdrawn' });
  if (effect.kind === 'receipt' && !effect.payload.lines.every((line) => tariffHeld(line, on)))
    found.push({ code: 'effect.tariff-changed' });
  if (effect.kind === 'refund' && !isCovered(db, desk, effect.payload))
    found.push({ code: 'effect.receipt-unknown' });
  if (effect.kind === 'submission' && isFormFaulty(db, effect.payload))
    found.push({ code: 'effect.form-faulty' });
  if (effect.kind === 'mailbox' && !isHandedToOwner(portal, effect.payload))
    found.push({ code: 'effect.message-not-theirs' });
  if (
    (effect.kind === 'submission' || effect.kind === 'certification') &&
    isTooWeakFor(db, { deskId: desk.id, visitId: effect.visitId }, effect.payload.service)
  )
    found.push({ code: 'effect.identity-too-weak' });
  const fate = effect.kind === 'certification' ? fateConflict(db, desk, effect.payload) : null;
  if (fate !== null) found.push(fate);
  return found;

  function tariffHeld(line: Schemas['ReceiptPayload']['lines'][number], day: string): boolean {
    const tariff = directory.tariff(line.tariff);
    if (tariff === null) return false;
    const { validFrom, validTo, amount, nextAmount, a3Amount, and = [] } = tariff;
    const amounts = [amount, nextAmount, a3Amount, ...and.map((other) => other.amount)];
    return validFrom <= day && (validTo === undefined || day <= validTo) && amounts.includes(line.unitAmount);
  }
}

/** Whether a form breaks its own rules, judged by the version it was filled with and by the code that the desk has too. */
function isFormFaulty(db: Database, { service, form }: Schemas['SubmissionPayload']): boolean {
  const definition = formOf(db, service.id, service.version);
  if (definition === null) return false;
  const judged = judgeForm(definition, form);
  return (
    judged.problems.length > 0 ||
    // What is hidden is neither asked for nor sent.
    canonical(judged.data) !== canonical(form) ||
    codesIn(definition, judged).some(({ list, within, value }) => {
      const id = [list, ...(within === null ? [] : [within]), value['code']].join('/');
      return readItem(db, 'code-lists', id) === undefined;
    })
  );
}

/** Whether the receipts a desk sent under the number cover this refund and those before it. */
function isCovered(db: Database, desk: Desk, { receiptNumber, amount }: Schemas['RefundPayload']): boolean {
  const sum = (kind: string, field: string): number =>
    statement<[string, string, string, string], { sum: number | null }>(
      db,
      `SELECT sum(content ->> ?) AS sum FROM effects
       WHERE desk_id = ? AND kind = ? AND content ->> '$.payload.receiptNumber' = ? AND coalesce(content ->> '$.payload.state', 'issued') = 'issued'`,
    ).get(field, desk.id, kind, receiptNumber)?.sum ?? 0;
  return sum('refund', '$.payload.amount') + amount <= sum('receipt', '$.payload.total');
}
