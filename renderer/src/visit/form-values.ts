import type { FieldUi } from '../../../electron/contract/services.ts';
import type { Address, Organisation, Person } from '../../../electron/contract/shared.ts';
import { cleanFormData } from '../../../electron/values/form-rules.ts';
import {
  type FieldDefinition,
  type FormData,
  isRecord,
  itemsOf,
  type PartyPart,
} from '../../../electron/values/forms/definition.ts';
import { formatPartialDate, parsePartialDate, wholeDate } from '../../../electron/values/partial-date.ts';
import { displayName } from '../../../electron/values/person-name.ts';
import { formatPostalCode } from '../../../electron/values/postal-code.ts';
import { isLegalDate } from '../../../electron/values/time.ts';
import { day, readDay } from '../i18n/format.ts';

/** An item of a code list as it was chosen. */
export type CodeDraft = { code: string; name: string };
/** A person or organisation as typed. */
export type PartyDraft = {
  kind: 'person' | 'organisation';
  name: string;
  birthDate: string;
  address: string;
  ico: string;
  seat: string;
};
/** An item of a group or table; its key stays when others come and go. */
export type ItemDraft = { key: string; values: FieldValues };

/** What stands in a field of the form: text as typed, whether a box is ticked, what was chosen, items of a group. */
export type FieldValue = string | boolean | CodeDraft | PartyDraft | ItemDraft[] | null;
export interface FieldValues {
  [name: string]: FieldValue;
}

/** `12,5` and `1 200` as Czech people write numbers; undefined when it is none. */
export function readNumber(text: string): number | undefined {
  const compact = text.replace(/\s+/gu, '').replace(',', '.');
  return /^[+-]?\d{1,15}(\.\d{1,10})?$/.test(compact) ? Number(compact) : undefined;
}

export const freshParty = (kind: PartyDraft['kind'] = 'person'): PartyDraft => ({
  kind,
  name: '',
  birthDate: '',
  address: '',
  ico: '',
  seat: '',
});

let items = 0;
/** An item as it begins; `values` of one that was there before. */
export const freshItem = (field: FieldDefinition, values?: FieldValues): ItemDraft => {
  items += 1;
  return { key: `item-${items}`, values: values ?? toValues(field.fields ?? [], {}) };
};

const textIn = (data: Readonly<Record<string, unknown>>, name: string): string => {
  const value = data[name];
  return typeof value === 'string' ? value : '';
};

/** Data of the form as they are typed into its fields. */
export const toValues = (
  fields: readonly FieldDefinition[],
  data: Readonly<Record<string, unknown>>,
): FieldValues => Object.fromEntries(fields.map((field) => [field.name, toValue(field, data[field.name])]));

function toValue(field: FieldDefinition, value: unknown): FieldValue {
  switch (field.widget) {
    case 'checkbox':
      return value === true;
    case 'code':
      return isRecord(value) ? { code: textIn(value, 'code'), name: textIn(value, 'name') } : null;
    case 'person':
    case 'organisation':
    case 'party':
      return toParty(field, isRecord(value) ? value : {});
    case 'group':
    case 'table':
      return itemsOf(value).map((item) => freshItem(field, toValues(field.fields ?? [], item)));
    default:
      if (typeof value === 'number') return String(value).replace('.', ',');
      if (typeof value !== 'string') return '';
      if (field.widget === 'partial-date') return shownPartialDate(value);
      return field.widget === 'date' && isLegalDate(value) ? day(value) : value;
  }
}

const toParty = ({ widget }: FieldDefinition, data: Readonly<Record<string, unknown>>): PartyDraft => ({
  kind: widget === 'organisation' || data['kind'] === 'organisation' ? 'organisation' : 'person',
  name: textIn(data, 'name'),
  birthDate: shownPartialDate(textIn(data, 'birthDate')),
  address: textIn(data, 'address'),
  ico: textIn(data, 'ico'),
  seat: textIn(data, 'seat'),
});

/**
 * Fields as data of the form. A number or day that cannot be read stays the text it is: it is kept, and the rules of the
 * form say what is wrong with it. What is computed is not among them.
 */
export const toData = (fields: readonly FieldDefinition[], values: Readonly<FieldValues>): FormData =>
  cleanFormData(Object.fromEntries(fields.map((field) => [field.name, toDatum(field, values[field.name])])));

function toDatum(field: FieldDefinition, value: FieldValue | undefined): unknown {
  if (value === null || value === undefined || field.compute !== undefined) return undefined;
  if (Array.isArray(value)) return value.map((item) => toData(field.fields ?? [], item.values));
  if (typeof value === 'object') return 'code' in value ? value : partyData(field, value);
  if (typeof value === 'boolean') return value;
  if (field.widget === 'number') return readNumber(value) ?? value;
  if (field.widget === 'date') return readDay(value) ?? value;
  return field.widget === 'partial-date' ? readPartialDate(value) : value;
}

