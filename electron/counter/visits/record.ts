import { z } from 'zod';
import { accountPlan } from '../../contract/accounts.ts';
import {
  conversionCount,
  conversionDelivery,
  conversionEnvelope,
  conversionInput,
  conversionOutput,
} from '../../contract/conversions.ts';
import { extractState } from '../../contract/extracts.ts';
import { chipProof, identityComparison, identitySource, identityView } from '../../contract/identity.ts';
import { copyCount, feePart, type serviceDefinition, signing, stepNames } from '../../contract/services.ts';
import { id, instant, localDate, personName } from '../../contract/shared.ts';
import { validationReport } from '../../contract/validation.ts';
import { IDENTITY_STRENGTHS } from '../../values/identity-strength.ts';

/**
 * What the store keeps of a visit's identity; what changes with the day (age, expiry) is judged when it is shown. Visits of earlier
 * versions have no sources.
 */
export const identityRecord = identityView
  .omit({ age: true, findings: true, strength: true, notChecked: true, result: true })
  .extend({
    sources: z.array(identitySource).default([]),
    /** Documents whose chip was refuted in this visit: whatever else is taken between, they stay so. */
    refuted: z.array(z.strictObject({ number: z.string(), chip: chipProof })).default([]),
    /** Stays while the confirmation is open again, so that what was compared need not be read anew. */
    verification: z
      .strictObject({
        /** What went into the visit, as it was compared. */
        stated: identitySource.shape.claims,
        strength: z.enum(IDENTITY_STRENGTHS),
        /** Null: by an earlier version, which did not write it down. */
        compared: z.array(identityComparison).nullable(),
        at: instant,
        by: z.strictObject({ clerkId: z.string(), name: personName }),
      })
      .nullable()
      .default(null),
  });
export type IdentityRecord = z.output<typeof identityRecord>;

export const noIdentity: IdentityRecord = {
  state: 'none',
  document: null,
  mrzName: null,
  birthDate: null,
  register: null,
  applicant: null,
  actingAs: null,
  concerns: null,
  sources: [],
  refuted: [],
  verification: null,
};

/** The question to a register and what came of it. Its pages lie with the outputs, under `documentId`. */
export const extractRecord = extractState.extend({
  /** The id the register knows the question by: the same question is answered the same and charged once. */
  queryId: id,
  /** Who asked, as the portal is told. */
  askedBy: z.strictObject({
    clerkId: z.string(),
    role: z.enum(['clerk', 'supervisor', 'administrator']),
    rolesAsOf: instant,
  }),
  askAgainAt: instant.nullable(),
  ticketDocumentId: id.nullable(),
});
export type ExtractRecord = z.output<typeof extractRecord>;

/**
 * A conversion, or a file with a signature to be certified: what was brought, what was found out about it, what the clerk
 * counted, what was made and given over. The files lie with the outputs.
 */
export const conversionRecord = z.strictObject({
  input: conversionInput.nullable(),
  envelope: conversionEnvelope.nullable().default(null),
  report: validationReport.nullable(),
  /** Pages of the output that were confirmed to agree, from 1, in the order of the document. */
  agreed: z.array(z.int()).default([]),
  count: conversionCount.nullable(),
  output: conversionOutput.nullable().default(null),
  delivery: conversionDelivery.nullable().default(null),
});
export type ConversionRecord = z.output<typeof conversionRecord>;

/** What is done with an account: as said, and what was sent to the portal of it. */
export const accountRecord = z.strictObject({
  plan: accountPlan,
  /** Of an account that is opened: made at the desk, so that sending again opens no second one. */
  newAccountId: id.nullable().default(null),
  /** The effects, the last of which counts; an earlier one was refused by the portal. */
  effectIds: z.array(id).default([]),
  /** What recognises the one-time code on the letter; the code itself is on paper only. */
  code: z.strictObject({ hash: z.string(), expiresOn: localDate }).nullable().default(null),
  documentIds: z.array(id).default([]),
  confirmationId: id.nullable().default(null),
});
export type AccountRecord = z.output<typeof accountRecord>;

/** How far a service has come. Steps are closed in the order of its definition. */
export const serviceRecord = z.strictObject({
  done: z.array(z.enum(stepNames)),
  addresseeId: z.string().nullable(),
  /** The message of the information mailbox that is answered. */
  repliesTo: id.nullable().default(null),
  form: z.record(z.string(), z.json()),
  /** PDF/A made of a slot's pages, or the added PDF, once the attachment step is closed. */
  attachments: z.array(
    z.strictObject({
      slotId: z.string(),
      sha256: z.string(),
      size: z.int(),
      pages: z.int(),
      mediaType: z.string(),
    }),
  ),
  requestDocumentId: id.nullable(),
  signedAt: instant.nullable(),
  acceptance: z
    .strictObject({
      actId: id,
      submissionId: id,
      at: instant,
      receiptDocumentId: id,
      /** The label of a paper that was handed in. */
      labelDocumentId: id.nullable().default(null),
      corrections: z.int(),
    })
    .nullable(),
  exclusions: z.record(z.string(), z.boolean()).nullable(),
  count: copyCount.nullable(),
  extract: extractRecord.nullable().default(null),
  signing: signing.nullable(),
  conversion: conversionRecord.nullable().default(null),
  account: accountRecord.nullable().default(null),
  certification: z
    .strictObject({
      number: z.int(),
      year: z.int(),
      series: z.string(),
      /** As it stands on the papers. */
      printed: z.string(),
      at: instant,
      effectId: id,
      /** Papers that bear the number. */
      documentIds: z.array(id),
      fate: z.enum(['used', 'cancelled']),
      cancelReason: z.string().nullable(),
    })
    .nullable(),
  fee: z
    .strictObject({
      tariffId: z.string(),
      parts: z.array(feePart).min(1),
      exemptionId: z.string().nullable(),
    })
    .nullable(),
  refusal: z.strictObject({ reason: z.string(), paragraph: z.string().nullable() }).nullable(),
});
export type ServiceRecord = z.output<typeof serviceRecord>;

export const freshService: ServiceRecord = {
  done: [],
  addresseeId: null,
  repliesTo: null,
  form: {},
  attachments: [],
  requestDocumentId: null,
  signedAt: null,
  acceptance: null,
  exclusions: null,
  count: null,
  extract: null,
  signing: null,
  conversion: null,
  account: null,
  certification: null,
  fee: null,
  refusal: null,
};

export const visitState = z.enum(['open', 'parked', 'closed', 'cancelled']);
export const serviceState = z.enum(['in-progress', 'done', 'refused', 'withdrawn']);

export type Visit = {
  id: string;
  ticket: number;
  legalDate: string;
  state: z.output<typeof visitState>;
  clerkId: string;
  openedAt: string;
  note: string | null;
  identity: IdentityRecord;
  /** When what the desk held of its people was erased; null while it is here. */
  erasedAt: string | null;
};

export type Service = {
  id: string;
  visitId: string;
  ordinal: number;
  definition: z.output<typeof serviceDefinition>;
  state: z.output<typeof serviceState>;
  record: ServiceRecord;
};
