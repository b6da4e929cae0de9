import { z } from 'zod';
import { bookingStates } from '../values/booking.ts';
import { submissionStates } from '../values/submission-states.ts';

// What the desk needs of the portal's answers, checked before use. Fields it does not know are kept where the whole is
// stored (`looseObject`, `data`) and otherwise passed over.

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const instant = z.iso.datetime();
const cursor = z.string().min(1).max(400);
const position = z.number().int().nonnegative();

export const errorBody = z.looseObject({
  code: z.string().regex(/^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$/),
  retryable: z.boolean(),
  details: z.record(z.string(), z.unknown()).optional(),
});

const environment = z.enum(['training', 'production']);
const key = z.string().length(44);
const portalKeys = z.object({ signing: key, sealing: key, master: key });
export type PortalKeys = z.output<typeof portalKeys>;

export const health = z.object({ serverTime: instant, environment, keys: portalKeys.optional() });

export const enrolment = z.object({
  deskId: z.uuid(),
  deskToken: z.string().regex(/^[A-Za-z0-9_-]{20,200}$/),
  office: z.object({ id: z.string().min(1) }),
  tookOver: z.boolean().optional(),
  environment,
  keys: portalKeys,
});

const text = z.string().min(1).optional();

export const clerkSession = z.object({
  clerk: z.object({
    id: z.uuid(),
    username: z.string().min(1),
    name: z.object({ titlesBefore: text, givenNames: text, surname: z.string().min(1), titlesAfter: text }),
    // A role this version does not know gives no right here.
    roles: z.array(z.string()),
    competences: z.array(z.string()),
    officeId: z.string().min(1),
  }),
  rolesAsOf: instant,
});

export const documentCheck = z.object({
  outcome: z.enum(['not-listed', 'listed', 'wrong-shape', 'cannot-be-checked']),
  listedSince: z.iso.date().optional(),
  asOf: z.iso.date(),
});

export const registeredKey = z.object({ witness: z.string().max(400), epoch: position });
export const epochTaken = z.object({ epoch: position });
/** A checkpoint with the portal's line under it; neither is believed before it is checked. */
export const countersigned = z.object({ note: z.string().max(2000), cosignature: z.string().max(1000) });
export const lastCheckpoint = z.object({ checkpoint: countersigned.nullable() });

export const logAcknowledgement = z.object({ acknowledgedTo: position });

export const effectResult = z.discriminatedUnion('status', [
  z.object({ id: z.uuid(), status: z.enum(['accepted', 'duplicate']) }),
  z.object({ id: z.uuid(), status: z.literal('incomplete'), missing: z.array(sha256).min(1) }),
  z.object({ id: z.uuid(), status: z.literal('refused'), code: z.string(), retryable: z.boolean() }),
]);
export type EffectResult = z.output<typeof effectResult>;
export const effectResults = z.object({ results: z.array(effectResult) });

export const effectStates = z.object({
  states: z.array(z.object({ id: z.uuid(), state: z.string() })),
});

export const blob = z.object({ sha256, size: position });

const answer = z.looseObject({
  sequence: z.number().int().positive(),
  effectId: z.uuid(),
  kind: z.string().min(1).max(60),
  at: instant,
  referenceNumber: z.string().min(1).max(50).optional(),
  state: z.looseObject({ state: z.string().min(1).max(60), at: instant }).optional(),
});
export type Answer = z.output<typeof answer>;
export const inboxPage = z.object({
  answers: z.array(answer),
  cursor,
  more: z.boolean(),
  // Who counted each; a portal of before says nothing of it.
  closingsToDecide: z.array(z.uuid()).max(200).default([]),
});

const said = z.object({ cs: z.string().min(1), en: z.string().min(1) });
export const submissionsFound = z.object({
  submissions: z
    .array(
      z.object({
        submissionId: z.uuid(),
        medium: z.enum(['electronic', 'paper']),
        office: z.string().min(1),
        subject: z.string().min(1).max(255),
        handedInOn: z.iso.date(),
        receiptNumber: z.string().max(60).optional(),
        referenceNumber: z.string().min(1).max(50).optional(),
        states: z
          .array(
            z.object({
              state: z.enum(submissionStates),
              at: instant,
              by: z.object({ unit: z.string().min(1), person: z.string().min(1).optional() }).optional(),
              note: said.optional(),
              deadline: z.iso.date().optional(),
            }),
          )
          .min(1),
      }),
    )
    .max(50),
});
export type FoundSubmission = z.output<typeof submissionsFound>['submissions'][number];

