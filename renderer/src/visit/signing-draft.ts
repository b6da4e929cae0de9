import type { ChosenSignature } from '../../../electron/contract/electronic-signatures.ts';
import type { MrzReadingView } from '../../../electron/contract/identity.ts';
import type { CallInput } from '../../../electron/contract/index.ts';
import type { Signing, Witness } from '../../../electron/contract/services.ts';
import { normalizeDocumentNumber } from '../../../electron/values/document-number.ts';
import { type DocumentKind, provesIdentity } from '../../../electron/values/identity-document.ts';
import { formatPartialDate, wholeDate } from '../../../electron/values/partial-date.ts';
import type { PersonName } from '../../../electron/values/person-name.ts';
import type { Failure, Result } from '../../../electron/values/result.ts';
import { err, ok } from '../../../electron/values/result.ts';
import type { Abilities } from '../../../electron/values/witnesses.ts';
import { day, readDay } from '../i18n/format.ts';
import {
  type AddressDraft,
  emptyAddress,
  emptyName,
  type NameDraft,
  optionalDate,
  type Problems,
  readAddress,
  readName,
} from './person-draft.ts';

/** What the clerk has typed of a signature to be certified, as it stands in the fields. */

export type WitnessDraft = {
  name: NameDraft;
  birthDate: string;
  birthPlace: string;
  address: AddressDraft;
  document: { kind: DocumentKind; number: string; issuer: string; expiry: string };
  /** The lines the reader read of the document; null when it is typed from it. */
  zone: string | null;
};
type SaidSigning = CallInput<'services.set-signing'>['signing'];
type SaidWitness = SaidSigning['witnesses'][number];
/** A signature without a certificate, as the clerk says what is seen where. */
export type SeenDraft = { page: number | null; text: string };
export type SigningDraft = {
  manner: Signing['manner'] | null;
  description: string;
  signatures: number | null;
  language: Signing['language'];
  birthPlace: string;
  addressIs: Signing['addressIs'];
  cannotRead: boolean;
  cannotWrite: boolean;
  canSign: boolean;
  contentBy: 'none' | 'device' | 'person';
  witnesses: [WitnessDraft, WitnessDraft];
  isOutside: boolean;
  outside: { place: string; reason: string };
  /** Of a file: signatures of the report by their places, and those that are only seen. */
  certified: number[];
  seen: SeenDraft[];
};

/** What a signature on a file may be, as the service and the report say. */
export type OnFile = { manners: readonly Signing['manner'][]; pages: number };

const emptyWitness = (): WitnessDraft => ({
  name: emptyName(),
  birthDate: '',
  birthPlace: '',
  address: emptyAddress(),
  document: { kind: 'id-card', number: '', issuer: 'CZE', expiry: '' },
  zone: null,
});

const witnessOf = ({ name, birthDate, birthPlace, address, document }: Witness): WitnessDraft => ({
  name: { ...emptyName(), ...name },
  birthDate: formatPartialDate(birthDate),
  birthPlace,
  address: { ...emptyAddress(), ...address },
  document: {
    kind: document.kind,
    number: document.number,
    issuer: document.issuer,
    expiry: document.expiry === null ? '' : day(document.expiry),
  },
  // What was read is not kept: opened again, the document is read or typed anew.
  zone: null,
});

/** A witness's document as the reader read it: the name is taken from the visual part, by eye. */
export function withReading(draft: WitnessDraft, reading: MrzReadingView): WitnessDraft {
  const { suggestedKind, documentNumber, issuer, birthDate, expiryDate, lines } = reading;
  const expiry = expiryDate && wholeDate(expiryDate);
  return {
    ...draft,
    birthDate: birthDate === null ? draft.birthDate : formatPartialDate(birthDate),
    document: {
      kind: suggestedKind,
      number: documentNumber,
      issuer,
      expiry: expiry === null ? '' : day(expiry),
    },
    zone: lines.join('\n'),
  };
}

/** What was said before, or nothing but what another signature of the same person says already. */
export function signingDraftOf(signing: Signing | null, birthPlace: string): SigningDraft {
  const [first, second] = signing?.witnesses ?? [];
  return {
    manner: signing?.manner ?? null,
    description: signing?.description ?? '',
    signatures: signing?.signatures ?? 1,
    language: signing?.language ?? 'cs',
    birthPlace: signing?.birthPlace ?? birthPlace,
    addressIs: signing?.addressIs ?? 'permanent',
    cannotRead: signing?.canRead === false,
    cannotWrite: signing?.canWrite === false,
    canSign: signing?.canSign ?? true,
    contentBy: signing?.contentBy ?? 'none',
    witnesses: [first ? witnessOf(first) : emptyWitness(), second ? witnessOf(second) : emptyWitness()],
    isOutside: (signing?.outside ?? null) !== null,
    outside: { ...(signing?.outside ?? { place: '', reason: '' }) },
    certified: (signing?.chosen ?? []).flatMap((one) => (one.by === 'certificate' ? [one.index] : [])),
    seen: (signing?.chosen ?? []).flatMap((one) =>
      one.by === 'description' ? [{ page: one.page, text: one.text }] : [],
    ),
  };
}

