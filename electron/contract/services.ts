import { z } from 'zod';
import { DOCUMENT_KINDS } from '../values/identity-document.ts';
import { IDENTITY_MEANS, IDENTITY_STRENGTHS } from '../values/identity-strength.ts';
import { PROFILES } from '../values/scan-profiles.ts';
import { submissionStates } from '../values/submission-states.ts';
import { WITNESS_REASONS } from '../values/witnesses.ts';
import { accountService, accountServiceCalls, accountView } from './accounts.ts';
import { slotView } from './attachments.ts';
import { define } from './call.ts';
import { conversionCalls, conversionRules, conversionView } from './conversions.ts';
import { chosenSignature, electronicRules, electronicSignatureCalls } from './electronic-signatures.ts';
import { extractCalls, extractView, registerQuery } from './extracts.ts';
import {
  addresseeRule,
  condition,
  deadlineRule,
  formCalls,
  formData,
  handedInPaper,
  serviceForm,
} from './forms.ts';
import { identityResult, registerCheck } from './identity.ts';
import { printView } from './outputs.ts';
import { serviceRetention } from './retention.ts';
import {
  address,
  crowns,
  failure,
  id,
  instant,
  localDate,
  longText,
  nothing,
  office,
  partialDate,
  personName,
  shortText,
  text,
} from './shared.ts';

/** Definitions of services, as they come with the catalogue (see docs/architecture.md, "Services are data"). */

export const stepNames = [
  'form',
  'attachments',
  'print-and-sign',
  'accept',
  'account',
  'exclusions',
  'count',
  'query',
  'agreement',
  'sheets',
  'signing',
  'input',
  'validation',
  'comparison',
  'features',
  'delivery',
  'issue',
  'hand-over',
] as const;
export type StepName = (typeof stepNames)[number];

export const legalBasis = z.strictObject({
  act: z.string(),
  paragraph: z.string().exactOptional(),
  note: text.exactOptional(),
  toBeConfirmed: z.literal(true).exactOptional(),
});

export type { FieldUi } from './forms.ts';

export const serviceKind = z.enum([
  'submission',
  'copy-certification',
  'signature-certification',
  'electronic-signature-certification',
  'register-extract',
  'conversion-to-paper',
  'conversion-to-electronic',
  'account',
]);

const attachmentSlot = z.strictObject({
  id: z.string(),
  title: text,
  required: z.boolean(),
  when: condition.exactOptional(),
  maxPages: z.int().exactOptional(),
  colour: z.enum(['colour', 'grey', 'bw']).exactOptional(),
  dpi: z.union([z.literal(200), z.literal(300)]).exactOptional(),
  /** How papers are scanned; left out, as documents, or for conversion where `scanOnly`. Colour and resolution above come first. */
  profile: z.enum(PROFILES).exactOptional(),
  /** Only what lies in the scanner: a file is no paper. */
  scanOnly: z.literal(true).exactOptional(),
  /** Nothing is read on its pages: papers that say who somebody is are not to be made searchable. */
  noText: z.literal(true).exactOptional(),
});
export type AttachmentSlot = z.output<typeof attachmentSlot>;

export const serviceDefinition = z.strictObject({
  id: z.string(),
  version: z.int(),
  validFrom: localDate,
  validTo: localDate.exactOptional(),
  order: z.int(),
  title: text,
  summary: text,
  legalBasis: z.array(legalBasis),
  kind: serviceKind,
  addressee: addresseeRule,
  /** Where fields, attachments and periods were taken from. */
  source: z.string().exactOptional(),
  deadlines: z.array(deadlineRule).exactOptional(),
  paper: handedInPaper.exactOptional(),
  identity: z.enum(['verified', 'not-asked']),
  /** How strong the verification must be; what says nothing is content with a document that was seen. */
  identityStrength: z.enum(IDENTITY_STRENGTHS).exactOptional(),
  /** Who needs two witnesses to their signature: whoever has one reason of each group. */
  witnesses: z
    .strictObject({
      when: z.array(z.array(z.enum(WITNESS_REASONS)).min(1)).min(1),
      paragraph: z.string(),
    })
    .exactOptional(),
  competence: z.literal('verification').exactOptional(),
  offline: z.enum(['full', 'queue', 'none']),
  steps: z.array(z.enum(stepNames)).min(1),
  form: serviceForm.exactOptional(),
  attachments: z
    .strictObject({
      slots: z.array(attachmentSlot),
    })
    .exactOptional(),
  exclusions: z
    .strictObject({
      questions: z.array(
        z.strictObject({
          id: z.string(),
          text,
          refuseIf: z.boolean(),
          paragraph: z.string(),
          toBeConfirmed: z.literal(true).exactOptional(),
        }),
      ),
    })
    .exactOptional(),
  /** The register a service of extracts asks. */
  query: registerQuery.exactOptional(),
  /** Whose accounts a service handles, and how. */
  account: accountService.exactOptional(),
  conversion: conversionRules.exactOptional(),
  electronic: electronicRules.exactOptional(),
  /** Where the number comes from, when it is not a book of the office's own: a central series at the portal. */
  evidence: z.enum(['extracts', 'conversions']).exactOptional(),
  book: z
    .strictObject({
      series: z.string(),
      scope: z.enum(['desk', 'bound-book']),
      restart: z.literal('calendar-year'),
    })
    .exactOptional(),
  /** What the clerk does with the paper by hand: before the number is taken, or with what was printed. */
  instructions: z
    .array(
      z.strictObject({
        id: z.string(),
        when: z.enum(['before', 'after']),
        text,
        paragraph: z.string(),
        toBeConfirmed: z.literal(true).exactOptional(),
      }),
    )
    .exactOptional(),
  template: z
    .strictObject({ request: z.string().exactOptional(), clause: z.string().exactOptional() })
    .exactOptional(),
  fee: z.strictObject({ tariff: z.string().nullable() }),
  /** Where this service's times of keeping differ from those of all. */
  retention: serviceRetention.exactOptional(),
});
export type ServiceDefinition = z.output<typeof serviceDefinition>;

