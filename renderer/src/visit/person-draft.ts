import type { actingAs, IdentityView, MrzReadingView } from '../../../electron/contract/identity.ts';
import type { CallInput } from '../../../electron/contract/index.ts';
import type { Address, Party } from '../../../electron/contract/shared.ts';
import { judgeBirthNumber } from '../../../electron/values/birth-number.ts';
import { judgeDataBoxId } from '../../../electron/values/data-box-id.ts';
import { normalizeDocumentNumber } from '../../../electron/values/document-number.ts';
import { judgeIco } from '../../../electron/values/ico.ts';
import type { ComparedField } from '../../../electron/values/identity-comparison.ts';
import type { DocumentKind } from '../../../electron/values/identity-document.ts';
import {
  formatPartialDate,
  type PartialDate,
  parsePartialDate,
  wholeDate,
} from '../../../electron/values/partial-date.ts';
import { type PersonName, personName } from '../../../electron/values/person-name.ts';
import { judgePostalCode } from '../../../electron/values/postal-code.ts';
import { err, type Failure, ok, type Result } from '../../../electron/values/result.ts';
import type { LegalDate } from '../../../electron/values/time.ts';
import { day, readDay } from '../i18n/format.ts';

/** What the clerk has typed of the identity, as it stands in the fields: no failed command takes anything of it away. */

export type ActingAs = (typeof actingAs)[number];
type TakeDocument = CallInput<'identity.take-document'>;
type Confirm = CallInput<'identity.confirm'>;

export type DocumentDraft = {
  kind: DocumentKind;
  number: string;
  issuer: string;
  expiry: string;
  birthDate: string;
  source: TakeDocument['document']['source'];
  /** The lines it was read from; null where there are none, or the counter has them from the chip. */
  zone: string | null;
};
export type NameDraft = { titlesBefore: string; givenNames: string; surname: string; titlesAfter: string };
export type AddressDraft = {
  street: string;
  number: string;
  municipalityPart: string;
  municipality: string;
  postalCode: string;
};
export type ConcernDraft = {
  kind: Party['kind'];
  name: NameDraft;
  birthDate: string;
  address: AddressDraft;
  title: string;
  ico: string;
  dataBoxId: string;
};
export type PersonDraft = {
  name: NameDraft;
  birthDate: string;
  birthNumber: string;
  citizenship: string;
  address: AddressDraft;
  actingAs: ActingAs;
  concerns: ConcernDraft;
  /** Why the visit goes on although the document is listed; empty while nothing is overridden. */
  overrideReason: string;
  settled: SettledDraft;
};
/** Fields that hold although a source says otherwise, each with its reason where it needs one. */
export type SettledDraft = Partial<Record<ComparedField, string | null>>;

/** What is wrong with each field, by its name. */
export type Problems = Readonly<Record<string, Failure>>;

export const emptyName = (): NameDraft => ({
  titlesBefore: '',
  givenNames: '',
  surname: '',
  titlesAfter: '',
});
export const emptyAddress = (): AddressDraft => ({
  street: '',
  number: '',
  municipalityPart: '',
  municipality: '',
  postalCode: '',
});

export const emptyDocument = (): DocumentDraft => ({
  kind: 'id-card',
  number: '',
  issuer: 'CZE',
  expiry: '',
  birthDate: '',
  source: 'typed',
  zone: null,
});

export const emptyPerson = (birthDate: PartialDate | null, citizenship: string): PersonDraft => ({
  name: emptyName(),
  birthDate: birthDate === null ? '' : formatPartialDate(birthDate),
  birthNumber: '',
  citizenship,
  address: emptyAddress(),
  actingAs: 'in-person',
  concerns: {
    kind: 'person',
    name: emptyName(),
    birthDate: '',
    address: emptyAddress(),
    title: '',
    ico: '',
    dataBoxId: '',
  },
  overrideReason: '',
  settled: {},
});

