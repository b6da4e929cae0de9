import { z } from 'zod';
import { define } from './call.ts';
import { askedPage, pagePicture, printView } from './outputs.ts';
import { failure, id, instant, localDate, shortText, text } from './shared.ts';
import { validationReport } from './validation.ts';

/** Authorised conversion of documents (§ 22 to 30 zákona 300/2008 Sb.). */

export const refusalRule = z.strictObject({ text, paragraph: z.string() });

/** What a definition says of its conversion beside the questions. */
export const conversionRules = z.strictObject({
  /** Why a file without a valid recognised signature or seal is not converted; only of conversions to paper. */
  unsigned: refusalRule.exactOptional(),
  /** Why a file of a data message that was changed after it was sealed is not converted; only of conversions to paper. */
  alteredMessage: refusalRule.exactOptional(),
  /** Why an output that does not agree with its input is not issued. */
  differs: refusalRule,
});

export const conversionInput = z.strictObject({
  documentId: id,
  name: z.string(),
  size: z.int(),
  pages: z.int(),
  from: z.enum(['medium', 'depot']),
  claimsPdfA: z.string().nullable(),
  /** What of it may not come out on paper. */
  warnings: z.array(failure),
});

/** The data message a file came in: what its own seal was judged to be. */
export const conversionEnvelope = z.strictObject({ name: z.string(), report: validationReport });

/** Visible elements of paper that do not come along (zajišťovací prvky), as the clause names them. */
export const safetyFeatures = [
  'watermark',
  'relief-print',
  'embossing',
  'optically-variable',
  'other',
] as const;
export type SafetyFeature = (typeof safetyFeatures)[number];

export const conversionCount = z.strictObject({
  /** Sheets (listy) of the document on paper, as the clause states them. */
  sheets: z.int().min(1).max(2000),
  /** Begun pages (započaté stránky) the fee is counted from. */
  feePages: z.int().min(1).max(4000),
  /** What the input is, for the evidence; no personal data. */
  description: shortText,
  /** The date it bears, if it bears one. */
  writtenOn: localDate.nullable(),
  features: z.array(z.enum(safetyFeatures)).max(safetyFeatures.length).default([]),
});
export type ConversionCount = z.output<typeof conversionCount>;

/** The signed file with its clause, which an input on paper became. */
export const conversionOutput = z.strictObject({
  documentId: id,
  sha256: z.string(),
  size: z.int(),
  pages: z.int(),
  /** Whose certificate signed it, and until when that holds. */
  signer: z.string(),
  certificateTo: instant,
  /** Whether its owner must see to another one soon. */
  expiresSoon: z.boolean(),
  stampedAt: instant,
});

/** How the file was given over: into the depot until a day, or on the applicant's medium. */
export const conversionDelivery = z.strictObject({
  to: z.enum(['depot', 'medium']),
  at: instant,
  expiresOn: localDate.nullable(),
  receiptDocumentId: id.nullable(),
});

export const conversionView = z.strictObject({
  input: conversionInput.nullable(),
  /** Null for a file that did not come in a data message. */
  envelope: conversionEnvelope.nullable(),
  report: validationReport.nullable(),
  /** Whether the law lets the service go on with the input, as far as its signatures say. */
  convertible: z.boolean(),
  /** Of the input, which on paper is the output. */
  prints: z.array(printView),
  /** The pages the clerk confirmed to agree, from 1, as they stand in the document. */
  agreed: z.array(z.int()),
  count: conversionCount.nullable(),
  output: conversionOutput.nullable(),
  delivery: conversionDelivery.nullable(),
});
export type ConversionView = z.output<typeof conversionView>;

/** Five groups of four, as they stand on paper; people leave out what is between them. */
export const depotToken = z
  .string()
  .transform((typed) => typed.toUpperCase().replace(/[^A-Z0-9]/g, ''))
  .pipe(z.string().regex(/^[A-Z2-9]{20}$/))
  .transform((plain) => (plain.match(/.{4}/g) ?? []).join('-'));

/** A data message: as it was read from a medium, or where it lies in the depot. It is kept nowhere in between. */
const broughtMessage = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('medium'), name: z.string().max(255), bytes: z.instanceof(Uint8Array) }),
  z.strictObject({ from: z.literal('depot'), token: depotToken }),
]);

