import { z } from 'zod';
import { define } from './call.ts';
import { text } from './shared.ts';

/** Looks into people's affairs: each has a purpose, which the desk and the portal record. */

export const lookKinds = ['person', 'account', 'organisation', 'submission', 'mailbox', 'booking'] as const;
export const lookKind = z.enum(lookKinds);
export type LookKind = z.output<typeof lookKind>;

/** Why the clerk looks: a code of the portal's list, and words where the code asks for them. Part of every call that looks. */
export const purpose = z.strictObject({
  code: z.string().min(1).max(60),
  note: z.string().trim().max(200),
});
export type Purpose = z.output<typeof purpose>;

export const lookCalls = {
  /** The purposes a look of this kind may have, the usual one marked. */
  'looks.purposes': define({
    kind: 'query',
    who: ['clerk', 'supervisor'],
    input: z.strictObject({ kind: lookKind }),
    output: z.array(
      z.strictObject({ code: z.string(), label: text, needsNote: z.boolean(), isDefault: z.boolean() }),
    ),
  }),
};