/** A reading as a document to confirm; what the clerk mends in it the counter finds out by the zone. */
export function documentOfReading(
  reading: MrzReadingView,
  source: 'reader' | 'typed-mrz' | 'image' | 'chip',
): DocumentDraft {
  const expiry = reading.expiryDate === null ? null : wholeDate(reading.expiryDate);
  return {
    kind: reading.suggestedKind,
    number: reading.documentNumber,
    issuer: reading.issuer,
    expiry: expiry === null ? '' : day(expiry),
    birthDate: reading.birthDate === null ? '' : formatPartialDate(reading.birthDate),
    source,
    zone: source === 'chip' ? null : reading.lines.join('\n'),
  };
}

/** The document the visit has taken, to be looked at and corrected. */
export function documentOfVisit(identity: IdentityView): DocumentDraft {
  const { document, birthDate } = identity;
  if (document === null) return emptyDocument();
  return {
    kind: document.kind,
    number: document.number,
    issuer: document.issuer,
    expiry: document.expiry === null ? '' : day(document.expiry),
    birthDate: birthDate === null ? '' : formatPartialDate(birthDate),
    source: document.source,
    zone: null,
  };
}

export function readDocument(draft: DocumentDraft, visitId: string): Result<TakeDocument, Problems> {
  const problems: Record<string, Failure> = {};
  const number = normalizeDocumentNumber(draft.number);
  if (number === '') problems.number = { code: 'document-number.empty' };
  const issuer = draft.issuer.trim().toUpperCase();
  if (!/^[A-Z]{1,3}$/.test(issuer)) problems.issuer = { code: 'visit.state-code' };
  const expiry = draft.expiry.trim() === '' ? null : readDay(draft.expiry);
  if (draft.expiry.trim() !== '' && expiry === null) problems.expiry = { code: 'form.date' };
  const birthDate = optionalDate(draft.birthDate, 'documentBirthDate', problems);
  if (Object.keys(problems).length > 0) return err(problems);
  return ok({
    visitId,
    document: {
      kind: draft.kind,
      number,
      issuer,
      expiry,
      source: draft.source,
    },
    birthDate,
    zone: draft.zone,
  });
}

export function readPerson(draft: PersonDraft, visitId: string, today: LegalDate): Result<Confirm, Problems> {
  const problems: Record<string, Failure> = {};
  const name = readName(draft.name, '', problems);
  const birthDate = optionalDate(draft.birthDate, 'birthDate', problems);
  if (draft.birthDate.trim() === '') problems.birthDate = { code: 'form.required' };
  const birthNumber = readBirthNumber(draft.birthNumber, today, problems);
  const citizenship = draft.citizenship.trim().toUpperCase();
  if (citizenship !== '' && !/^[A-Z]{1,3}$/.test(citizenship))
    problems.citizenship = { code: 'visit.state-code' };
  const address = readAddress(draft.address, '', problems);
  const concerns = draft.actingAs === 'in-person' ? null : readConcern(draft, problems);
  if (name === null || birthDate === null || Object.keys(problems).length > 0) return err(problems);
  return ok({
    visitId,
    name,
    birthDate,
    birthNumber,
    citizenship: citizenship === '' ? null : citizenship,
    address,
    actingAs: draft.actingAs,
    concerns,
    overrideReason: draft.overrideReason.trim() === '' ? null : draft.overrideReason.trim(),
  });
}

