import { z } from 'zod';
import { CHIP_CHECKS, CHIP_PARTS, CHIP_REASONS, CHIP_STATES, CHIP_STRENGTHS } from '../values/chip-check.ts';
import { AGREEMENTS, COMPARED_FIELDS, WAYS } from '../values/identity-comparison.ts';
import { DOCUMENT_KINDS } from '../values/identity-document.ts';
import { IDENTITY_MEANS, IDENTITY_STRENGTHS } from '../values/identity-strength.ts';
import { define } from './call.ts';
import {
  address,
  failure,
  id,
  instant,
  localDate,
  nothing,
  partialDate,
  party,
  person,
  personName,
  shortText,
} from './shared.ts';

/** What a machine-readable zone said, field by field, with its check digits. */
export const mrzReading = z.strictObject({
  format: z.enum(['TD1', 'TD2', 'TD3', 'MRV-A', 'MRV-B']),
  lines: z.array(z.string()),
  documentCode: z.string(),
  issuer: z.string(),
  documentNumber: z.string(),
  nationality: z.string(),
  birthDate: partialDate.nullable(),
  expiryDate: partialDate.nullable(),
  sex: z.enum(['F', 'M', 'unspecified']),
  /** Transliterated and perhaps cut short: to compare with, never to print. */
  name: z.strictObject({ surname: z.string(), givenNames: z.string(), truncated: z.boolean() }),
  checks: z.array(
    z.strictObject({
      field: z.string(),
      code: z.string(),
      /** Line from 0; position from 1, as ICAO Doc 9303 counts. */
      lineIndex: z.int(),
      position: z.int(),
      expected: z.string(),
      found: z.string(),
      ok: z.boolean(),
    }),
  ),
  valid: z.boolean(),
  suggestedKind: z.enum(DOCUMENT_KINDS),
});
export type MrzReadingView = z.output<typeof mrzReading>;

/** A zone as a picture of a document shows it, character by character; nothing of the picture is kept. */
export const zoneOfImage = z.strictObject({
  format: z.enum(['TD1', 'TD2', 'TD3', 'MRV-A', 'MRV-B']),
  lines: z.array(
    z.array(
      z.strictObject({
        /** Null: not read, the clerk fills it in. */
        character: z.string().length(1).nullable(),
        /** 0 to 1, how much the picture alone speaks for it. */
        confidence: z.number().min(0).max(1),
        /** What the picture looked most like, where the kind of the field or a check digit said otherwise. */
        seen: z.string().length(1).nullable(),
      }),
    ),
  ),
  /** Degrees clockwise from upright. */
  turn: z.number(),
});
export type ZoneOfImage = z.output<typeof zoneOfImage>;

/** The document as it was taken to the visit. */
export const identityDocument = z.strictObject({
  kind: z.enum(DOCUMENT_KINDS),
  number: z.string().trim().min(1).max(30),
  issuer: z.string().regex(/^[A-Z]{1,3}$/),
  expiry: localDate.nullable(),
  source: z.enum(IDENTITY_MEANS),
  /** Of a zone out of a picture: what was put in the place of what was seen, and by whom. Lines and columns from 1. */
  corrections: z
    .array(
      z.strictObject({
        line: z.int().min(1).max(3),
        column: z.int().min(1).max(44),
        seen: z.string().max(1),
        character: z.string().length(1),
        by: z.enum(['check', 'clerk']),
        /** Of the document's number by its one check digit: one wrong reading in ten holds too. */
        field: z.literal('documentNumber').exactOptional(),
      }),
    )
    .max(96)
    .optional(),
  /** Fields whose check digit did not agree and that the clerk corrected by eye. */
  overruledChecks: z.array(z.string()).max(10),
});

/** What a chip was found worth, check by check. */
export const chipProof = z.strictObject({
  strength: z.enum(CHIP_STRENGTHS),
  checks: z.array(
    z.strictObject({
      name: z.enum(CHIP_CHECKS),
      state: z.enum(CHIP_STATES),
      reason: z.enum(CHIP_REASONS).nullable(),
    }),
  ),
});

