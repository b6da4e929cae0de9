import { z } from 'zod';
import { define } from './call.ts';
import { printView } from './outputs.ts';
import { id, instant, localDate } from './shared.ts';

/**
 * The desk's index of the register book (ověřovací kniha). The bound paper book is the legal record; nothing of a person
 * stands here, so nobody is looked for by name.
 */

export const bookKinds = ['V', 'L'] as const;
export const bookStates = ['allotted', 'used', 'cancelled', 'lost'] as const;

/** The end of a book's year: no number of it is allotted after. */
export const bookClosing = z.strictObject({
  id,
  last: z.int(),
  closedAt: instant,
  closedBy: z.string(),
  documentId: id,
  prints: z.array(printView),
});
export type BookClosing = z.output<typeof bookClosing>;

export const bookYear = z.strictObject({
  series: z.string(),
  year: z.int(),
  /** The last number allotted. */
  last: z.int(),
  counts: z.strictObject({ copies: z.int(), signatures: z.int(), cancelled: z.int(), lost: z.int() }),
  /** Whether its last day has come. */
  closable: z.boolean(),
  closing: bookClosing.nullable(),
});
export type BookYear = z.output<typeof bookYear>;

export const bookRow = z.strictObject({
  number: z.int(),
  at: instant,
  legalDate: localDate,
  /** Vidimace or legalizace; null where the act went with a lost store. */
  kind: z.enum(bookKinds).nullable(),
  state: z.enum(bookStates),
  /** Why it was cancelled. */
  reason: z.string().nullable(),
  clerkName: z.string(),
});
export type BookRow = z.output<typeof bookRow>;

const who = ['clerk', 'supervisor'] as const;
const ofYear = z.strictObject({ series: z.string().max(60), year: z.int().min(2000).max(9999) });

export const bookCalls = {
  /** The years of the desk's book, the newest first. */
  'book.years': define({ kind: 'query', who, input: z.strictObject({}), output: z.array(bookYear) }),
  'book.rows': define({
    kind: 'query',
    who,
    input: ofYear.extend({
      kind: z.enum(bookKinds).nullable(),
      state: z.enum(bookStates).nullable(),
      number: z.int().min(1).nullable(),
      date: localDate.nullable(),
      /** Keyset: the number of the last row shown; the newest stand first. */
      before: z.int().nullable(),
      limit: z.int().min(1).max(200),
    }),
    output: z.strictObject({ rows: z.array(bookRow), more: z.boolean() }),
  }),
  /** Closes a year on its last day or later, and prints what is put into the bound book. */
  'book.close': define({ kind: 'command', who, input: ofYear, output: bookYear }),
};