function readConcern({ concerns, actingAs }: PersonDraft, problems: Record<string, Failure>): Party | null {
  if (concernsOrganisation(actingAs, concerns.kind)) {
    const title = concerns.title.trim();
    if (title === '') problems['concerns.title'] = { code: 'form.required' };
    const ico = judgeIco(concerns.ico);
    if (ico.normal === null) {
      problems['concerns.ico'] = { code: concerns.ico.trim() === '' ? 'form.required' : 'ico.shape' };
    }
    const box = concerns.dataBoxId.trim() === '' ? null : judgeDataBoxId(concerns.dataBoxId);
    // The contract takes only ids that a box can have.
    if (box !== null && box.verdict !== 'ok') {
      problems['concerns.dataBoxId'] = { code: box.reasons[0] ?? 'data-box-id.shape' };
    }
    const seat = readAddress(concerns.address, 'concerns.', problems);
    if (ico.normal === null) return null;
    return {
      kind: 'organisation',
      title,
      ico: ico.normal,
      ...(box === null || box.normal === null ? {} : { dataBoxId: box.normal }),
      ...(seat === null ? {} : { seat }),
    };
  }
  const name = readName(concerns.name, 'concerns.', problems);
  const birthDate = optionalDate(concerns.birthDate, 'concerns.birthDate', problems);
  const address = readAddress(concerns.address, 'concerns.', problems);
  if (name === null) return null;
  return {
    kind: 'person',
    name,
    ...(birthDate === null ? {} : { birthDate }),
    ...(address === null ? {} : { address }),
  };
}

/** A statutory body acts for an organisation, a legal representative or guardian for a person; a proxy for either. */
export const organisationOnly = (actingAs: ActingAs): boolean => actingAs === 'statutory-body';
export const personOnly = (actingAs: ActingAs): boolean =>
  actingAs === 'legal-representative' || actingAs === 'guardian';

/** What the one concerned is, by what was chosen and by what the acting allows. */
export const concernsOrganisation = (actingAs: ActingAs, kind: Party['kind']): boolean =>
  organisationOnly(actingAs) || (kind === 'organisation' && !personOnly(actingAs));

export function readName(
  draft: NameDraft,
  prefix: string,
  problems: Record<string, Failure>,
): PersonName | null {
  const read = personName(draft);
  if (read.ok) return read.value;
  problems[`${prefix}${read.error.params?.field ?? 'surname'}`] = read.error;
  return null;
}

export function optionalDate(
  text: string,
  field: string,
  problems: Record<string, Failure>,
): PartialDate | null {
  if (text.trim() === '') return null;
  const read = parsePartialDate(text);
  if (read.ok) return read.value;
  problems[field] = read.error;
  return null;
}

function readBirthNumber(text: string, today: LegalDate, problems: Record<string, Failure>): string | null {
  if (text.trim() === '') return null;
  const judged = judgeBirthNumber(text, { today });
  // What is only suspicious is shown and never stands in the way: numbers with old errors stay in force.
  if (judged.verdict === 'impossible' || judged.normal === null) {
    problems.birthNumber = { code: judged.reasons[0] ?? 'birth-number.shape' };
    return null;
  }
  return judged.normal.replace('/', '');
}

export function readAddress(
  draft: AddressDraft,
  prefix: string,
  problems: Record<string, Failure>,
): Address | null {
  const text = (part: keyof AddressDraft): string =>
    draft[part].normalize('NFC').replace(/\s+/gu, ' ').trim();
  const parts = (['street', 'number', 'municipalityPart'] as const).flatMap((part) =>
    text(part) === '' ? [] : [[part, text(part)] as const],
  );
  const code = text('postalCode') === '' ? null : judgePostalCode(text('postalCode'));
  const municipality = text('municipality');
  if (municipality === '') {
    if (parts.length > 0 || code !== null) problems[`${prefix}municipality`] = { code: 'form.required' };
    return null;
  }
  // A foreign code has a shape of its own and is taken as it is.
  const postalCode =
    code === null
      ? null
      : code.normal !== null && code.normal !== '' && code.verdict !== 'impossible'
        ? code.normal
        : text('postalCode').slice(0, 12);
  return { ...Object.fromEntries(parts), municipality, ...(postalCode === null ? {} : { postalCode }) };
}

/** `7360285163` → `736028/5163`. */
export const formatBirthNumber = (digits: string): string => `${digits.slice(0, 6)}/${digits.slice(6)}`;