export const tariff = z.strictObject({
  id: z.string(),
  /** The tariff that services name, where its wordings of other years are items of their own. */
  of: z.string().exactOptional(),
  validFrom: localDate,
  validTo: localDate.exactOptional(),
  basis: z.array(legalBasis),
  item: z.string(),
  unit: z.enum(['flat', 'begun-page', 'signature']),
  amount: crowns,
  /** What each further begun page costs, where it is not the same as the first. */
  nextAmount: crowns.exactOptional(),
  /** What a begun page larger than A4 costs (A3: it must not be shrunk), where it is not the same. */
  a3Amount: crowns.exactOptional(),
  /** Who gets the money, where it is not the desk's own office. */
  payee: text.exactOptional(),
  /** Flat fees due with it to somebody else: one act, two payees (DOMAIN trap 13). */
  and: z
    .array(z.strictObject({ item: z.string(), title: text, amount: crowns, payee: text.exactOptional() }))
    .exactOptional(),
  operator: z.string(),
  exemptions: z.array(
    z.strictObject({
      id: z.string(),
      title: text,
      paragraph: z.string(),
      toBeConfirmed: z.literal(true).exactOptional(),
    }),
  ),
});
export type Tariff = z.output<typeof tariff>;

/** One line of a fee: so many units at one price, for one payee. */
export const feePart = z.strictObject({
  item: z.string(),
  /** What it is for, where the service's title does not say it. */
  title: text.nullable(),
  /** Null: the desk's own office. */
  payee: text.nullable(),
  units: z.int(),
  unitAmount: crowns,
});
export type FeePart = z.output<typeof feePart>;

/** A service as the clerk may start it now. */
export const offeredService = z.strictObject({
  definitionId: z.string(),
  title: text,
  summary: text,
  legalBasis: z.array(legalBasis),
  identity: z.enum(['verified', 'not-asked']),
  offline: z.enum(['full', 'queue', 'none']),
  /** Said before the clerk starts, not after; null when nothing stands in the way. */
  obstacle: failure.nullable(),
});

/** What became of something that had to reach the portal. */
export const delivery = z.strictObject({
  state: z.enum(['waiting', 'on-the-way', 'accepted', 'reference-number', 'rejected', 'needs-person']),
  referenceNumber: z.string().nullable(),
  /** Spisová značka, where the office has told it. */
  fileNumber: z.string().nullable(),
  problem: failure.nullable(),
  /** What the office asks to be completed, and until when; null when it asks nothing, or was answered. */
  asked: z.strictObject({ reason: text, deadline: localDate.nullable() }).nullable(),
  /** Where it is at its office, once the office has said so. */
  course: z.strictObject({ state: z.enum(submissionStates), at: instant }).nullable(),
});

export const copyCount = z.strictObject({
  sourceSheets: z.int().min(1).max(2000),
  /** Pages (strany) of the source, as the clause states them. */
  sourcePages: z.int().min(1).max(4000),
  copySheets: z.int().min(1).max(2000),
  copyPages: z.int().min(1).max(4000),
  /** Begun pages (započaté stránky) that the fee is counted from. */
  feePages: z.int().min(1).max(4000),
  /** How many of them are A3. */
  a3Pages: z.int().min(0).max(4000),
  /** Copies of this source made in one go, each with these counts; every one gets a clause and a number of its own. */
  copies: z.int().min(1).max(20),
  sourceIs: z.enum(['original', 'certified-copy', 'copy-from-file', 'decision-counterpart']),
  extent: z.enum(['complete', 'partial']),
  madeAs: z.enum(['copy', 'transcript']),
  securityFeature: z.boolean(),
  /** What paper it is, for the register book; no personal data. */
  description: shortText,
});
export type CopyCount = z.output<typeof copyCount>;