const messageHeader = z.object({
  messageId: z.uuid(),
  office: z.string().min(1),
  subject: z.string().min(1).max(255),
  sentAt: instant,
  referenceNumber: z.string().min(1).max(50).optional(),
  attachments: position,
  isRead: z.boolean(),
  handedOverAt: instant.optional(),
  repliedAt: instant.optional(),
});
export type FoundMessage = z.output<typeof messageHeader>;
export const mailboxFound = z.object({ hasMailbox: z.boolean(), messages: z.array(messageHeader).max(200) });
export type FoundMailbox = z.output<typeof mailboxFound>;
export const openedMessage = z.object({
  header: messageHeader,
  body: z.string().max(20_000),
  attachments: z
    .array(
      z.object({
        attachmentId: z.uuid(),
        name: z.string().min(1).max(255),
        sha256,
        size: z.number().int().positive(),
      }),
    )
    .max(50),
});
export type OpenedMessage = z.output<typeof openedMessage>;

const itemId = z.string().min(1).max(64);
const revision = z.number().int().positive();
const masterItem = z.union([
  z.object({
    id: itemId,
    revision,
    hash: sha256,
    // Whatever JSON can say, also what this version does not know: its hash is checked instead of its shape.
    data: z.custom<Record<string, unknown>>(
      (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    ),
    deleted: z.literal(false).optional(),
  }),
  z.object({ id: itemId, revision, deleted: z.literal(true) }),
]);
export const masterPage = z.object({
  items: z.array(masterItem),
  cursor,
  more: z.boolean(),
  // Without it the page is refused as what it is, and not taken for another program's answer.
  signature: z.object({ key: z.string().max(60), value: z.string().max(120) }).optional(),
});
export type MasterPage = z.output<typeof masterPage>;
export const masterKeys = z.object({
  keys: z.array(z.object({ publicKey: z.string().max(60), signature: z.string().max(120).nullable() })),
});

const whole = z.number().int();
const amount = whole.nonnegative();

/** Closings of other desks; fields a newer portal adds are passed over. */
export const waitingClosings = z.object({
  closings: z.array(
    z.object({
      id: z.uuid(),
      deskId: z.uuid(),
      deskName: z.string().min(1),
      officeId: z.string().min(1),
      preparedByName: z.string().min(1),
      receivedAt: instant,
      closing: z.object({
        preparedBy: z.object({ clerkId: z.uuid() }),
        preparedAt: instant,
        days: z.array(z.iso.date()).min(1),
        acts: z.number().int().positive(),
        cash: z.object({
          opening: amount,
          fees: amount,
          refunds: amount,
          in: amount,
          out: amount,
          expected: whole,
          counted: amount,
          cardFees: amount,
          cardRefunds: amount,
        }),
        differenceReason: z.string().optional(),
        carried: z.array(z.object({ what: z.string(), reason: z.string() })),
        note: z.string().optional(),
      }),
    }),
  ),
});
export type WaitingClosing = z.output<typeof waitingClosings>['closings'][number];

/** What a register answers through the portal. A state this version does not know is no answer. */
export const registerAnswer = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('answered'),
    document: z.object({ sha256, size: position, pages: z.number().int().positive() }),
    answeredAt: instant,
    seal: z.object({ certificateNumber: z.string().min(1).max(100), provider: z.string().min(1).max(300) }),
  }),
  z.object({ state: z.literal('waiting'), askAgainAfterSeconds: z.number().int().positive().max(86_400) }),
  z.object({ state: z.literal('manual'), ticket: z.string().min(1).max(40), expectedOn: z.iso.date() }),
  z.object({
    state: z.literal('refused'),
    reason: z.object({ cs: z.string().min(1), en: z.string().min(1) }),
  }),
]);
export type RegisterAnswer = z.output<typeof registerAnswer>;