const who = ['clerk', 'supervisor'] as const;
const ofService = z.strictObject({ serviceId: id });

export const conversionInputs = {
  ofService,
  file: z.strictObject({ serviceId: id, name: z.string().max(255), bytes: z.instanceof(Uint8Array) }),
  message: z.strictObject({ serviceId: id, message: broughtMessage }),
  attachment: z.strictObject({
    serviceId: id,
    message: broughtMessage,
    /** Which of the message's files, counted from 0. */
    attachment: z.int().min(0).max(199),
  }),
  deposit: z.strictObject({ serviceId: id, token: depotToken }),
  page: z.strictObject({ serviceId: id, page: z.int().min(1) }),
  refuse: z.strictObject({ serviceId: id, note: z.string().trim().max(200) }),
  sign: z.strictObject({ serviceId: id, pin: z.string().min(1).max(200) }),
  count: z.strictObject({ serviceId: id, count: conversionCount }),
};

export const conversionCalls = <S extends z.ZodType>(service: S) => ({
  /** Takes what was brought on a medium, and judges it. A data message is refused: one of its files has to be chosen. */
  'conversions.take-file': define({ kind: 'command', who, input: conversionInputs.file, output: service }),
  /** What a data message (ZFO) carries, and whether its seal holds. Nothing of it is kept. */
  'conversions.open-message': define({
    kind: 'query',
    who,
    input: conversionInputs.message,
    output: z.strictObject({ name: z.string(), report: validationReport }),
  }),
  /** Takes one file of a data message, which is judged by itself. Of the message only the report is kept. */
  'conversions.take-attachment': define({
    kind: 'command',
    who,
    input: conversionInputs.attachment,
    output: service,
  }),
  /** The same with what was put into the depot (úschovna). The token is not kept. */
  'conversions.take-deposit': define({
    kind: 'command',
    who,
    needsLine: true,
    input: conversionInputs.deposit,
    output: service,
  }),
  /** Judges it again: what could not be found out before may be known now. */
  'conversions.validate': define({
    kind: 'command',
    who,
    input: conversionInputs.ofService,
    output: service,
  }),
  /** The clerk confirms the result; only a valid recognised signature or seal lets the conversion go on. */
  'conversions.confirm-validation': define({
    kind: 'command',
    who,
    input: conversionInputs.ofService,
    output: service,
  }),
  /** Refuses for what the step shows: no such signature, or an output that does not agree. */
  'conversions.refuse': define({ kind: 'command', who, input: conversionInputs.refuse, output: service }),
  'conversions.print': define({ kind: 'command', who, input: conversionInputs.ofService, output: service }),
  /** A page of the scan as it was bound: what is compared with the paper is what will be certified. */
  'conversions.scan-page': define({
    kind: 'query',
    who,
    input: z.strictObject({ serviceId: id, ...askedPage }),
    output: pagePicture,
  }),
  /** The clerk compared one page of the output with the input: it agrees. */
  'conversions.agree-page': define({ kind: 'command', who, input: conversionInputs.page, output: service }),
  /** Every page was confirmed: the output agrees with the input. */
  'conversions.confirm-comparison': define({
    kind: 'command',
    who,
    input: conversionInputs.ofService,
    output: service,
  }),
  /**
   * Makes the file with its clause, has the clerk's key sign it and allots its number. The PIN is used for this and kept
   * nowhere; after a wrong one the number stays asked for, and the next try gets the same.
   */
  'conversions.sign': define({
    kind: 'command',
    who,
    secret: true,
    needsLine: true,
    input: conversionInputs.sign,
    output: service,
  }),
  /** Puts the signed file into the depot and prints the receipt with its token. */
  'conversions.deposit': define({
    kind: 'command',
    who,
    needsLine: true,
    input: conversionInputs.ofService,
    output: service,
  }),
  /** Writes the signed file on the applicant's medium, where the clerk says in the system's dialog. */
  'conversions.save': define({ kind: 'command', who, input: conversionInputs.ofService, output: service }),
  'conversions.set-count': define({ kind: 'command', who, input: conversionInputs.count, output: service }),
});
