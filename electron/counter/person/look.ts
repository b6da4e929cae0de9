import type { components } from '../../../resources/portal-api/schema.d.ts';
import type {
  FoundMailbox,
  FoundSubmission,
  PortalAccount,
  PortalOrganisation,
  ToldBooking,
} from '../../sync/answers.ts';
import type { AffairsCode, LookCode, Sync } from '../../sync/port.ts';
import { wholeDate } from '../../values/partial-date.ts';
import { type Failure, ok, type Result } from '../../values/result.ts';
import { type Heard, heard } from '../looks/last-heard.ts';
import { icosOf, type Known } from './organisations.ts';
import { isSame } from './same-person.ts';

type Schemas = components['schemas'];

/** So many organisations are asked about in one look: each is a question of its own. */
const MOST_ORGANISATIONS = 5;

export type Question = {
  look: Schemas['Look'];
  participant: Schemas['Participant'];
  /** What the visit itself says of whom the person acts for. */
  inVisit: Omit<Known, 'memberOf'>;
};

/** What the portal says of a person now, each part for itself: what it does not say may be known from before. */
export type Told = {
  accounts: Heard<{ own: PortalAccount[]; alike: number }>;
  submissions: Heard<FoundSubmission[]>;
  mailbox: Heard<FoundMailbox>;
  bookings: Heard<ToldBooking[]>;
  organisations: ReadonlyMap<string, PortalOrganisation>;
};

/** Asks the portal for all parts of a person's page under one look; what it refuses, it refuses of the whole. */
export async function askAll(
  sync: Pick<Sync, 'searchAccounts' | 'searchOrganisation' | 'submissions' | 'mailbox' | 'findBookings'>,
  { look, participant, inVisit }: Question,
): Promise<Result<Told, Failure<AffairsCode | LookCode>>> {
  const { name, birthDate } = participant.proof.person;
  const day = wholeDate(birthDate);
  const [accounts, submissions, mailbox, bookings] = await Promise.all([
    sync.searchAccounts({ look, by: { person: { name, birthDate } } }).then(heard),
    sync.submissions({ look, participant, by: { of: 'themselves' } }).then(heard),
    sync.mailbox({ look, participant }).then(heard),
    // A surname alone would look into other people's bookings.
    day === null
      ? ok({ isFresh: true as const, value: [] })
      : sync.findBookings({ look, surname: name.surname, birthDate: day }).then(heard),
  ]);
  if (!accounts.ok) return accounts;
  if (!submissions.ok) return submissions;
  if (!mailbox.ok) return mailbox;
  if (!bookings.ok) return bookings;
  const found = accounts.value.isFresh ? accounts.value.value : [];
  const own = found.filter(({ person }) => isSame(person, { name, birthDate }));
  const icos = icosOf({ ...inVisit, memberOf: own.flatMap(({ memberOf }) => memberOf) });
  const organisations = new Map<string, PortalOrganisation>();
  if (accounts.value.isFresh)
    for (const ico of icos.slice(0, MOST_ORGANISATIONS)) {
      const entry = await sync.searchOrganisation({ look, ico });
      if (entry.ok) organisations.set(ico, entry.value);
      else if (entry.error.code !== 'account.ico-unknown' && !entry.error.code.startsWith('line.'))
        return entry;
    }
  return ok({
    accounts: accounts.value.isFresh
      ? { isFresh: true, value: { own, alike: found.filter(isAlive).length - own.filter(isAlive).length } }
      : accounts.value,
    submissions: submissions.value,
    mailbox: mailbox.value,
    bookings: bookings.value,
    organisations,
  });
}

const isAlive = ({ state }: PortalAccount): boolean => state !== 'ended' && state !== 'merged';
