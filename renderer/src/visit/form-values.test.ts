import { describe, expect, it } from 'vitest';
import type { FieldUi } from '../../../electron/contract/services.ts';
import { addressLine, fieldRule, prefilled, readNumber, toData, toValues } from './form-values.ts';

const label = { cs: '', en: '' };
const fields: FieldUi[] = [
  { name: 'name', label, widget: 'text', prefill: 'applicant.name' },
  { name: 'born', label, widget: 'date', prefill: 'applicant.birthDate' },
  { name: 'home', label, widget: 'text', prefill: 'applicant.address' },
  { name: 'area', label, widget: 'number' },
  { name: 'cellar', label, widget: 'checkbox' },
];

describe('values of a form', () => {
  it('go to data and come back as they were', () => {
    const data = { name: 'Žaneta Nováková', born: '1980-04-01', home: 'Plzeň', area: 12.5, cellar: true };
    expect(toData(fields, toValues(fields, data))).toEqual(data);
  });

  it('keep what cannot be read as the text it is, and leave out what is empty', () => {
    expect(toData(fields, { name: ' ', born: '31. 2. 2026', area: 'asi 12', cellar: false })).toEqual({
      born: '31. 2. 2026',
      area: 'asi 12',
      cellar: false,
    });
  });

  it.each([
    ['12,5', 12.5],
    ['1 200', 1200],
    ['-3', -3],
    ['12.', undefined],
    ['', undefined],
    ['1e9', undefined],
  ])('reads the number %o as %o', (text, number) => {
    expect(readNumber(text)).toBe(number);
  });

  it('are prefilled from the applicant, but not with a day nobody knows', () => {
    const name = { titlesBefore: 'Ing.', givenNames: 'Jan', surname: 'Novák', titlesAfter: 'Ph.D.' };
    const address = { municipality: 'Plzeň', street: 'Dlouhá', number: '5', postalCode: '30100' };
    expect(
      prefilled(fields, { kind: 'person', name, birthDate: { year: 1980, month: 4, day: 1 }, address }),
    ).toEqual({
      name: 'Ing. Jan Novák, Ph.D.',
      born: '1.\u00a04.\u00a01980',
      home: 'Dlouhá 5, 301\u00a000 Plzeň',
    });
    expect(prefilled(fields, { kind: 'person', name, birthDate: { year: 1975 } })).toEqual({
      name: 'Ing. Jan Novák, Ph.D.',
    });
    expect(prefilled(fields, null)).toEqual({});
  });

  it('write an address of a village without streets', () => {
    expect(
      addressLine({
        number: '12',
        municipality: 'Štěnovice',
        postalCode: '33209',
        municipalityPart: 'Štěnovice',
      }),
    ).toBe('č. p. 12, 332\u00a009 Štěnovice');
  });

  it('know what the schema requires', () => {
    const schema = { required: ['name'], properties: { name: { type: 'string', maxLength: 20 }, born: {} } };
    expect(fieldRule(schema, 'name')).toEqual({ required: true, maxLength: 20 });
    expect(fieldRule(schema, 'born')).toEqual({ required: false, maxLength: null });
    expect(fieldRule({}, 'born')).toEqual({ required: false, maxLength: null });
  });
});
