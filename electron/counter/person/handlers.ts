import type { Session } from '../../contract/clerks.ts';
import type { PersonPage } from '../../contract/person.ts';
import type { Reader } from '../../store/open.ts';
import { wholeDate } from '../../values/partial-date.ts';
import { ok } from '../../values/result.ts';
import { legalDate } from '../../values/time.ts';
import { foundAccountOf } from '../accounts/view.ts';
import { toldAt } from '../bookings/reading.ts';
import { frameOf, namedView } from '../bookings/room.ts';
import { findKept, keptFrom } from '../bookings/table.ts';
import { accountRules, PROXY_WARNING_DAYS, servicesOn } from '../catalogue/catalogue.ts';
import type { Desk } from '../desk.ts';
import { refuse } from '../failure.ts';
import { type Handler, preparedCommand } from '../handlers.ts';
import { resultOf } from '../identity/rules.ts';
import { lookOf, recordLook } from '../looks/looks.ts';
import { participantOf, personKey } from '../looks/participant.ts';
import { takeMessages } from '../mailbox/listed.ts';
import { takeSubmissions } from '../tracking/found.ts';
import { getOpenVisit, servicesOf } from '../visits/table.ts';
import { askAll, type Told } from './look.ts';
import { organisationsOf, powersIn } from './organisations.ts';
import { isBookedBy, type Verified } from './same-person.ts';

/** The page of whoever was verified: everything the portal and the desk know of them, of one look with one purpose. */
export function personHandlers(desk: Desk): Handler[] {
  const { store, sync } = desk;

  const inVisit = (tx: Reader, visitId: string, session: Session) => {
    const visit = getOpenVisit(tx, visitId, session.clerkId);
    const { identity } = visit;
    return {
      visit,
      participant: participantOf(desk, tx, visit, session),
      known: { identity, powers: powersIn(servicesOf(tx, visitId), identity.concerns) },
    };
  };

  return [
    preparedCommand(
      'person.look',
      async ({ session, now }, { visitId, purpose }) =>
        askAll(
          sync,
          store.read((tx) => {
            const { participant, known } = inVisit(tx, visitId, session);
            return {
              look: lookOf(tx, { session, now }, purpose, visitId),
              participant,
              inVisit: known,
            };
          }),
        ),
      (commanded, { visitId, purpose }, told) => {
        const { tx, session, now } = commanded;
        const { visit, participant, known } = inVisit(tx, visitId, session);
        const verified = resultOf(visit.identity);
        if (verified === null) return refuse('look.identity-not-verified');
        const { proof } = participant;
        const person = personKey(participant);
        const own = told.accounts.isFresh ? told.accounts.value.own : [];
        const rules = accountRules(tx);
        const page: PersonPage = {
          verified,
          accounts: told.accounts.isFresh
            ? { own: own.map(foundAccountOf), alike: told.accounts.value.alike }
            : null,
          organisations: organisationsOf(
            { ...known, memberOf: own.flatMap(({ memberOf }) => memberOf) },
            { told: told.organisations, verified: proof.person, rules },
          ),
          submissions: takeSubmissions(tx, told.submissions, {
            person,
            visitId,
            now,
            isAskedFor: () => true,
          }),
          mailbox: takeMessages(tx, told.mailbox, { person, visitId, now }),
          bookings: bookingsOf(tx, told.bookings, {
            now,
            verified: proof.person,
            accountIds: own.map(({ accountId }) => accountId),
          }),
          services: servicesOn(tx, legalDate(now)).flatMap(({ id: definitionId, account }) =>
            (account?.actions ?? []).map((action) => ({
              holder: account?.holder ?? 'person',
              action,
              definitionId,
            })),
          ),
          proxyWarningDays: rules?.proxyWarningDays ?? PROXY_WARNING_DAYS,
        };
        recordLook(desk, commanded, { kind: 'person', purpose, subjects: subjectsOf(page, told), visitId });
        return ok(page);
      },
    ),
  ];

  /** Of the portal now, else of those the desk keeps for its office. */
  function bookingsOf(
    tx: Reader,
    told: Told['bookings'],
    of: { now: Date; verified: Verified; accountIds: readonly string[] },
  ): PersonPage['bookings'] {
    if (wholeDate(of.verified.birthDate) === null) return null;
    const frame = frameOf(desk, tx, of.now);
    const found = told.isFresh
      ? told.value.map((booking) => findKept(tx, booking.id) ?? { booking, isPending: false, visitId: null })
      : keptFrom(tx, frame.today);
    return {
      bookings: found
        .filter(({ booking }) => isBookedBy(booking.person, of.verified, of.accountIds))
        .map((kept) => namedView(tx, kept, frame)),
      asOf: told.isFresh ? of.now.toISOString() : toldAt(tx),
      isFresh: told.isFresh,
    };
  }
}

/** Whom and what the look found, by ids. */
const subjectsOf = (page: PersonPage, { organisations }: Told): string[] => [
  ...(page.accounts?.own ?? []).map(({ accountId }) => accountId),
  ...[...organisations.values()].flatMap(({ account }) => account?.accountId ?? []),
  ...page.submissions.submissions.map(({ submissionId }) => submissionId),
  ...page.mailbox.messages.map(({ messageId }) => messageId),
  ...(page.bookings?.bookings ?? []).map(({ id }) => id),
];
