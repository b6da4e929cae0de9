import { z } from 'zod';
import type { OwnCertificate } from '../../contract/certificates.ts';
import type { Session } from '../../contract/clerks.ts';
import { type ContractFailure, instant } from '../../contract/shared.ts';
import type { TokenCertificate } from '../../devices/signing-token/port.ts';
import { validityAt } from '../../devices/signing-token/validity.ts';
import * as values from '../../store/desk-values.ts';
import type { Reader, Tx } from '../../store/open.ts';
import { isHeldBy, isOfAnother } from '../../values/certificate-holder.ts';
import { displayName } from '../../values/person-name.ts';
import { ok, type Result } from '../../values/result.ts';
import { formatDate, legalDate } from '../../values/time.ts';
import { offices } from '../catalogue/catalogue.ts';
import type { Desk } from '../desk.ts';
import { refuse } from '../failure.ts';

type Clerk = Pick<Session, 'clerkId' | 'username' | 'name'>;

/** What is known of a clerk's certificate from its last use; nothing of it is secret. */
const known = z.strictObject({
  subject: z.string(),
  issuer: z.string(),
  validFrom: instant,
  validTo: instant,
  ofAnotherOffice: z.boolean(),
});
type Known = z.output<typeof known>;

const keyOf = (clerkId: string): string => `certificate:${clerkId}`;

const knownOf = (tx: Reader, clerkId: string): Known | null =>
  known.nullable().parse(values.get(tx, keyOf(clerkId)) ?? null);

/**
 * The certificate that signs for a clerk: made for signatures, theirs by name, and the one that holds the longest. The clause names the
 * clerk, and a signature in another name would belie it. Whether it holds at all is found in signing.
 */
export function ownAmong(
  listed: readonly TokenCertificate[],
  { name }: Pick<Clerk, 'name'>,
): Result<TokenCertificate, ContractFailure> {
  const usable = listed
    .filter(({ forSignatures }) => forSignatures)
    .sort((a, b) => b.validTo.getTime() - a.validTo.getTime());
  const own = usable.find(({ holder }) => isHeldBy(holder, name));
  if (own) return ok(own);
  const [other] = usable;
  return other
    ? refuse('token.other-holder', { holder: other.subject, clerk: displayName(name) })
    : refuse('token.no-certificate');
}

/** Keeps what a certificate in use says, so that its end is warned of before the next use. */
export function remember(desk: Desk, tx: Tx, { clerkId }: Clerk, certificate: TokenCertificate): Known {
  const own = desk.enrolled(tx);
  const ico = own ? offices.find(tx, own.officeId)?.ico : undefined;
  const said: Known = {
    subject: certificate.subject,
    issuer: certificate.issuer,
    validFrom: certificate.validFrom.toISOString(),
    validTo: certificate.validTo.toISOString(),
    ofAnotherOffice: ico !== undefined && isOfAnother(certificate.holder, ico),
  };
  values.set(tx, keyOf(clerkId), said);
  return said;
}

const validityOf = ({ validFrom, validTo }: Known, now: Date) =>
  validityAt({ validFrom: new Date(validFrom), validTo: new Date(validTo) }, now);

/** A standing warning to the clerk whose certificate ends soon or has ended. */
export function certificateWarning(
  desk: Desk,
  tx: Reader,
  session: Session | null,
  now: Date,
): ContractFailure | null {
  const said = session && desk.settings(tx).signing ? knownOf(tx, session.clerkId) : null;
  if (said === null) return null;
  const validity = validityOf(said, now);
  const date = formatDate(legalDate(new Date(said.validTo)));
  if (validity.state === 'expired') return { code: 'certificate.expired', params: { date } };
  return validity.state === 'expires-soon'
    ? { code: 'certificate.expires-soon', params: { date, days: validity.daysLeft } }
    : null;
}

/** The clerk's certificate as it is now on the card, or as it was when it was used the last time. */
export async function lookAtOwn(
  desk: Desk,
  clerk: Clerk,
  now: Date,
): Promise<Result<OwnCertificate | null, ContractFailure>> {
  const settings = desk.store.read((tx) => desk.settings(tx)).signing;
  if (settings === null) return refuse('token.not-set');
  if (settings.kind === 'file') {
    const said = desk.store.read((tx) => knownOf(tx, clerk.clerkId));
    return ok(said && viewOf(said, now, { pin: 'usual', seen: 'last-use' }));
  }
  const listed = await desk.signingToken(settings, clerk.username).certificates();
  if (!listed.ok) return listed;
  const own = ownAmong(listed.value, clerk);
  if (!own.ok) return own;
  const said = desk.store.write((tx) => remember(desk, tx, clerk, own.value));
  return ok(viewOf(said, now, { pin: own.value.pin, seen: 'now' }));
}

function viewOf(said: Known, now: Date, how: Pick<OwnCertificate, 'pin' | 'seen'>): OwnCertificate {
  const { subject, issuer, validTo, ofAnotherOffice } = said;
  const validity = validityOf(said, now);
  return {
    subject,
    issuer,
    validTo,
    ofAnotherOffice,
    state: validity.state,
    daysLeft: 'daysLeft' in validity ? validity.daysLeft : null,
    ...how,
  };
}
