import { normalizeDocumentNumber } from '../../values/document-number.ts';
import type { IdentityRecord } from '../visits/record.ts';

type Refuted = IdentityRecord['refuted'][number];

export const isOneNumber = (one: string, other: string): boolean =>
  normalizeDocumentNumber(one) === normalizeDocumentNumber(other);

/** What the chip of a document was refuted by in this visit; null while it was not. Nothing that is read or said later takes it back. */
export const refutedChip = (
  { refuted }: Pick<IdentityRecord, 'refuted'>,
  number: string,
): Refuted['chip'] | null => refuted.find((one) => isOneNumber(number, one.number))?.chip ?? null;

/** The same visit's identity with one more refuted document, also where that is the one taken already. */
export function withRefuted(
  { document, refuted }: Pick<IdentityRecord, 'document' | 'refuted'>,
  one: Refuted,
): Pick<IdentityRecord, 'document' | 'refuted'> {
  return {
    document:
      document && isOneNumber(document.number, one.number) ? { ...document, chip: one.chip } : document,
    refuted: refutedChip({ refuted }, one.number) === null ? [...refuted, one] : refuted,
  };
}
