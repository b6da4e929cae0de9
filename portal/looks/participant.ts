import { err, ok, type Result } from '../../electron/values/result.ts';
import { legalDate } from '../../electron/values/time.ts';
import { isSamePerson, proves } from '../accounts/rules.ts';
import type { Desk, Schemas } from '../api.ts';
import type { Refusal } from '../errors.ts';
import type { Portal } from '../portal.ts';

type Participant = Schemas['Participant'];
type Party = Schemas['Party'];

/** A visit does not last longer; a clock may differ a little. */
const FRESH_MS = 24 * 3_600_000;
const AHEAD_MS = 5 * 60_000;

/**
 * Whether somebody was verified in the visit in whose name the affairs are asked about, by this office and now: on a document
 * that proves identity and holds.
 */
export function isVerified({ clock }: Portal, desk: Desk, { proof }: Participant): Result<null, Refusal> {
  const now = clock.now();
  const age = now.getTime() - Date.parse(proof.verifiedAt);
  const holds =
    proof.officeId === desk.officeId &&
    age <= FRESH_MS &&
    age >= -AHEAD_MS &&
    proves(proof.document, legalDate(now));
  return holds ? ok(null) : err({ code: 'look.identity-not-verified' });
}

/**
 * Whether they may speak for whom they say they represent. A power of attorney was seen by the clerk; who is of a statutory body,
 * the register says.
 */
export function mayRepresent({ organisations }: Portal, { proof, represents }: Participant): boolean {
  if (represents === undefined) return false;
  if (represents.as !== 'statutory-body') return true;
  const entry = represents.ico === undefined ? null : organisations(represents.ico);
  return entry?.statutoryBody.members.some((member) => isSamePerson(proof.person, member)) ?? false;
}

type Named = { name: Schemas['PersonName']; birthDate: Schemas['PartialDate'] };
const isPerson = (party: Party, who: Named): boolean =>
  party.type === 'person' &&
  party.birthDate !== undefined &&
  isSamePerson({ name: party.name, birthDate: party.birthDate }, who);

/** Whether a party of a matter is the verified person. */
export const isThemselves = ({ proof }: Participant, party: Party): boolean => isPerson(party, proof.person);

/** Whether a party of a matter is whom the verified person represents; to be asked of one who may. */
export function isRepresented({ represents }: Participant, party: Party): boolean {
  if (represents === undefined) return false;
  if (represents.person !== undefined) return isPerson(party, represents.person);
  return party.type === 'organisation' && party.ico === represents.ico;
}