/** A witness as the window says it, with the lines of the zone that were read of the document; they are compared and not kept. */
const saidWitness = z.strictObject({
  name: personName,
  birthDate: partialDate,
  birthPlace: shortText,
  address,
  document: z.strictObject({
    kind: z.enum(DOCUMENT_KINDS),
    number: z.string().trim().min(1).max(30),
    issuer: z
      .string()
      .regex(/^[A-Z]{1,3}$/)
      .default('CZE'),
    expiry: localDate.nullable(),
    source: z.enum(IDENTITY_MEANS).exclude(['chip']).default('typed'),
  }),
  zone: z.string().max(400).nullable().default(null),
});
export type SaidWitness = z.output<typeof saidWitness>;

/** Who is there with an applicant who cannot read or write; proves who they are as the applicant does. */
export const witness = saidWitness.omit({ zone: true }).extend({
  register: registerCheck.nullable().default(null),
  /** Null of earlier versions, which verified nobody but the applicant. */
  result: identityResult.nullable().default(null),
});
export type Witness = z.output<typeof witness>;

/** A signature to be certified (§ 10 zákona 21/2006 Sb.). Whose it is, is the visit's verified identity: nobody else's is. */
export const signing = z.strictObject({
  manner: z.enum(['signed', 'acknowledged']),
  /** What paper it is, for the register book; no personal data. */
  description: shortText,
  /** Signatures of the applicant on it and on its counterparts; every one gets a clause and a number of its own. */
  signatures: z.int().min(1).max(20),
  /** Czech, Slovak, another one the clerk knows, or another one with a certified translation. */
  language: z.enum(['cs', 'sk', 'known', 'translated']),
  birthPlace: shortText,
  /** What the applicant's address is, as the clause says it. */
  addressIs: z.enum(['permanent', 'stay', 'abroad']),
  canRead: z.boolean(),
  canWrite: z.boolean(),
  /** Signs by own hand, also who cannot write anything else. */
  canSign: z.boolean(),
  /** How one who cannot read or write came to know the content. */
  contentBy: z.enum(['device', 'person']).nullable(),
  witnesses: z.array(witness).max(2),
  /** Where and why, when it is not in the office. */
  outside: z.strictObject({ place: shortText, reason: shortText }).nullable(),
  /** Which signatures, where they are on an electronic document. */
  chosen: z.array(chosenSignature).max(20).default([]),
});
export type Signing = z.output<typeof signing>;

/** The same as the window says it. */
export const saidSigning = signing.extend({ witnesses: z.array(saidWitness).max(2) });

export const formProblem = z.strictObject({
  field: z.string(),
  code: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number()])).exactOptional(),
});

export const serviceView = z.strictObject({
  id,
  visitId: id,
  definitionId: z.string(),
  version: z.int(),
  kind: serviceKind,
  title: text,
  state: z.enum(['in-progress', 'done', 'refused', 'withdrawn']),
  steps: z.array(z.strictObject({ step: z.enum(stepNames), state: z.enum(['done', 'current', 'waiting']) })),
  addressee: office.nullable(),
  form: z.strictObject({ data: z.record(z.string(), z.json()), complete: z.boolean() }).nullable(),
  slots: z.array(slotView),
  request: z
    .strictObject({ documentId: id, prints: z.array(printView), signedAt: instant.nullable() })
    .nullable(),
  acceptance: z
    .strictObject({
      actId: id,
      submissionId: id,
      at: instant,
      prints: z.array(printView),
      delivery,
      corrections: z.int(),
    })
    .nullable(),
  exclusions: z.record(z.string(), z.boolean()).nullable(),
  count: copyCount.nullable(),
  extract: extractView.nullable(),
  signing: signing.nullable(),
  conversion: conversionView.nullable(),
  account: accountView.nullable(),
  certification: z
    .strictObject({
      number: z.string(),
      at: instant,
      fate: z.enum(['used', 'cancelled']),
      cancelReason: z.string().nullable(),
      prints: z.array(printView),
      delivery,
    })
    .nullable(),
  fee: z
    .strictObject({
      tariffId: z.string(),
      /** What the fee consists of; one part of it where pages cost the same and all goes to the own office. */
      parts: z.array(feePart),
      amount: crowns,
      exemptions: z.array(z.strictObject({ id: z.string(), title: text, paragraph: z.string() })),
      exemptionId: z.string().nullable(),
    })
    .nullable(),
  refusal: z.strictObject({ reason: z.string(), paragraph: z.string().nullable() }).nullable(),
});
export type ServiceView = z.output<typeof serviceView>;

