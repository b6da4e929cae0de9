import type { ClosingElsewhere } from '../../contract/closing.ts';
import type { Reader } from '../../store/open.ts';
import type { WaitingClosing } from '../../sync/answers.ts';
import { ok } from '../../values/result.ts';
import { record } from '../acts.ts';
import { offices } from '../catalogue/catalogue.ts';
import type { Desk } from '../desk.ts';
import { type Handler, preparedCommand, query } from '../handlers.ts';

/** What a supervisor decides here about desks where they are not: an office with a single clerk has nobody else. */
export function elsewhereHandlers(desk: Desk): Handler[] {
  const { store, sync } = desk;
  return [
    query('closing.elsewhere', async ({ session }, { password }) => {
      const waiting = await sync.waitingClosings(session.username, password);
      if (!waiting.ok) return waiting;
      return ok(
        store.read((tx) => ({ closings: waiting.value.map((one) => viewOf(tx, one, session.clerkId)) })),
      );
    }),

    preparedCommand(
      'closing.decide-elsewhere',
      ({ session }, { password, closingId, ...decided }) =>
        sync.decideClosing(session.username, password, {
          closingId,
          decision: decided.decision,
          note: decided.decision === 'returned' ? decided.note : null,
        }),
      (commanded, { closingId, decision }, { decidedAt }) => {
        record(desk, commanded, { kind: 'closing-decided', payload: { approval: closingId, decision } });
        return ok({ decidedAt });
      },
    ),
  ];
}

function viewOf(
  tx: Reader,
  { id, deskName, officeId, preparedByName, closing }: WaitingClosing,
  clerkId: string,
): ClosingElsewhere {
  const { counted, cardFees, cardRefunds, ...cash } = closing.cash;
  return {
    id,
    deskName,
    officeName: offices.list(tx).find((office) => office.id === officeId)?.name.cs ?? officeId,
    preparedBy: preparedByName,
    preparedAt: closing.preparedAt,
    days: closing.days,
    acts: closing.acts,
    cash: { ...cash, card: { fees: cardFees, refunds: cardRefunds } },
    counted,
    differenceReason: closing.differenceReason ?? null,
    carried: closing.carried,
    note: closing.note || null,
    own: closing.preparedBy.clerkId === clerkId,
  };
}
