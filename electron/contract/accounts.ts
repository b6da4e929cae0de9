import { z } from 'zod';
import { DOCUMENT_KINDS } from '../values/identity-document.ts';
import { define } from './call.ts';
import { purpose } from './looks.ts';
import { printView } from './outputs.ts';
import { id, instant, localDate, partialDate, personName, shortText, text } from './shared.ts';

/** Accounts of citizens and organisations at the portal: found, opened, activated, managed at the desk. */

export const accountKind = z.enum(['person', 'organisation']);
export const accountState = z.enum(['registered', 'active', 'blocked', 'ended', 'merged']);
export const accountActions = [
  'open-person',
  'activate',
  'open-organisation',
  'change-users',
  'correct',
  'renew',
  'merge',
  'block',
  'unblock',
  'end',
] as const;
export const accountAction = z.enum(accountActions);
export type AccountAction = z.output<typeof accountAction>;

/** What a service's definition says: whose accounts, and what may be done with them. */
export const accountService = z.strictObject({
  holder: accountKind,
  actions: z.array(accountAction).min(1),
});

export const userName = z.string().trim().toLowerCase().min(4).max(30);
export const registrationNumber = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^U-\d{4}-\d{6}$/);
const email = z.string().trim().max(254).pipe(z.email());
const phone = z
  .string()
  .trim()
  .regex(/^\+?[0-9 ]{9,20}$/);
export const ico = z.string().regex(/^\d{8}$/);
const right = z.string().min(1).max(60);

