import { z } from 'zod';
import { define } from './call.ts';
import { printView } from './outputs.ts';
import { legalBasis } from './services.ts';
import { localDate, text } from './shared.ts';

/** Guides through life situations, as they come with the catalogue: what the state's catalogue of services says of one. */

/** A sentence of a guide; marked where nobody has compared it with the law in force. */
const point = z.strictObject({ text, toBeConfirmed: z.literal(true).exactOptional() });
export type GuidePoint = z.output<typeof point>;

export const guide = z.strictObject({
  id: z.string(),
  version: z.int(),
  validFrom: localDate,
  validTo: localDate.exactOptional(),
  /** When somebody last read it against its sources. */
  updatedOn: localDate,
  order: z.int(),
  title: text,
  summary: text,
  /** What people call it; found by these too. */
  words: z.strictObject({ cs: z.array(z.string()), en: z.array(z.string()) }),
  who: z.array(point).min(1),
  when: z.array(point).min(1),
  where: z.array(point).min(1),
  steps: z.array(point).min(1),
  bring: z.array(point),
  fee: z.array(point).min(1),
  deadline: z.array(point).min(1),
  legalBasis: z.array(legalBasis).min(1),
  questions: z.array(
    z.strictObject({ question: text, answer: text, toBeConfirmed: z.literal(true).exactOptional() }),
  ),
  /** Services of the desk it leads to. */
  services: z.array(z.string()),
  sources: z.array(z.strictObject({ name: z.string(), address: z.url().exactOptional() })).min(1),
});
export type Guide = z.output<typeof guide>;

const who = ['clerk', 'supervisor'] as const;

export const guideCalls = {
  /** Guides by everyday words, the best first; all of them in the catalogue's order where nothing is asked. */
  'guides.find': define({
    kind: 'query',
    who,
    input: z.strictObject({ words: z.string().max(200) }),
    output: z.array(z.strictObject({ id: z.string(), title: text, summary: text })),
  }),
  'guides.get': define({
    kind: 'query',
    who,
    input: z.strictObject({ guideId: z.string().max(60) }),
    output: z.strictObject({
      guide,
      /** Those of its services that may be started here today. */
      services: z.array(z.strictObject({ definitionId: z.string(), title: text })),
    }),
  }),
  /** Prints it for the person, with its version and date. */
  'guides.print': define({
    kind: 'command',
    who,
    input: z.strictObject({ guideId: z.string().max(60), language: z.enum(['cs', 'en']) }),
    output: printView,
  }),
};
