import { normalizeDocumentNumber } from '../../values/document-number.ts';
import type { IdentityRecord } from '../visits/record.ts';

type Refuted = IdentityRecord['refuted'][number];
type Known = Pick<IdentityRecord, 'document' | 'refuted'>;

const isOf = (number: string, { number: refuted }: Refuted): boolean =>
  normalizeDocumentNumber(number) === normalizeDocumentNumber(refuted);

/** What the chip of a document was refuted by in this visit; null while it was not. Nothing that is read or said later takes it back. */
export function refutedChip({ document, refuted }: Known, number: string): Refuted['chip'] | null {
  const own =
    document?.chip?.strength === 'refuted' ? [{ number: document.number, chip: document.chip }] : [];
  return [...own, ...refuted].find((one) => isOf(number, one))?.chip ?? null;
}

/** The same visit's identity with one more refuted document, also where that is the one taken already. */
export function withRefuted({ document, refuted }: Known, one: Refuted): Known {
  return {
    document: document && isOf(document.number, one) ? { ...document, chip: one.chip } : document,
    refuted: refuted.some((known) => isOf(one.number, known)) ? refuted : [...refuted, one],
  };
}