/** An account as the portal showed it. */
export const foundAccount = z.strictObject({
  accountId: id,
  registrationNumber: z.string(),
  kind: accountKind,
  state: accountState,
  /** The person's or the organisation's. */
  name: z.string(),
  userName: z.string().nullable(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  birthDate: partialDate.nullable(),
  ico: z.string().nullable(),
  registeredAt: instant,
  activatedAt: instant.nullable(),
  mergedInto: z.string().nullable(),
  users: z.array(
    z.strictObject({
      accountId: id,
      registrationNumber: z.string(),
      userName: z.string().nullable(),
      name: z.string(),
      rights: z.array(right),
    }),
  ),
  memberOf: z.array(z.strictObject({ ico: z.string(), name: z.string(), rights: z.array(right) })),
});
export type FoundAccount = z.output<typeof foundAccount>;

/** Which account is meant: one that was found, or as the person says it when the portal cannot be asked. */
export const accountTarget = z.discriminatedUnion('by', [
  z.strictObject({
    by: z.literal('found'),
    accountId: id,
    registrationNumber: z.string().max(20),
    name: z.string().max(300),
    userName: z.string().max(30).nullable(),
  }),
  z.strictObject({ by: z.literal('user-name'), userName }),
  z.strictObject({ by: z.literal('registration-number'), registrationNumber }),
  z.strictObject({ by: z.literal('ico'), ico }),
]);
export type AccountTarget = z.output<typeof accountTarget>;

const proofDocument = z.strictObject({
  kind: z.enum(DOCUMENT_KINDS),
  number: z.string().trim().min(1).max(30),
  expiry: localDate.nullable(),
});

/** Another member of the statutory body: shows a document here, or signed before somebody who verified the signature. */
export const otherMember = z.strictObject({
  name: personName,
  birthDate: partialDate,
  how: z.discriminatedUnion('by', [
    z.strictObject({ by: z.literal('verified-here'), document: proofDocument }),
    z.strictObject({ by: z.literal('verified-signature'), under: shortText }),
  ]),
});
export type OtherMember = z.output<typeof otherMember>;

/** As whom the person at the desk acts for the organisation. */
export const actingFor = z.discriminatedUnion('as', [
  z.strictObject({ as: z.literal('statutory-body'), others: z.array(otherMember).max(9) }),
  z.strictObject({ as: z.literal('proxy'), scope: z.string().min(1).max(60), validTo: localDate.nullable() }),
]);
export type ActingFor = z.output<typeof actingFor>;

export const userChange = z.strictObject({
  what: z.enum(['add', 'change', 'remove']),
  user: accountTarget,
  rights: z.array(right).max(20),
});
export type UserChange = z.output<typeof userChange>;
const userChanges = z.array(userChange).min(1).max(50);

/** What is to be done with an account. Said in the account step, signed on paper, carried out by the portal. */
export const accountPlan = z.discriminatedUnion('action', [
  z.strictObject({
    action: z.literal('open-person'),
    userName,
    email,
    phone: phone.nullable(),
    /** Why another account of the same person, where there is one already. */
    despite: shortText.nullable(),
  }),
  z.strictObject({ action: z.literal('activate'), account: accountTarget }),
  z.strictObject({
    action: z.literal('correct'),
    account: accountTarget,
    userName: userName.nullable(),
    email: email.nullable(),
    phone: phone.nullable(),
    /** Name and address are taken over from the document shown. */
    fromDocument: z.boolean(),
  }),
  z.strictObject({ action: z.literal('renew'), account: accountTarget }),
  z.strictObject({
    action: z.literal('merge'),
    account: accountTarget,
    dropped: accountTarget,
    reason: shortText,
  }),
  z.strictObject({
    action: z.enum(['block', 'unblock', 'end']),
    account: accountTarget,
    reason: shortText,
    /** For an organisation's account. */
    acting: actingFor.nullable(),
  }),
  z.strictObject({
    action: z.literal('open-organisation'),
    ico,
    /** By the register; null when it could not be asked. */
    name: z.string().max(255).nullable(),
    email,
    acting: actingFor,
    users: userChanges,
  }),
  z.strictObject({
    action: z.literal('change-users'),
    account: accountTarget,
    /** The organisation's, where it is known. */
    name: z.string().max(255).nullable(),
    acting: actingFor,
    users: userChanges,
  }),
]);
export type AccountPlan = z.output<typeof accountPlan>;

/** What the portal answered: done, or a reason why nothing was changed. */
export const accountOutcome = z.discriminatedUnion('result', [
  z.strictObject({ result: z.literal('done'), at: instant, account: foundAccount }),
  z.strictObject({ result: z.literal('refused'), at: instant, code: z.string() }),
]);
export type AccountOutcome = z.output<typeof accountOutcome>;

export const accountView = z.strictObject({
  plan: accountPlan,
  /** Null until the portal answered; of several tries the last one's. */
  outcome: accountOutcome.nullable(),
  /** How often it was sent again with something changed. */
  sentAgain: z.int(),
  /** The letter with the one-time code, and confirmations. */
  prints: z.array(printView),
  /** Whether a confirmation of the outcome was printed. */
  confirmed: z.boolean(),
});
export type AccountView = z.output<typeof accountView>;

const who = ['clerk', 'supervisor'] as const;
const ofService = z.strictObject({ serviceId: id });

export const accountInputs = {
  complete: z.strictObject({ serviceId: id, plan: accountPlan }),
  accept: ofService,
  sendAgain: z.strictObject({
    serviceId: id,
    /** What is said otherwise than before; what is left out stays. */
    change: z.strictObject({
      userName: userName.optional(),
      email: email.optional(),
      despite: shortText.optional(),
      account: accountTarget.optional(),
    }),
  }),
};

export const accountCalls = {
  /** What the portal asks of accounts: names, rights, scopes of proxies. */
  'accounts.rules': define({
    kind: 'query',
    who,
    input: z.strictObject({}),
    output: z.strictObject({
      userName: z.strictObject({ pattern: z.string(), hint: text }),
      codeValidDays: z.int(),
      administrator: z.string(),
      rights: z.array(z.strictObject({ code: z.string(), title: text })),
      proxyScopes: z.array(
        z.strictObject({ code: z.string(), title: text, actions: z.array(accountAction) }),
      ),
    }),
  }),
  /** Looks accounts up at the portal; the look is an act with its purpose. */
  'accounts.find': define({
    kind: 'command',
    who,
    needsLine: true,
    input: z.strictObject({
      serviceId: id,
      by: z.discriminatedUnion('what', [
        /** The verified person of the visit. */
        z.strictObject({ what: z.literal('applicant') }),
        z.strictObject({ what: z.literal('user-name'), text: z.string().trim().min(1).max(30) }),
        z.strictObject({ what: z.literal('email'), text: z.string().trim().min(1).max(254) }),
        z.strictObject({ what: z.literal('registration-number'), text: z.string().trim().min(1).max(20) }),
      ]),
      purpose,
    }),
    output: z.strictObject({ accounts: z.array(foundAccount) }),
  }),
  'accounts.find-organisation': define({
    kind: 'command',
    who,
    needsLine: true,
    input: z.strictObject({ serviceId: id, ico: z.string().trim().min(1).max(20), purpose }),
    output: z.strictObject({
      name: z.string(),
      ico,
      seat: z.string().nullable(),
      /** So many members act together. */
      together: z.int(),
      members: z.array(
        z.strictObject({
          name: z.string(),
          birthDate: partialDate,
          /** The verified person of the visit. */
          isApplicant: z.boolean(),
        }),
      ),
      account: foundAccount.nullable(),
    }),
  }),
};

export const accountServiceCalls = <S extends z.ZodType>(service: S) => ({
  /** Closes the account step: what is to be done with which account. */
  'accounts.complete': define({ kind: 'command', who, input: accountInputs.complete, output: service }),
  /** The act of acceptance: it is on its way to the portal. A new one-time code is made and printed. */
  'accounts.accept': define({ kind: 'command', who, input: accountInputs.accept, output: service }),
  /** The portal refused: the same with something changed goes there again and settles the task. */
  'accounts.send-again': define({ kind: 'command', who, input: accountInputs.sendAgain, output: service }),
  /** The portal has done it: a confirmation for the person. */
  'accounts.print-confirmation': define({
    kind: 'command',
    who,
    input: accountInputs.accept,
    output: service,
  }),
});
