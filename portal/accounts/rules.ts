import {
  areDistinct,
  type DocumentKind,
  judgeExpiry,
  provesIdentity,
} from '../../electron/values/identity-document.ts';
import { fromLegalDate } from '../../electron/values/partial-date.ts';
import { legalDate } from '../../electron/values/time.ts';
import { wordsOf } from '../../electron/values/words.ts';
import type { Schemas } from '../api.ts';

/** What the portal asks of acts about accounts. Pure. */

type Refusal = Schemas['AccountRefusal'];
type Proofed = { name: Schemas['PersonName']; birthDate: Schemas['PartialDate'] };

/** Names are compared without case, diacritics and punctuation: papers and people write them differently. */
const plain = (text: string | undefined): string => wordsOf(text ?? '').join(' ');

const sameDay = (a: Schemas['PartialDate'], b: Schemas['PartialDate']): boolean =>
  a.year === b.year && a.month === b.month && a.day === b.day;

const sameSurname = (a: Schemas['PersonName'], b: Schemas['PersonName']): boolean =>
  plain(a.surname) === plain(b.surname);
const sameGivenNames = (a: Schemas['PersonName'], b: Schemas['PersonName']): boolean =>
  plain(a.givenNames) === plain(b.givenNames);

/** The same name and day of birth. */
export const isSamePerson = (a: Proofed, b: Proofed): boolean =>
  sameDay(a.birthDate, b.birthDate) && sameSurname(a.name, b.name) && sameGivenNames(a.name, b.name);

/** Perhaps the same person, under a new surname or with other given names: enough to be shown, not to be acted about. */
export const mayBeSamePerson = (a: Proofed, b: Proofed): boolean =>
  sameDay(a.birthDate, b.birthDate) &&
  // Two who have no given names have none in common.
  (sameSurname(a.name, b.name) || (plain(a.name.givenNames) !== '' && sameGivenNames(a.name, b.name)));

/** Whether the given names of one are among those of the other: not everybody writes all of theirs. */
const givenNamesAgree = (a: Schemas['PersonName'], b: Schemas['PersonName']): boolean => {
  const [one, other] = [a, b].map(({ givenNames }) => plain(givenNames).split(' ').filter(Boolean));
  const isAmong = (some: readonly string[] = [], all: readonly string[] = []): boolean =>
    some.every((name) => all.includes(name));
  return isAmong(one, other) || isAmong(other, one);
};

/**
 * Whether the account is whose document is shown. Whoever registered without a date of birth is known by the name alone until
 * the proofing: by the whole of it. Under another surname it is the own one only where that is what is put right: two people of
 * one day and one given name are not one.
 */
export const isOwnAccount = (
  holder: Pick<Schemas['NaturalPerson'], 'name' | 'birthDate'>,
  proofed: Proofed,
  { isRenamed = false } = {},
): boolean => {
  const { name, birthDate } = holder;
  if (birthDate === undefined) return sameSurname(name, proofed.name) && sameGivenNames(name, proofed.name);
  if (isRenamed) return mayBeSamePerson({ name, birthDate }, proofed);
  return (
    sameDay(birthDate, proofed.birthDate) &&
    sameSurname(name, proofed.name) &&
    givenNamesAgree(name, proofed.name)
  );
};

/** A document that proves identity, valid on the day of the act. */
export function proves({ kind, expiry }: Schemas['ProofDocument'], on: string): boolean {
  const known: DocumentKind = kind;
  return (
    provesIdentity(known) &&
    judgeExpiry(expiry === undefined ? null : fromLegalDate(expiry), on).verdict !== 'expired'
  );
}

/** An act tells its one day, and whoever acts was verified before it. */
export const isInTime = ({
  acceptedAt,
  acceptedOn,
  proof,
}: Pick<Schemas['AccountAct'], 'acceptedAt' | 'acceptedOn' | 'proof'>): boolean =>
  legalDate(new Date(acceptedAt)) === acceptedOn && Date.parse(proof.verifiedAt) <= Date.parse(acceptedAt);

/**
 * Whether whoever was proofed may act for the organisation in this on that day: so many members of the statutory body as
 * the register asks for, or a proxy whose power covers it and has not run out. Null when so.
 */
export function whyNotActing(
  acting: Schemas['ActingForOrganisation'] | undefined,
  of: {
    proofed: Proofed & { document: Schemas['ProofDocument'] };
    body: Schemas['StatutoryBody'];
    scopes: Schemas['AccountRules']['proxyScopes'];
    action: Schemas['AccountAction'];
    on: string;
  },
): Refusal | null {
  if (acting === undefined) return 'account.not-allowed-to-act';
  if (acting.as === 'proxy') {
    const { proxy } = acting;
    const scope = of.scopes.find(({ code }) => code === proxy?.scope);
    if (proxy === undefined || scope === undefined || !scope.actions.includes(of.action))
      return 'account.proxy-scope';
    return proxy.validTo !== undefined && proxy.validTo < of.on ? 'account.proxy-expired' : null;
  }
  const others = acting.others ?? [];
  const present = [of.proofed, ...others];
  const members = of.body.members.filter((member) => present.some((one) => isSamePerson(one, member)));
  if (!of.body.members.some((member) => isSamePerson(of.proofed, member)))
    return 'account.not-allowed-to-act';
  if (members.length < of.body.together) return 'account.others-missing';
  const documents = others.flatMap(({ document }) => document ?? []);
  const isProofed =
    documents.every((document) => proves(document, of.on)) &&
    areDistinct([of.proofed.document, ...documents]);
  return isProofed ? null : 'account.proof-insufficient';
}

/** Rights by account, after a change. Adding twice or changing nobody is refused by the caller, who knows the accounts. */
export type Members = ReadonlyMap<string, readonly string[]>;

/** Of an organisation somebody always administers its users: who leaves last names a successor, or the account ends. */
export const hasAdministrator = (members: Members, administrator: string): boolean =>
  [...members.values()].some((rights) => rights.includes(administrator));
