import { z } from 'zod';
import { define } from './call.ts';
import { cashTotals, counts } from './cash-desk.ts';
import { printView } from './outputs.ts';
import { crowns, failure, id, instant, localDate, nothing, shortText } from './shared.ts';

/** What is not finished when a period is to be closed. */
export const openItem = z.strictObject({
  kind: z.enum(['visit', 'effect', 'exception', 'print']),
  id,
  at: instant,
  /** A visit's ticket, also of the visit the thing belongs to. */
  ticket: z.int().nullable(),
  /** A visit's state, an effect's kind, an exception's kind, a paper's kind: the window names them. */
  what: z.string(),
  problem: failure.nullable(),
});
export type OpenItem = z.output<typeof openItem>;

/** A decision to leave something open beyond the closing. */
export const carried = z.strictObject({ kind: openItem.shape.kind, id, reason: shortText });
export type Carried = z.output<typeof carried>;

export const closingView = z.strictObject({
  id,
  number: z.string(),
  ordinal: z.int(),
  firstDate: localDate,
  lastDate: localDate,
  closedAt: instant,
  closedBy: z.string(),
  way: z.enum(['at-desk', 'deputy', 'remote']),
  inPlaceOf: z.string().nullable(),
  expected: crowns,
  counted: crowns,
  differenceReason: z.string().nullable(),
  carried: z.int(),
  firstSequence: z.int(),
  lastSequence: z.int(),
  /** Hex SHA-256: the root of the hash tree over the first `checkpointSize` entries. */
  rootHash: z.string().nullable(),
  checkpointSize: z.int().nullable(),
  prints: z.array(printView),
});
export type ClosingView = z.output<typeof closingView>;

/** A closing counted here that waits for a supervisor elsewhere, or came back. */
export const closingRequest = z.strictObject({
  id,
  state: z.enum(['waiting', 'returned']),
  madeAt: instant,
  madeBy: z.string(),
  counted: crowns,
  answeredBy: z.string().nullable(),
  note: z.string().nullable(),
});

export const closingState = z.strictObject({
  /** Days with acts that no closing covers, oldest first; nothing to close when empty. */
  days: z.array(localDate),
  entries: z.int(),
  cash: cashTotals,
  open: z.array(openItem),
  /** Whoever asks served people in this period and may not close it alone. */
  needsSomebodyElse: z.boolean(),
  request: closingRequest.nullable(),
});
export type ClosingState = z.output<typeof closingState>;

/** A closing another desk sent, for a supervisor who is not there: sums and words, nobody's data. */
export const closingElsewhere = z.strictObject({
  id,
  deskName: z.string(),
  officeName: z.string(),
  preparedBy: z.string(),
  preparedAt: instant,
  days: z.array(localDate),
  acts: z.int(),
  cash: cashTotals,
  counted: crowns,
  differenceReason: z.string().nullable(),
  carried: z.array(z.strictObject({ what: z.string(), reason: z.string() })),
  note: z.string().nullable(),
  /** Whoever asks counted it: somebody else decides. */
  own: z.boolean(),
});
export type ClosingElsewhere = z.output<typeof closingElsewhere>;

const clerks = ['clerk', 'supervisor'] as const;
const supervisors = ['supervisor'] as const;
const password = z.string().min(1).max(200);

const counted = {
  /** What the window showed as the book's amount: a closing of something else is refused. */
  expected: z.int(),
  counts,
  differenceReason: shortText.nullable(),
  carried: z.array(carried).max(1000),
};

export const deputy = z.strictObject({
  id,
  clerkId: z.string(),
  clerkName: z.string(),
  supervisorId: z.string(),
  supervisorName: z.string(),
  from: localDate,
  to: localDate,
});
export type Deputy = z.output<typeof deputy>;

export const closingCalls = {
  'closing.state': define({ kind: 'query', who: clerks, input: nothing, output: closingState }),
  /**
   * Closes everything up to now, with the supervisor's password once more. The id is the closing's: asked again after a
   * lost answer, it is not closed twice.
   */
  'closing.close': define({
    kind: 'command',
    who: supervisors,
    secret: true,
    input: z.strictObject({ closingId: id, password, ...counted }),
    output: closingView,
  }),
  /** Counted here, to be approved by a supervisor elsewhere through the portal. */
  'closing.prepare': define({
    kind: 'command',
    who: clerks,
    input: z.strictObject({ ...counted, note: z.string().trim().max(500) }),
    output: closingRequest,
  }),
  'closing.withdraw': define({
    kind: 'command',
    who: clerks,
    input: z.strictObject({ requestId: id }),
    output: nothing,
  }),
  /** What other desks sent; the portal wants the supervisor's own password. */
  'closing.elsewhere': define({
    kind: 'query',
    who: supervisors,
    secret: true,
    needsLine: true,
    input: z.strictObject({ password }),
    output: z.strictObject({ closings: z.array(closingElsewhere) }),
  }),
  /** Decided at the portal first, then written down here. */
  'closing.decide-elsewhere': define({
    kind: 'command',
    who: supervisors,
    secret: true,
    needsLine: true,
    input: z.discriminatedUnion('decision', [
      z.strictObject({ decision: z.literal('approved'), closingId: id, password }),
      z.strictObject({ decision: z.literal('returned'), closingId: id, password, note: shortText }),
    ]),
    output: z.strictObject({ decidedAt: instant }),
  }),
  'closing.list': define({
    kind: 'query',
    who: clerks,
    input: z.strictObject({ before: z.int().nullable(), limit: z.int().min(1).max(100) }),
    output: z.strictObject({ closings: z.array(closingView), more: z.boolean() }),
  }),
  /** Who stands in for whom now and later, and who could. */
  'closing.deputies': define({
    kind: 'query',
    who: supervisors,
    input: nothing,
    output: z.strictObject({
      deputies: z.array(deputy),
      candidates: z.array(z.strictObject({ clerkId: z.string(), name: z.string() })),
    }),
  }),
  'closing.name-deputy': define({
    kind: 'command',
    who: supervisors,
    input: z.strictObject({ clerkId: id, from: localDate, to: localDate }),
    output: deputy,
  }),
  'closing.end-deputy': define({
    kind: 'command',
    who: supervisors,
    input: z.strictObject({ deputyId: id }),
    output: nothing,
  }),
};