/** A chip that is being read or has been; it is forgotten with the next, and when its document is taken over. */
export const chipView = z.strictObject({
  state: z.enum(['none', 'reading', 'done', 'failed']),
  /** What is being read, and how much of it. */
  part: z.enum(CHIP_PARTS).nullable(),
  fraction: z.number().nullable(),
  failure: failure.nullable(),
  result: z
    .strictObject({
      zone: mrzReading,
      /** To compare with the face at the desk: shown, and kept nowhere. Null when there is none to be shown. */
      photo: z.strictObject({ bytes: z.instanceof(Uint8Array), mediaType: z.string() }).nullable(),
      proof: chipProof,
    })
    .nullable(),
});
export type ChipView = z.output<typeof chipView>;

/** Answer of the register of invalid documents; "not listed" does not say that the document is valid. */
export const registerCheck = z.strictObject({
  state: z.enum([
    'asking',
    'not-listed',
    'listed',
    'wrong-shape',
    'cannot-be-checked',
    'cannot-be-asked-now',
  ]),
  asOf: localDate.nullable(),
  listedSince: localDate.nullable(),
});

export const actingAs = ['in-person', 'proxy', 'legal-representative', 'guardian', 'statutory-body'] as const;

/** What a person's identity was not checked by. */
export const NOT_CHECKED = [
  'register-not-asked',
  'register-cannot-check',
  'no-expiry',
  'checks-overruled',
  'number-corrected',
  'zone-not-read',
  'chip-not-read',
  'chip-unproven',
  'chip-revocation',
  'population-register',
  'power-not-in-register',
  'name-not-compared',
] as const;

/** What a machine read of the document: to be compared with what goes into the visit, and forgotten with the confirmation. */
export const identitySource = z.strictObject({
  means: z.enum(IDENTITY_MEANS),
  at: instant,
  claims: z.strictObject({
    writing: z.enum(['zone', 'visual']),
    truncated: z.boolean().exactOptional(),
    surname: z.string().exactOptional(),
    givenNames: z.string().exactOptional(),
    birthDate: partialDate.exactOptional(),
    documentNumber: z.string().exactOptional(),
    expiry: partialDate.exactOptional(),
    issuer: z.string().exactOptional(),
  }),
});
export type IdentitySource = z.output<typeof identitySource>;

/** What went into the visit beside what one source said of it; `reason` is why it holds although they differ, where it has weight. */
export const identityComparison = z.strictObject({
  field: z.enum(COMPARED_FIELDS),
  with: z.enum(IDENTITY_MEANS),
  agreement: z.enum(AGREEMENTS),
  how: z.enum(WAYS).nullable(),
  reason: z.string().nullable(),
});
export type IdentityComparison = z.output<typeof identityComparison>;

/** A verification, whatever its means: who, for whom, by what, how strong, compared with what, not checked by what, when and by whom. */
export const identityResult = z.strictObject({
  who: person,
  actingAs: z.enum(actingAs),
  /** Whom the person acts for; null in person. */
  concerns: party.nullable(),
  documentKind: z.enum(DOCUMENT_KINDS),
  means: z.enum(IDENTITY_MEANS),
  strength: z.enum(IDENTITY_STRENGTHS),
  /** Null: an earlier version verified, which did not write it down. */
  compared: z.array(identityComparison).nullable(),
  notChecked: z.array(z.enum(NOT_CHECKED)),
  at: instant,
  by: z.strictObject({ clerkId: z.string(), name: personName }),
});
export type IdentityResult = z.output<typeof identityResult>;

export const identityView = z.strictObject({
  state: z.enum(['none', 'document-taken', 'verified', 'refused']),
  document: identityDocument.extend({ chip: chipProof.optional() }).nullable(),
  mrzName: z.strictObject({ surname: z.string(), givenNames: z.string(), truncated: z.boolean() }).nullable(),
  birthDate: partialDate.nullable(),
  /** Age in whole years today; a range when the day of birth is not known. */
  age: z.strictObject({ from: z.int(), to: z.int() }).nullable(),
  /** What the clerk should know: expired, not accepted as proof of identity, under age, suspicious shape … */
  findings: z.array(failure.extend({ severity: z.enum(['info', 'warning', 'obstacle']) })),
  register: registerCheck.nullable(),
  /** How strong the document makes the verification; null while there is none. */
  strength: z.enum(IDENTITY_STRENGTHS).nullable(),
  notChecked: z.array(z.enum(NOT_CHECKED)),
  applicant: person.nullable(),
  actingAs: z.enum(actingAs).nullable(),
  /** The one the visit is for, when the applicant acts for another. */
  concerns: party.nullable(),
  /** What machines read of the document; empty once it was confirmed. */
  sources: z.array(identitySource),
  /** Null until somebody is verified. */
  result: identityResult.nullable(),
});
export type IdentityView = z.output<typeof identityView>;

