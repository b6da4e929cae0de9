import { z } from 'zod';
import { define } from './call.ts';
import { crowns, id, instant, localDate, shortText } from './shared.ts';

/** Coins and notes of the Czech crown, the largest first. */
export const denominations = [5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1] as const;

const pieces = z.int().min(0).max(9999);
/** How many of each were counted; what is not named is none. */
export const counts = z.strictObject({
  '5000': pieces.exactOptional(),
  '2000': pieces.exactOptional(),
  '1000': pieces.exactOptional(),
  '500': pieces.exactOptional(),
  '200': pieces.exactOptional(),
  '100': pieces.exactOptional(),
  '50': pieces.exactOptional(),
  '20': pieces.exactOptional(),
  '10': pieces.exactOptional(),
  '5': pieces.exactOptional(),
  '2': pieces.exactOptional(),
  '1': pieces.exactOptional(),
});
export type Counts = z.output<typeof counts>;

export const cashTotals = z.strictObject({
  /** What the last closing left in the drawer. */
  opening: crowns,
  fees: crowns,
  refunds: crowns,
  in: crowns,
  out: crowns,
  /** What should lie in the drawer. Below nothing only where a book was rescued from a damaged store. */
  expected: z.int(),
  card: z.strictObject({ fees: crowns, refunds: crowns }),
});
export type CashTotals = z.output<typeof cashTotals>;

export const purposes = ['float', 'bank', 'treasury', 'other'] as const;

export const cashMovement = z.strictObject({
  id,
  /** The leaf of the day log that says it; the list is ordered by it. */
  sequence: z.int(),
  kind: z.enum(['fee', 'refund', 'in', 'out']),
  method: z.enum(['cash', 'card']),
  /** What came is positive, what went is negative. */
  amount: z.int(),
  purpose: z.enum(['receipt', ...purposes]),
  /** Number of the receipt, or of its cancellation. */
  number: z.string().nullable(),
  reason: z.string(),
  clerkName: z.string(),
  at: instant,
  legalDate: localDate,
  receiptId: id.nullable(),
  /** A receipt in force that the one who asks may cancel. */
  cancellable: z.boolean(),
  cancelled: z.boolean(),
});
export type CashMovement = z.output<typeof cashMovement>;

const who = ['clerk', 'supervisor'] as const;

export const cashDeskCalls = {
  /** The cash desk since the last closing. */
  'cash-desk.view': define({
    kind: 'query',
    who,
    input: z.strictObject({
      /** Keyset: the sequence of the last movement shown. */
      before: z.int().nullable(),
      limit: z.int().min(1).max(200),
    }),
    output: z.strictObject({ totals: cashTotals, movements: z.array(cashMovement), more: z.boolean() }),
  }),
  /** Money brought into the drawer or taken out of it. */
  'cash-desk.move': define({
    kind: 'command',
    who,
    input: z.strictObject({
      direction: z.enum(['in', 'out']),
      purpose: z.enum(purposes),
      amount: crowns.min(1),
      reason: z.string().trim().max(200),
    }),
    output: cashMovement,
  }),
  /** Storno of a receipt: an act with a number and a paper of its own; the money goes back as it came. */
  'cash-desk.cancel-receipt': define({
    kind: 'command',
    who,
    input: z.strictObject({ receiptId: id, reason: shortText }),
    output: cashMovement,
  }),
  /** Finds a receipt by its number, also one of a closed period. */
  'cash-desk.receipt': define({
    kind: 'query',
    who,
    input: z.strictObject({ number: z.string().trim().min(1).max(30) }),
    output: cashMovement.nullable(),
  }),
};