function partyData({ widget, parts = [] }: FieldDefinition, party: PartyDraft): unknown {
  const isOrganisation = party.kind === 'organisation';
  const asked = (part: PartyPart): boolean => parts.includes(part);
  const typed = isOrganisation
    ? {
        name: party.name,
        ...(asked('ico') && { ico: party.ico.replace(/\s+/gu, '') }),
        ...(asked('seat') && { seat: party.seat }),
      }
    : {
        name: party.name,
        ...(asked('birthDate') && { birthDate: readPartialDate(party.birthDate) }),
        ...(asked('address') && { address: party.address }),
      };
  const isEmpty = Object.values(typed).every((text) => text.trim() === '');
  // Which of the two it is, is no answer by itself.
  return isEmpty ? undefined : { ...typed, ...(widget === 'party' && { kind: party.kind }) };
}

/** `4/2025` → `2025-04`; what is no date stays as it is. */
function readPartialDate(typed: string): string {
  const read = parsePartialDate(typed);
  if (!read.ok) return typed;
  const two = (part: number | undefined): string =>
    part === undefined ? '' : `-${String(part).padStart(2, '0')}`;
  const { year, month, day } = read.value;
  return `${String(year).padStart(4, '0')}${two(month)}${two(day)}`;
}

/** A partial date as people write it; what is none stays as it is. */
export function shownPartialDate(text: string): string {
  const read = parsePartialDate(text);
  return read.ok ? formatPartialDate(read.value).replaceAll(' ', '\u00a0') : text;
}

/** `Dlouhá 5, Bolevec, 301 00 Plzeň`. */
export function addressLine({ street, number, municipalityPart, municipality, postalCode }: Address): string {
  const code =
    postalCode !== undefined && /^\d{5}$/.test(postalCode) ? formatPostalCode(postalCode) : postalCode;
  const house =
    street === undefined && number !== undefined
      ? `č. p. ${number}`
      : [street, number].filter(Boolean).join(' ');
  const part = municipalityPart === municipality ? '' : municipalityPart;
  return [house, part, [code, municipality].filter(Boolean).join(' ')].filter(Boolean).join(', ');
}

/** What is known of the applicant already, for the fields that ask for it. */
export function prefilled(fields: readonly FieldUi[], applicant: Person | null): FieldValues {
  if (applicant === null) return {};
  const birthDate = applicant.birthDate === undefined ? null : wholeDate(applicant.birthDate);
  const known: Record<NonNullable<FieldUi['prefill']>, string> = {
    'applicant.name': displayName(applicant.name),
    'applicant.address': applicant.address === undefined ? '' : addressLine(applicant.address),
    'applicant.birthDate': birthDate === null ? '' : day(birthDate),
  };
  return Object.fromEntries(
    fields.flatMap(({ name, prefill }): [string, string][] =>
      prefill === undefined || known[prefill] === '' ? [] : [[name, known[prefill]]],
    ),
  );
}

/** Somebody of the visit, as a field for persons or organisations holds them. */
export const partyOf = (party: Person | Organisation): PartyDraft =>
  party.kind === 'person'
    ? {
        ...freshParty('person'),
        name: displayName(party.name),
        birthDate: party.birthDate === undefined ? '' : formatPartialDate(party.birthDate),
        address: party.address === undefined ? '' : addressLine(party.address),
      }
    : {
        ...freshParty('organisation'),
        name: party.title,
        ico: party.ico,
        seat: party.seat === undefined ? '' : addressLine(party.seat),
      };

/** What the schema says of one field that the window shows before anything is checked. */
export function fieldRule(
  schema: Readonly<Record<string, unknown>>,
  name: string,
): { required: boolean; maxLength: number | null } {
  const { required, properties } = schema;
  const property: unknown = isRecord(properties) ? properties[name] : undefined;
  const max = isRecord(property) ? property['maxLength'] : undefined;
  return {
    required: Array.isArray(required) && required.includes(name),
    maxLength: typeof max === 'number' ? max : null,
  };
}

/** The schema of a group's or table's items, and how many there may be. */
export function itemRule(
  schema: Readonly<Record<string, unknown>>,
  name: string,
): { schema: Record<string, unknown>; min: number; max: number | null } {
  const { properties } = schema;
  const property: unknown = isRecord(properties) ? properties[name] : undefined;
  const { items, minItems, maxItems } = isRecord(property) ? property : {};
  return {
    schema: isRecord(items) ? items : {},
    min: typeof minItems === 'number' ? minItems : 0,
    max: typeof maxItems === 'number' ? maxItems : null,
  };
}
