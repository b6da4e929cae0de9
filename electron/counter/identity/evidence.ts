import type { ChipView, IdentityView } from '../../contract/identity.ts';
import type { CallInput } from '../../contract/index.ts';
import type { ContractFailure } from '../../contract/shared.ts';
import type { Claims } from '../../values/identity-comparison.ts';
import { fromLegalDate } from '../../values/partial-date.ts';
import { ok, type Result } from '../../values/result.ts';
import type { LegalDate } from '../../values/time.ts';
import { refuse } from '../failure.ts';
import type { IdentityRecord } from '../visits/record.ts';
import { readMrz } from './mrz.ts';
import { isOneNumber, refutedChip } from './refuted.ts';
import { claimsOf, correctionsOf, kindMended, mendedIn, overruledIn } from './zone-evidence.ts';
import type { OwnReadings } from './zone-readings.ts';

type Input = Pick<CallInput<'identity.take-document'>, 'document' | 'birthDate' | 'zone'>;
type Document = NonNullable<IdentityView['document']>;
/** `read`: what a machine of the desk read of the document just now; null of what a person typed or mended. */
export type Evidence = { document: Document; mrzName: IdentityRecord['mrzName']; read: Claims | null };

/** What the counter has of its own to hold the window's word against. */
type Own = {
  identity: Pick<IdentityRecord, 'state' | 'document' | 'birthDate' | 'mrzName' | 'refuted'>;
  chip: Pick<NonNullable<ChipView['result']>, 'zone' | 'proof'> | null;
  zones: OwnReadings;
  today: LegalDate;
};

/**
 * The document with what machines read of it, out of what the counter itself read: the window only says which document it shall be and by
 * what means. Failures: `identity.chip-differs`, `identity.zone-unknown` (not read here), and those of reading a zone.
 */
export function evidenceOf(input: Input, own: Own): Result<Evidence, ContractFailure> {
  const found = ofMeans(input, own);
  const refuted = stillRefuted(input, own);
  if (!found.ok || refuted === null) return found;
  return ok({ ...found.value, document: { ...found.value.document, chip: refuted } });
}

/**
 * What a chip was refuted by stays with its document, however that is read or typed, and with what is corrected of it, for that may be another
 * document: so it is not written down as one whose chip was refuted, and its own chip has the word once it is read.
 */
function stillRefuted({ document, zone }: Input, { identity }: Own): Document['chip'] | null {
  const known = refutedChip(identity, document.number);
  const before = identity.document;
  if (known !== null || document.source === 'chip' || before?.chip?.strength !== 'refuted') return known;
  const isCorrection = identity.state === 'document-taken' && zone === null;
  return isCorrection || isOneNumber(before.number, document.number) ? before.chip : null;
}

function ofMeans(input: Input, own: Own): Result<Evidence, ContractFailure> {
  const { document, zone } = input;
  if (document.source === 'chip') return ofChip(input, own);
  if (zone !== null) return ofZone(input, zone, own);
  if (document.source !== 'typed') return mended(input, own);
  // A document that is corrected by eye is still the one whose zone said a name.
  const { state, mrzName } = own.identity;
  return ok({
    document: { ...document, overruledChecks: [] },
    mrzName: state === 'document-taken' ? mrzName : null,
    read: null,
  });
}

function ofChip(input: Input, { chip }: Own): Result<Evidence, ContractFailure> {
  if (chip === null || mendedIn(chip.zone, input).length > 0) return refuse('identity.chip-differs');
  const overruledChecks = overruledIn(chip.zone, input);
  return ok({
    document: { ...input.document, overruledChecks, chip: chip.proof },
    mrzName: chip.zone.name,
    read: claimsOf(chip.zone),
  });
}

function ofZone(
  input: Input,
  zone: string,
  { zones, today }: Pick<Own, 'zones' | 'today'>,
): Result<Evidence, ContractFailure> {
  const read = readMrz(zone, today);
  if (!read.ok) return read;
  const { lines, name } = read.value;
  const { source } = input.document;
  const image = source === 'image' ? zones.imageLike(lines) : null;
  if ((source === 'reader' && !zones.hasRead(lines)) || (source === 'image' && image === null))
    return refuse('identity.zone-unknown');
  const document = { ...input.document, overruledChecks: overruledIn(read.value, input) };
  return ok({
    document: image === null ? document : { ...document, corrections: correctionsOf(image, lines) },
    mrzName: name,
    read: claimsOf(read.value),
  });
}

/** What was read before and is mended now: what changes is a person's word from here on. */
function mended(input: Input, { identity }: Pick<Own, 'identity'>): Result<Evidence, ContractFailure> {
  const before = identity.document;
  if (before === null || before.source !== input.document.source) return refuse('identity.zone-unknown');
  const { number, issuer, expiry, corrections } = before;
  const changed = mendedIn(
    {
      documentNumber: number,
      issuer,
      birthDate: identity.birthDate,
      expiryDate: expiry === null ? null : fromLegalDate(expiry),
    },
    input,
  );
  return ok({
    document: {
      ...input.document,
      ...(corrections && { corrections }),
      overruledChecks: [
        ...new Set([...before.overruledChecks, ...changed, ...kindMended(before.kind, input.document.kind)]),
      ],
    },
    mrzName: identity.mrzName,
    read: null,
  });
}
