import { z } from 'zod';
import { accountAction, accountKind, foundAccount } from './accounts.ts';
import { namedBooking } from './bookings.ts';
import { define } from './call.ts';
import { actingAs, identityResult } from './identity.ts';
import { purpose } from './looks.ts';
import { listedMessages } from './mailbox.ts';
import { id, localDate, text } from './shared.ts';
import { foundSubmissions, lastHeard } from './tracking.ts';

/** One page of whoever was verified in the visit, of one look with one purpose. */

export const representedOrganisation = z.strictObject({
  name: z.string(),
  ico: z.string(),
  /** As a user of its account with these rights; null when not. */
  rights: z.array(text).nullable(),
  /** Of its statutory body by the register, with how many act together; null when not, or not asked. */
  statutoryBody: z.strictObject({ together: z.int() }).nullable(),
  /** Whether the register was asked. Without a line it is not, nor of more organisations than one look asks about. */
  isRegisterAsked: z.boolean(),
  /** As whom the clerk wrote the person down in this visit; null where not for this one. */
  inVisitAs: z.enum(actingAs).nullable(),
  /** Powers of attorney that were said in this visit: nobody keeps a list of others. */
  powers: z.array(z.strictObject({ scope: text.nullable(), validTo: localDate.nullable() })),
});
export type RepresentedOrganisation = z.output<typeof representedOrganisation>;

export const personPage = z.strictObject({
  verified: identityResult,
  /** Null when the portal cannot be asked now: the desk keeps none of it. */
  accounts: z
    .strictObject({
      own: z.array(foundAccount),
      /** How many under another name may be of the same person. */
      alike: z.int(),
    })
    .nullable(),
  organisations: z.array(representedOrganisation),
  submissions: foundSubmissions,
  mailbox: listedMessages,
  /** Null where the day of birth is not known whole: a name alone is not enough. */
  bookings: z.strictObject({ bookings: z.array(namedBooking), ...lastHeard }).nullable(),
  /** Which service does what accounts ask for; what none offered does is left out. */
  services: z.array(z.strictObject({ holder: accountKind, action: accountAction, definitionId: z.string() })),
  proxyWarningDays: z.int(),
});
export type PersonPage = z.output<typeof personPage>;

export const personCalls = {
  /**
   * Looks at everything the portal and the desk know of the verified person at once. Without a line it is what this desk last
   * heard for the same person, each part with its age, and what cannot be known is null.
   */
  'person.look': define({
    kind: 'command',
    who: ['clerk', 'supervisor'],
    input: z.strictObject({ visitId: id, purpose }),
    output: personPage,
  }),
};
