import { formatPartialDate, parsePartialDate } from '../partial-date.ts';
import { formatDate, isLegalDate } from '../time.ts';
import { columnTotal } from './compute.ts';
import { holds } from './conditions.ts';
import {
  type FieldDefinition,
  type FormData,
  type FormDefinition,
  isRecord,
  isRepeated,
  itemsOf,
} from './definition.ts';

/** The few words a form needs to be read, in the language of the reader. */
export type ReadingWords = {
  language: 'cs' | 'en';
  yes: string;
  no: string;
  /** „nar.“ */
  born: string;
  ico: string;
  total: string;
};

export type ReadField = { label: string; value: string };
export type ReadTable = {
  columns: { title: string; isNumber: boolean }[];
  rows: string[][];
  /** Under the columns that have one; null where none has. */
  totals: string[] | null;
};
/** Fields after each other, one item of a group (with its title) or a table. */
export type ReadPart = { title?: string; fields?: ReadField[]; table?: ReadTable };
export type ReadSection = { title: string; parts: ReadPart[] };

/** A form as a person reads it, on paper or on the screen: what was filled in, in the order it was asked. */
export function readForm(form: FormDefinition, data: FormData, words: ReadingWords): ReadSection[] {
  return form.ui.sections
    .filter(({ when }) => holds(when, data))
    .map(({ title, fields }) => ({ title: title[words.language], parts: partsOf(fields, data, words) }))
    .filter(({ parts }) => parts.length > 0);
}

function partsOf(fields: readonly FieldDefinition[], data: FormData, words: ReadingWords): ReadPart[] {
  const parts: ReadPart[] = [];
  for (const field of fields) {
    const value = data[field.name];
    if (value === undefined || field.widget === 'note') continue;
    const label = field.label[words.language];
    if (field.widget === 'table')
      parts.push({ title: label, table: readTable(field, itemsOf(value), words) });
    else if (isRepeated(field)) {
      const item = field.item?.[words.language] ?? label;
      for (const [index, one] of itemsOf(value).entries())
        parts.push({ title: `${item} ${index + 1}`, fields: readFields(field.fields ?? [], one, words) });
    } else {
      const last = parts.at(-1);
      const read = { label, value: readValue(field, value, words) };
      if (last?.fields !== undefined && last.title === undefined) last.fields.push(read);
      else parts.push({ fields: [read] });
    }
  }
  return parts;
}

const readFields = (fields: readonly FieldDefinition[], data: FormData, words: ReadingWords): ReadField[] =>
  fields.flatMap((field) =>
    data[field.name] === undefined || field.widget === 'note'
      ? []
      : [{ label: field.label[words.language], value: readValue(field, data[field.name], words) }],
  );

function readTable(
  { fields = [] }: FieldDefinition,
  items: readonly FormData[],
  words: ReadingWords,
): ReadTable {
  const columns = fields.filter(({ widget }) => widget !== 'note');
  const hasTotal = columns.some(({ total }) => total === true);
  return {
    columns: columns.map(({ label, widget }) => ({
      title: label[words.language],
      isNumber: widget === 'number' || widget === 'computed',
    })),
    rows: items.map((item) =>
      columns.map((field) =>
        item[field.name] === undefined ? '' : readValue(field, item[field.name], words),
      ),
    ),
    totals: hasTotal
      ? columns.map(({ name, total }, index) =>
          total === true ? readNumber(columnTotal(items, name)) : index === 0 ? words.total : '',
        )
      : null,
  };
}

/** `12345.5` as Czech people write it: `12 345,5`; four digits stand together, as years do. */
export const readNumber = (value: number): string => {
  const [whole = '', decimals] = String(value).split('.');
  const grouped = /\d{5}/.test(whole) ? whole.replace(/\B(?=(\d{3})+(?!\d))/g, '\u00a0') : whole;
  return decimals === undefined ? grouped : `${grouped},${decimals}`;
};

/** One value as a person reads it; never what the program calls it. */
export function readValue(field: FieldDefinition, value: unknown, words: ReadingWords): string {
  if (typeof value === 'boolean') return value ? words.yes : words.no;
  if (typeof value === 'number') return readNumber(value);
  if (isRecord(value)) return readRecord(value, words);
  const text = String(value ?? '');
  const option = field.options?.find((candidate) => candidate.value === text);
  if (option !== undefined) return option.label[words.language];
  if (field.widget === 'date' && isLegalDate(text)) return formatDate(text);
  return field.widget === 'partial-date' ? readPartialDate(text) : text;
}

function readRecord(value: FormData, words: ReadingWords): string {
  const { name, birthDate, ico, address, seat } = value;
  return [
    name,
    typeof birthDate === 'string' && `${words.born} ${readPartialDate(birthDate)}`,
    typeof ico === 'string' && `${words.ico} ${ico}`,
    address,
    seat,
  ]
    .filter((part): part is string => typeof part === 'string' && part !== '')
    .join(', ');
}

function readPartialDate(text: string): string {
  const read = parsePartialDate(text);
  return read.ok ? formatPartialDate(read.value) : text;
}
