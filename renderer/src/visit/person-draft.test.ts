import { describe, expect, it } from 'vitest';
import {
  documentOfReading,
  emptyDocument,
  emptyPerson,
  type PersonDraft,
  readDocument,
  readPerson,
} from './person-draft.ts';

const today = '2026-04-01';
const visitId = '01900000-0000-7000-8000-000000000001';
const typed = (change: Partial<PersonDraft> = {}): PersonDraft => ({
  ...emptyPerson({ year: 1980, month: 4, day: 1 }, 'CZE'),
  name: { titlesBefore: '', givenNames: 'Jan', surname: 'Novák', titlesAfter: '' },
  ...change,
});

describe('a document as it is typed', () => {
  it('is normalised, and the expiry may be missing', () => {
    expect(readDocument({ ...emptyDocument(), number: ' ab 123456 ', issuer: 'cze' }, visitId)).toMatchObject(
      {
        ok: true,
        value: {
          document: { number: 'AB123456', issuer: 'CZE', expiry: null, source: 'typed' },
          birthDate: null,
        },
      },
    );
  });

  it('names every field that cannot be read', () => {
    const read = readDocument(
      { ...emptyDocument(), issuer: '', expiry: '31. 2. 2030', birthDate: 'včera' },
      visitId,
    );
    expect(read.ok ? [] : Object.keys(read.error)).toEqual([
      'number',
      'issuer',
      'expiry',
      'documentBirthDate',
    ]);
  });

  it('takes from a reading the failed checks, each field once', () => {
    const check = {
      code: 'mrz.check-digit',
      lineIndex: 0,
      position: 15,
      expected: '6',
      found: '9',
      ok: false,
    };
    const document = documentOfReading(
      {
        ...{
          format: 'TD1',
          lines: [],
          documentCode: 'ID',
          issuer: 'CZE',
          documentNumber: '998001234',
          nationality: 'CZE',
        },
        ...{
          birthDate: { year: 1975 },
          expiryDate: { year: 2030, month: 6 },
          sex: 'F',
          valid: false,
          suggestedKind: 'id-card',
        },
        name: { surname: 'NOVAK', givenNames: 'JAN', truncated: false },
        checks: [
          { ...check, field: 'documentNumber' },
          { ...check, field: 'documentNumber', code: 'mrz.field-characters' },
          { ...check, field: 'sex', ok: true },
        ],
      },
      'reader',
    );
    expect(document).toMatchObject({ birthDate: '1975', expiry: '' });
  });
});

describe('a person as typed from the visual zone', () => {
  it('may have one name, an unknown day of birth and no number', () => {
    const read = readPerson(
      typed({
        name: { titlesBefore: '', givenNames: '', surname: 'Sukarno', titlesAfter: '' },
        birthDate: '00.00.1975',
        citizenship: '',
      }),
      visitId,
      today,
    );
    expect(read).toMatchObject({
      ok: true,
      value: {
        name: { surname: 'Sukarno' },
        birthDate: { year: 1975 },
        birthNumber: null,
        citizenship: null,
        address: null,
        concerns: null,
      },
    });
  });

  it('may have a birth number that does not divide by eleven, but none of another shape', () => {
    expect(readPerson(typed({ birthNumber: '800401/1235' }), visitId, today)).toMatchObject({
      ok: true,
      value: { birthNumber: '8004011235' },
    });
    expect(readPerson(typed({ birthNumber: '8004' }), visitId, today)).toMatchObject({
      ok: false,
      error: { birthNumber: { code: 'birth-number.shape' } },
    });
  });

  it('has an address with a municipality, or none', () => {
    const address = { street: '', number: '12', municipalityPart: '', municipality: '', postalCode: '' };
    expect(readPerson(typed({ address }), visitId, today)).toMatchObject({
      ok: false,
      error: { municipality: { code: 'form.required' } },
    });
    expect(
      readPerson(
        typed({ address: { ...address, municipality: ' Štěnovice ', postalCode: '332 09' } }),
        visitId,
        today,
      ),
    ).toMatchObject({
      ok: true,
      value: { address: { number: '12', municipality: 'Štěnovice', postalCode: '33209' } },
    });
  });

  it('acting for another needs whom it concerns', () => {
    const { concerns } = typed();
    const asProxy = readPerson(typed({ actingAs: 'proxy' }), visitId, today);
    expect(asProxy.ok ? [] : Object.keys(asProxy.error)).toEqual(['concerns.surname']);
    const asBody = readPerson(typed({ actingAs: 'statutory-body' }), visitId, today);
    expect(asBody.ok ? [] : Object.keys(asBody.error)).toEqual(['concerns.title', 'concerns.ico']);
    expect(
      readPerson(
        typed({
          actingAs: 'statutory-body',
          concerns: { ...concerns, title: 'Pila s. r. o.', ico: '255661' },
        }),
        visitId,
        today,
      ),
    ).toMatchObject({ ok: true, value: { concerns: { kind: 'organisation', ico: '00255661' } } });
    expect(
      readPerson(
        typed({
          actingAs: 'guardian',
          concerns: { ...concerns, kind: 'organisation', name: { ...concerns.name, surname: 'Malá' } },
        }),
        visitId,
        today,
      ),
    ).toMatchObject({ ok: true, value: { concerns: { kind: 'person', name: { surname: 'Malá' } } } });
  });
});
