import { z } from 'zod';
import { define } from './call.ts';
import { refusalRule } from './conversions.ts';
import { id, shortText } from './shared.ts';

/** Signatures on electronic documents that are certified (§ 10 zákona 21/2006 Sb., § 5a and 5b vyhlášky 36/2006 Sb.). */

/** Digests that Electron's cryptography has too. */
export const digestAlgorithms = ['SHA-224', 'SHA-256', 'SHA-384', 'SHA-512', 'SHA-512/256'] as const;
export type DigestAlgorithm = (typeof digestAlgorithms)[number];

/** What a definition says of the document, and of the clause that is a file of its own. */
export const electronicRules = z.strictObject({
  largestMib: z.int().min(1).max(50),
  /** Nothing but PDF/A is taken in. */
  pdfA: z.literal(true).exactOptional(),
  /** Why a document is refused that is not shown to be what was signed. */
  broken: refusalRule,
  manners: z.array(z.enum(['signed', 'acknowledged'])).min(1),
  /** By which the clause names the document. */
  digests: z.array(z.enum(digestAlgorithms)).min(1),
});
export type ElectronicRules = z.output<typeof electronicRules>;

/** One of the applicant's signatures on the document: the clause names it by its certificate, or in words. */
export const chosenSignature = z.discriminatedUnion('by', [
  /** By its place in the report. */
  z.strictObject({ by: z.literal('certificate'), index: z.int().min(0).max(999) }),
  /** One without a certificate, as it is seen on a page. */
  z.strictObject({ by: z.literal('description'), page: z.int().min(1).max(9999), text: shortText }),
]);
export type ChosenSignature = z.output<typeof chosenSignature>;

const who = ['clerk', 'supervisor'] as const;

export const electronicSignatureCalls = <S extends z.ZodType>(service: S) => ({
  /**
   * Makes a clause of each signature, has the clerk's key sign it and allots its number of the register book. The PIN is used
   * for this and kept nowhere. The further ones stand in the visit as services of their own.
   */
  'services.issue-signed': define({
    kind: 'command',
    who,
    secret: true,
    needsLine: true,
    input: z.strictObject({ serviceId: id, pin: z.string().min(1).max(200) }),
    output: service,
  }),
});
