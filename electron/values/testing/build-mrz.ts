import { checkDigit, type MrzFormat } from '../mrz.ts';
import { LAYOUTS, type MrzRange } from '../mrz-layout.ts';
import type { PartialDate } from '../partial-date.ts';
import { transliterate } from '../transliteration.ts';

/** What a zone says. Names may have diacritics; they are transliterated and cut as an issuer would. */
export type MrzContent = {
  format: MrzFormat;
  documentCode: string;
  issuer: string;
  documentNumber: string;
  nationality: string;
  birthDate: PartialDate | null;
  sex: 'F' | 'M' | 'unspecified';
  expiryDate: PartialDate | null;
  surname: string;
  givenNames: string;
  /** Of the first optional field and, in TD1, the second. */
  optionalData?: readonly string[];
};

/**
 * Composes a zone (ICAO Doc 9303) with right check digits, for tests and for the readers of the training
 * environment. Throws when a value does not fit its field.
 */
export function buildMrz(content: MrzContent): string[] {
  const layout = LAYOUTS[content.format];
  const lines = Array.from({ length: layout.lines }, () => '<'.repeat(layout.length));
  const put = ({ line, start, end }: MrzRange, text: string): void => {
    if (!/^[0-9A-Z<]*$/.test(text) || text.length > end - start) {
      throw new RangeError(`The zone has no room for a value at line ${line + 1}, column ${start + 1}.`);
    }
    const whole = lines[line] ?? '';
    lines[line] = whole.slice(0, start) + text.padEnd(end - start, '<') + whole.slice(end);
  };
  const read = ({ line, start, end }: MrzRange): string => (lines[line] ?? '').slice(start, end);
  const putDigitBehind = (range: MrzRange): void =>
    put({ line: range.line, start: range.end, end: range.end + 1 }, checkDigit(read(range)) ?? '');

  put({ line: 0, start: 0, end: 2 }, content.documentCode);
  put({ line: 0, start: 2, end: 5 }, content.issuer);
  put(layout.nationality, content.nationality);
  put(layout.sex, content.sex === 'unspecified' ? '<' : content.sex);
  put(layout.name, nameField(content, layout.name.end - layout.name.start));
  put(layout.birth, dateField(content.birthDate));
  putDigitBehind(layout.birth);
  put(layout.expiry, dateField(content.expiryDate));
  putDigitBehind(layout.expiry);

  const optional = layout.optional.map((_, index) => content.optionalData?.[index] ?? '');
  const tooLong = layout.longNumbers && content.documentNumber.length > 9;
  if (tooLong) {
    const rest = content.documentNumber.slice(9) + (checkDigit(content.documentNumber) ?? '');
    optional[0] = optional[0] === '' ? rest : `${rest}<${optional[0]}`;
  }
  put(layout.number, tooLong ? content.documentNumber.slice(0, 9) : content.documentNumber);
  if (!tooLong) putDigitBehind(layout.number);
  for (const [index, range] of layout.optional.entries()) {
    put(range, optional[index] ?? '');
    if (layout.optionalChecked && optional[index] !== '') putDigitBehind(range);
  }
  if (layout.composite.length > 0) {
    const digit = checkDigit(layout.composite.map(read).join('')) ?? '';
    put({ line: 1, start: layout.length - 1, end: layout.length }, digit);
  }
  return lines;
}

const two = (value: number | undefined): string =>
  value === undefined ? '<<' : String(value % 100).padStart(2, '0');

const dateField = (date: PartialDate | null): string =>
  date === null ? '' : two(date.year) + two(date.month) + two(date.day);

function nameField({ surname, givenNames }: MrzContent, room: number): string {
  const field = [surname, givenNames].map(transliterate).filter(Boolean).join('<<');
  return field.slice(0, room);
}