const who = ['clerk', 'supervisor'] as const;
const ofService = z.strictObject({ serviceId: id });

export const serviceCalls = {
  'services.offered': define({
    kind: 'query',
    who,
    input: z.strictObject({ visitId: id }),
    output: z.array(offeredService),
  }),
  /** The definition a running service was started with (not the newest one). */
  'services.definition': define({ kind: 'query', who, input: ofService, output: serviceDefinition }),
  'services.offices': define({ kind: 'query', who, input: nothing, output: z.array(office) }),
  'services.start': define({
    kind: 'command',
    who,
    newAct: true,
    input: z.strictObject({ visitId: id, definitionId: z.string().max(60) }),
    output: serviceView,
  }),
  /** Takes back a service that was not accepted or issued yet. */
  'services.withdraw': define({
    kind: 'command',
    who,
    input: z.strictObject({ serviceId: id, reason: shortText }),
    output: serviceView,
  }),
  /** Keeps what is typed, complete or not; problems come back, nothing is refused for its content. */
  'services.save-form': define({
    kind: 'command',
    who,
    input: z.strictObject({
      serviceId: id,
      data: formData,
      addresseeId: z.string().max(60).nullable(),
    }),
    output: z.strictObject({ service: serviceView, problems: z.array(formProblem) }),
  }),
  /** Closes the form step; refused with the list of problems when there are any. */
  'services.complete-form': define({
    kind: 'command',
    who,
    input: z.strictObject({
      serviceId: id,
      data: formData,
      addresseeId: z.string().max(60).nullable(),
    }),
    output: z.strictObject({ service: serviceView, problems: z.array(formProblem) }),
  }),
  /** Closes the attachment step: scanned pages become PDF/A. */
  /** Binds the attachments. `seen`: how they were shown to the clerk who said so; others are not bound. Left out where nobody looks. */
  'services.complete-attachments': define({
    kind: 'command',
    who,
    input: ofService.extend({ seen: z.array(slotView).exactOptional() }),
    output: serviceView,
  }),
  /** Goes back to a step that is done, before acceptance or issue. What was printed for signing is void then. */
  'services.reopen-step': define({
    kind: 'command',
    who,
    input: z.strictObject({ serviceId: id, step: z.enum(stepNames) }),
    output: serviceView,
  }),
  'services.print-request': define({ kind: 'command', who, input: ofService, output: serviceView }),
  'services.confirm-signed': define({ kind: 'command', who, input: ofService, output: serviceView }),
  /** The act of acceptance: from here on the submission is received and on its way. Prints the receipt. */
  'services.accept': define({ kind: 'command', who, input: ofService, output: serviceView }),
  /** A correction after acceptance is an act of its own and travels after what it corrects. */
  'services.correct': define({
    kind: 'command',
    who,
    input: z.strictObject({ serviceId: id, correction: longText }),
    output: serviceView,
  }),
  /** The office asks for the submission to be completed: a letter for the person that says what and until when. */
  'services.print-completion-call': define({ kind: 'command', who, input: ofService, output: serviceView }),
  'services.answer-exclusions': define({
    kind: 'command',
    who,
    input: z.strictObject({ serviceId: id, answers: z.record(z.string().max(60), z.boolean()) }),
    output: serviceView,
  }),
  'services.set-count': define({
    kind: 'command',
    who,
    input: z.strictObject({ serviceId: id, count: copyCount }),
    output: serviceView,
  }),
  /** Closes the signing step: how, on what, before whom. */
  'services.set-signing': define({
    kind: 'command',
    who,
    input: z.strictObject({ serviceId: id, signing: saidSigning }),
    output: serviceView,
  }),
  /**
   * Allots the number in the register book, makes the clause and prints it. Several copies or signatures get a number
   * each: the further ones stand in the visit as services of their own.
   */
  'services.issue': define({ kind: 'command', who, input: ofService, output: serviceView }),
  /** The number stays, cancelled, with its reason; nothing takes its place. */
  'services.cancel-number': define({
    kind: 'command',
    who,
    input: z.strictObject({ serviceId: id, reason: shortText }),
    output: serviceView,
  }),
  ...formCalls,
  ...accountServiceCalls(serviceView),
  ...extractCalls(serviceView),
  ...conversionCalls(serviceView),
  ...electronicSignatureCalls(serviceView),
};