export const allottedNumber = z.object({
  number: z.string().min(1).max(60),
  sequence: z.number().int().positive(),
  year: z.number().int().min(2000).max(9999),
});
export type AllottedNumber = z.output<typeof allottedNumber>;

export const deposited = z.object({
  token: z.string().regex(/^[A-Z2-9]{4}(-[A-Z2-9]{4}){4}$/),
  expiresOn: z.iso.date(),
});

const optionalText = z.string().min(1).exactOptional();
const name = z.object({
  titlesBefore: optionalText,
  givenNames: optionalText,
  surname: z.string().min(1),
  titlesAfter: optionalText,
});
const birthDate = z.object({
  year: z.number().int(),
  month: z.number().int().exactOptional(),
  day: z.number().int().exactOptional(),
});
const rights = z.array(z.string());

/** An account as the portal shows it; a state this version does not know is no answer. */
export const account = z.object({
  accountId: z.uuid(),
  registrationNumber: z.string().min(1).max(20),
  kind: z.enum(['person', 'organisation']),
  state: z.enum(['registered', 'active', 'blocked', 'ended', 'merged']),
  userName: optionalText,
  email: optionalText,
  phone: optionalText,
  person: z.object({ name, birthDate: birthDate.exactOptional() }).exactOptional(),
  organisation: z.object({ name: z.string().min(1), ico: z.string().exactOptional() }).exactOptional(),
  registeredAt: instant,
  activatedAt: instant.exactOptional(),
  mergedInto: optionalText,
  users: z
    .array(
      z.object({
        accountId: z.uuid(),
        registrationNumber: z.string(),
        userName: optionalText,
        name: z.string().min(1),
        rights,
      }),
    )
    .default([]),
  memberOf: z.array(z.object({ ico: z.string(), name: z.string(), rights })).default([]),
});
export type PortalAccount = z.output<typeof account>;
export const accountsFound = z.object({ accounts: z.array(account).max(50) });

export const organisationFound = z.object({
  organisation: z.object({
    name: z.string().min(1),
    ico: z.string().regex(/^\d{8}$/),
    seat: z
      .object({
        street: optionalText,
        number: optionalText,
        municipalityPart: optionalText,
        municipality: z.string().min(1),
        postalCode: optionalText,
      })
      .exactOptional(),
  }),
  statutoryBody: z.object({
    together: z.number().int().min(1),
    members: z.array(z.object({ name, birthDate })),
  }),
  account: account.nullable(),
});
export type PortalOrganisation = z.output<typeof organisationFound>;

/** What became of an act about an account. */
export const accountSettled = z.discriminatedUnion('result', [
  z.object({ result: z.literal('done'), account }),
  z.object({ result: z.literal('refused'), code: z.string().max(80) }),
]);

// Bookings and the waiting line
const dayTime = z.string().regex(/^\d\d:\d\d$/);
const someText = z.string().min(1).exactOptional();
export const booking = z.object({
  id: z.uuid(),
  officeId: z.string().min(1),
  agendaId: z.string().min(1),
  state: z.enum(bookingStates),
  day: z.iso.date(),
  time: dayTime.exactOptional(),
  person: z
    .object({
      name: z.object({
        titlesBefore: someText,
        givenNames: someText,
        surname: z.string().min(1),
        titlesAfter: someText,
      }),
      birthDate: z.iso.date().exactOptional(),
      accountId: z.uuid().exactOptional(),
    })
    .exactOptional(),
  priority: someText,
  arrivedAt: instant.exactOptional(),
  calledAt: instant.exactOptional(),
  calledBy: z.uuid().exactOptional(),
  counterId: someText,
  timesCalled: z.number().int().nonnegative(),
  revision: z.number().int().positive(),
});
export type ToldBooking = z.output<typeof booking>;
export const bookingPage = z.object({ bookings: z.array(booking), cursor, more: z.boolean() });
export type BookingPage = z.output<typeof bookingPage>;
export const foundBookings = z.object({ bookings: z.array(booking).max(50) });

export const decidedClosing = z.object({
  decision: z.enum(['approved', 'returned']),
  decidedAt: instant,
});