/** Whoever reads and writes signs too, and needs nobody to know what they sign. */
export const abilitiesOf = (draft: SigningDraft): Abilities => {
  const isAble = !draft.cannotRead && !draft.cannotWrite;
  return {
    canRead: !draft.cannotRead,
    canWrite: !draft.cannotWrite,
    canSign: isAble || draft.canSign,
    contentBy: isAble || draft.contentBy === 'none' ? null : draft.contentBy,
  };
};

const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase('cs');

/** Whether a certificate's name bears the surname of a person. A hint: names on certificates are written in many ways. */
export const bearsName = (signer: string, { surname }: PersonName): boolean => {
  const words = plain(signer).split(/[^\p{L}]+/u);
  return plain(surname)
    .split(/[^\p{L}]+/u)
    .every((word) => words.includes(word));
};

const MISSING: Failure = { code: 'form.required' };

export function readSigning(
  draft: SigningDraft,
  { withWitnesses, onFile }: { withWitnesses: boolean; onFile: OnFile | null },
): Result<SaidSigning, Problems> {
  const problems: Record<string, Failure> = {};
  const text = (value: string, field: string): string => {
    const read = value.normalize('NFC').replace(/\s+/gu, ' ').trim();
    if (read === '') problems[field] = MISSING;
    return read;
  };
  // Where the law knows one manner, it is not asked for.
  const [only, ...others] = onFile?.manners ?? [];
  const manner = only !== undefined && others.length === 0 ? only : draft.manner;
  if (manner === null) problems['manner'] = MISSING;
  const chosen = onFile === null ? [] : readChosen(draft, onFile, text, problems);
  const signatures = onFile === null ? draft.signatures : chosen.length;
  if (signatures === null || signatures > 20) problems['signatures'] = { code: 'sheets.not-a-count' };
  const description = text(draft.description, 'description');
  const birthPlace = text(draft.birthPlace, 'birthPlace');
  const abilities = abilitiesOf(draft);
  const witnesses = withWitnesses
    ? draft.witnesses.flatMap(
        (witness, index) => readWitness(witness, `witness${index}.`, text, problems) ?? [],
      )
    : [];
  const outside = draft.isOutside
    ? {
        place: text(draft.outside.place, 'outside.place'),
        reason: text(draft.outside.reason, 'outside.reason'),
      }
    : null;
  const { language, addressIs } = draft;
  if (Object.keys(problems).length > 0 || manner === null || signatures === null) return err(problems);
  return ok({
    ...{ manner, description, signatures, language, birthPlace, addressIs },
    ...abilities,
    witnesses,
    outside,
    chosen,
  });
}

function readChosen(
  { certified, seen }: SigningDraft,
  { pages }: OnFile,
  text: (value: string, field: string) => string,
  problems: Record<string, Failure>,
): ChosenSignature[] {
  if (certified.length + seen.length === 0) problems['chosen'] = { code: 'signing.chosen-none' };
  return [
    ...certified.toSorted((a, b) => a - b).map((index) => ({ by: 'certificate' as const, index })),
    ...seen.map(({ page, text: typed }, index) => {
      if (page === null || page > pages) problems[`seen${index}.page`] = { code: 'signing.chosen-page' };
      return { by: 'description' as const, page: page ?? 1, text: text(typed, `seen${index}.text`) };
    }),
  ];
}

function readWitness(
  draft: WitnessDraft,
  prefix: string,
  text: (value: string, field: string) => string,
  problems: Record<string, Failure>,
): SaidWitness | null {
  const name = readName(draft.name, prefix, problems);
  const birthDate = optionalDate(draft.birthDate, `${prefix}birthDate`, problems);
  if (draft.birthDate.trim() === '') problems[`${prefix}birthDate`] = MISSING;
  const birthPlace = text(draft.birthPlace, `${prefix}birthPlace`);
  const address = readAddress(draft.address, prefix, problems);
  if (address === null) problems[`${prefix}municipality`] ??= MISSING;
  const number = normalizeDocumentNumber(draft.document.number);
  if (number === '') problems[`${prefix}number`] = { code: 'document-number.empty' };
  const expiry = draft.document.expiry.trim() === '' ? null : readDay(draft.document.expiry);
  if (draft.document.expiry.trim() !== '' && expiry === null)
    problems[`${prefix}expiry`] = { code: 'form.date' };
  if (!/^[A-Z]{1,3}$/.test(draft.document.issuer.trim().toUpperCase()))
    problems[`${prefix}issuer`] = { code: 'visit.state-code' };
  if (!provesIdentity(draft.document.kind)) problems[`${prefix}kind`] = { code: 'signing.witness-document' };
  if (name === null || birthDate === null || address === null) return null;
  const { kind, issuer } = draft.document;
  return {
    name,
    birthDate,
    birthPlace,
    address,
    document: {
      kind,
      number,
      issuer: issuer.trim().toUpperCase(),
      expiry,
      source: draft.zone === null ? 'typed' : 'reader',
    },
    zone: draft.zone,
  };
}