const clerkRoles = ['clerk', 'supervisor'] as const;

export const identityCalls = {
  /** Reads a typed or scanned machine-readable zone without keeping anything. */
  'identity.read-mrz': define({
    kind: 'query',
    who: clerkRoles,
    input: z.strictObject({ text: z.string().max(20_000) }),
    output: mrzReading,
  }),
  /** Scans one page with the desk's scanner and reads the zone on it; the picture is wiped at once. */
  'identity.read-image': define({
    kind: 'query',
    who: clerkRoles,
    input: nothing,
    output: zoneOfImage,
  }),
  /**
   * Takes the document to the visit and asks the register of invalid documents. What a machine read of it the counter knows or reads
   * itself: the chip that was read last, or the zone that is given. Without one it is typed, or what was taken before, mended by the clerk.
   */
  'identity.take-document': define({
    kind: 'command',
    who: clerkRoles,
    input: z.strictObject({
      visitId: id,
      document: identityDocument.omit({ corrections: true, overruledChecks: true }),
      birthDate: partialDate.nullable(),
      /** The lines of the machine-readable zone as they are used; not kept. */
      zone: z.string().max(400).nullable(),
    }),
    output: identityView,
  }),
  /**
   * Begins to read the chip of a document: waits for one on a card reader. Opened by the six digits printed on it (CAN), or by what its
   * machine-readable zone says. Another reading that goes on is ended.
   */
  'identity.read-chip': define({
    kind: 'command',
    who: clerkRoles,
    secret: true,
    input: z.strictObject({
      visitId: id,
      key: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('can'), can: z.string().regex(/^\d{6}$/) }),
        z.strictObject({
          kind: z.literal('document'),
          number: z.string().trim().min(1).max(30),
          birthDate: partialDate,
          expiry: localDate,
        }),
      ]),
    }),
    output: chipView,
  }),
  'identity.chip': define({
    kind: 'query',
    who: clerkRoles,
    input: z.strictObject({ visitId: id }),
    output: chipView,
  }),
  /** Ends the reading, and forgets what was read. */
  'identity.end-chip': define({
    kind: 'command',
    who: clerkRoles,
    input: z.strictObject({ visitId: id }),
    output: chipView,
  }),
  'identity.ask-register-again': define({
    kind: 'command',
    who: clerkRoles,
    needsLine: true,
    input: z.strictObject({ visitId: id }),
    output: identityView,
  }),
  /** The clerk compared face and document and says who it is; obstacles need a reason. */
  'identity.confirm': define({
    kind: 'command',
    who: clerkRoles,
    input: z.strictObject({
      visitId: id,
      name: personName,
      birthDate: partialDate,
      birthNumber: z
        .string()
        .regex(/^\d{9,10}$/)
        .nullable(),
      citizenship: z
        .string()
        .regex(/^[A-Z]{1,3}$/)
        .nullable(),
      address: address.nullable(),
      actingAs: z.enum(actingAs),
      concerns: party.nullable(),
      /** Why the visit goes on although something stands against it. */
      overrideReason: shortText.nullable(),
      /** In what it holds although a source says otherwise; with a reason where another person may be meant. */
      settled: z
        .array(z.strictObject({ field: z.enum(COMPARED_FIELDS), reason: shortText.nullable() }))
        .max(COMPARED_FIELDS.length)
        .default([]),
    }),
    output: identityView,
  }),
  /** Opens the confirmation again to correct it, until something was accepted or issued in the visit. */
  'identity.reopen': define({
    kind: 'command',
    who: clerkRoles,
    input: z.strictObject({ visitId: id }),
    output: identityView,
  }),
  /** Identity not accepted: an act with its reason; the visit ends without services that need it. */
  'identity.refuse': define({
    kind: 'command',
    who: clerkRoles,
    input: z.strictObject({ visitId: id, reason: shortText }),
    output: identityView,
  }),
};
