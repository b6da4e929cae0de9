import type { FieldUi } from '../../../electron/contract/services.ts';
import type { Address, Person } from '../../../electron/contract/shared.ts';
import { cleanFormData } from '../../../electron/values/form-rules.ts';
import { wholeDate } from '../../../electron/values/partial-date.ts';
import { displayName } from '../../../electron/values/person-name.ts';
import { formatPostalCode } from '../../../electron/values/postal-code.ts';
import { isLegalDate } from '../../../electron/values/time.ts';
import { day, readDay } from '../i18n/format.ts';

/** What stands in a field of the form: text as typed, or whether a box is ticked. */
export type FieldValue = string | boolean;
export type FieldValues = Record<string, FieldValue>;
export type FormData = Record<string, string | number | boolean>;

/** `12,5` and `1 200` as Czech people write numbers; undefined when it is none. */
export function readNumber(text: string): number | undefined {
  const compact = text.replace(/\s+/gu, '').replace(',', '.');
  return /^[+-]?\d{1,15}(\.\d{1,10})?$/.test(compact) ? Number(compact) : undefined;
}

/** Data of the form as they are typed into its fields. */
export function toValues(fields: readonly FieldUi[], data: Readonly<Record<string, unknown>>): FieldValues {
  return Object.fromEntries(
    fields.map(({ name, widget }): [string, FieldValue] => {
      const value = data[name];
      if (widget === 'checkbox') return [name, value === true];
      if (typeof value === 'number') return [name, String(value).replace('.', ',')];
      if (typeof value !== 'string') return [name, ''];
      return [name, widget === 'date' && isLegalDate(value) ? day(value) : value];
    }),
  );
}

/**
 * Fields as data of the form. A number or day that cannot be read stays the text it is: it is kept, and the rules of the
 * form say what is wrong with it.
 */
export function toData(fields: readonly FieldUi[], values: Readonly<FieldValues>): FormData {
  const data = Object.fromEntries(
    fields.map(({ name, widget }) => {
      const value = values[name];
      if (typeof value !== 'string') return [name, value];
      if (widget === 'number') return [name, readNumber(value) ?? value];
      if (widget === 'date') return [name, readDay(value) ?? value];
      return [name, value];
    }),
  );
  return Object.fromEntries(Object.entries(cleanFormData(data)).filter(isFormDatum));
}

const isFormDatum = (entry: [string, unknown]): entry is [string, string | number | boolean] =>
  typeof entry[1] === 'string' || typeof entry[1] === 'number' || typeof entry[1] === 'boolean';

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

/** What the schema says of one field that the window shows before anything is checked. */
export function fieldRule(
  schema: Readonly<Record<string, unknown>>,
  name: string,
): { required: boolean; maxLength: number | null } {
  const { required, properties } = schema;
  const property: unknown = isObject(properties) ? properties[name] : undefined;
  const max = isObject(property) ? property.maxLength : undefined;
  return {
    required: Array.isArray(required) && required.includes(name),
    maxLength: typeof max === 'number' ? max : null,
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
