import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { judgeBirthNumber } from '../../electron/values/birth-number.ts';
import { judgeDataBoxId } from '../../electron/values/data-box-id.ts';
import { judgeDocumentNumber } from '../../electron/values/document-number.ts';
import { judgeIco } from '../../electron/values/ico.ts';
import {
  type DocumentKind,
  documentKindOfMrz,
  judgeExpiry,
} from '../../electron/values/identity-document.ts';
import { parseMrz } from '../../electron/values/mrz.ts';
import { type PartialDate, partialDateBounds } from '../../electron/values/partial-date.ts';
import { personName } from '../../electron/values/person-name.ts';
import { isLegalDate } from '../../electron/values/time.ts';
import { loadApi, type Schemas } from '../api.ts';
import { readChecked } from '../catalogue/load.ts';
import { passwordFits } from '../clerks/passwords.ts';
import { findResources } from '../resources.ts';
import type { RegisterCases } from './register-service.ts';

type Person = {
  id: string;
  fictitious: true;
  note: Schemas['Text'];
  person: Schemas['NaturalPerson'];
  sex: 'M' | 'F' | 'unspecified';
  birthNumberVerdict?: 'ok' | 'suspicious';
  document: {
    kind: DocumentKind;
    issuer: string;
    number: string;
    expiry: string;
    format: 'TD1' | 'TD2' | 'TD3';
    mrz: string[];
  };
};
type Organisation = {
  id: string;
  fictitious: true;
  organisation: Schemas['Organisation'];
  actsThrough: { personId: string; authority: string };
};
type Clerk = Schemas['DirectoryClerk'] & { password: string; passwordHash: string };

const resources = findResources();
const read = <T>(name: string): T =>
  JSON.parse(readFileSync(join(resources, 'training', `${name}.json`), 'utf8'));
const offices = read<Schemas['Office'][]>('offices');
const clerks = read<Clerk[]>('clerks');
const persons = read<Person[]>('persons');
const organisations = read<Organisation[]>('organisations');
const register = read<RegisterCases>('invalid-documents');
const api = loadApi(resources);
const TODAY = '2026-04-01';

/** ICAO 9303-3: weights 7, 3, 1; computed here once more, apart from the reader that is tested elsewhere. */
const digit = (text: string): string => {
  const weights = [7, 3, 1];
  const value = (character: string): number => (character === '<' ? 0 : Number.parseInt(character, 36));
  return String([...text].reduce((sum, c, index) => sum + value(c) * (weights[index % 3] ?? 0), 0) % 10);
};

describe('training offices and clerks', () => {
  it('are five offices with made-up numbers and short names of their own', () => {
    expect(offices.map(({ id }) => id)).toEqual(['klatovy', 'nyrsko', 'stenovice', 'plzen', 'plzensky-kraj']);
    for (const office of offices) {
      expect(api.checker('Office', { strict: true })(office), office.id).toMatchObject({ ok: true });
      expect(office.fictitious).toBe(true);
      expect(office.ico).toMatch(/^9990/);
      expect(judgeIco(office.ico).verdict).toBe('ok');
    }
    expect(new Set(offices.map(({ shortName }) => shortName)).size).toBe(offices.length);
  });

  it('are six clerks in three roles, two of them verifying persons', async () => {
    expect(clerks).toHaveLength(6);
    expect(new Set(clerks.flatMap(({ roles }) => roles))).toEqual(
      new Set(['clerk', 'supervisor', 'administrator']),
    );
    expect(clerks.filter(({ competences }) => competences.includes('verification'))).toHaveLength(2);
    for (const { password, passwordHash, ...clerk } of clerks) {
      expect(api.checker('DirectoryClerk')(clerk), clerk.username).toMatchObject({
        ok: true,
      });
      expect(offices.map(({ id }) => id)).toContain(clerk.officeId);
      expect(personName(clerk.name)).toEqual({ ok: true, value: clerk.name });
      expect(await passwordFits(password, passwordHash), clerk.username).toBe(true);
    }
  });
});

describe('training persons', () => {
  it('are thirty, each document once', () => {
    expect(persons).toHaveLength(30);
    expect(new Set(persons.map(({ document }) => `${document.issuer} ${document.number}`)).size).toBe(30);
  });

  it.each(persons.map((entry) => [`${entry.id}: ${entry.note.cs}`, entry] as const))(
    '%s',
    (_title, entry) => {
      const { person, document, sex } = entry;
      expect(entry.fictitious).toBe(true);
      expect(api.checker('NaturalPerson', { strict: true })(person)).toMatchObject({ ok: true });
      expect(personName(person.name)).toEqual({ ok: true, value: person.name });
      expect(document.number, 'unmistakably made up').toMatch(/999000?/);
      expect(judgeDocumentNumber(document.number, document)).toMatchObject({
        verdict: 'ok',
        normal: document.number,
      });
      if (document.issuer === 'CZE') expect(document.number).toMatch(/^9990/);
      expect(isLegalDate(document.expiry)).toBe(true);

      const reading = parseMrz(document.mrz.join('\r\n'), { today: TODAY });
      if (!reading.ok) throw new Error(JSON.stringify(reading.error));
      expect(reading.value).toMatchObject({
        valid: true,
        format: document.format,
        issuer: document.issuer,
        documentNumber: document.number,
        nationality: person.citizenship,
        birthDate: person.birthDate,
        sex,
      });
      expect(documentKindOfMrz(reading.value.documentCode, document.issuer)).toBe(document.kind);
      const expiry: PartialDate | null = reading.value.expiryDate;
      expect(expiry && partialDateBounds(expiry).first).toBe(document.expiry);
      expect(document.mrz.join('')).toMatch(/^[A-Z0-9<]+$/);

      if (person.birthNumber === undefined) return;
      const judged = judgeBirthNumber(person.birthNumber, { today: TODAY });
      expect(judged.verdict).toBe(entry.birthNumberVerdict);
      expect(person.birthNumber.slice(6, 8), 'an ending that is not given out').toBe('99');
      expect(judged.birthDate).toBe(partialDateBounds(person.birthDate ?? { year: 1 }).first);
    },
  );

  it('have check digits by ICAO 9303', () => {
    for (const { id, document } of persons) {
      const [one = '', two = ''] = document.mrz;
      const [number, birthAndExpiry, composite] =
        document.format === 'TD1'
          ? [
              one.slice(5, 14),
              two.slice(0, 15),
              one.slice(5, 30) + two.slice(0, 7) + two.slice(8, 15) + two.slice(18, 29),
            ]
          : [two.slice(0, 9), two.slice(13, 28), two.slice(0, 10) + two.slice(13, 20) + two.slice(21, -1)];
      const numberDigit = document.format === 'TD1' ? one.charAt(14) : two.charAt(9);
      if (numberDigit !== '<') expect(numberDigit, id).toBe(digit(number));
      expect(birthAndExpiry.charAt(6), id).toBe(digit(birthAndExpiry.slice(0, 6)));
      expect(birthAndExpiry.charAt(14), id).toBe(digit(birthAndExpiry.slice(8, 14)));
      expect(two.at(-1), id).toBe(digit(composite));
    }
  });

  it('cover the awkward cases', () => {
    const some = (what: string, test: (entry: Person) => boolean) =>
      expect(persons.some(test), what).toBe(true);
    some('one name', ({ person }) => person.name.givenNames === undefined);
    some('two surnames', ({ person }) => person.name.surname.includes(' '));
    some('hyphen', ({ person }) => person.name.surname.includes('-'));
    some('titles', ({ person }) => Boolean(person.name.titlesBefore && person.name.titlesAfter));
    some('no Czech number', ({ person }) => person.birthNumber === undefined);
    some(
      'unknown day',
      ({ person }) => person.birthDate?.month !== undefined && person.birthDate.day === undefined,
    );
    some('unknown month', ({ person }) => person.birthDate?.month === undefined);
    some('nine digits', ({ person }) => person.birthNumber?.length === 9);
    some('suspicious', ({ birthNumberVerdict }) => birthNumberVerdict === 'suspicious');
    some('expired', ({ document }) => judgeExpiry(dateOf(document.expiry), TODAY).verdict === 'expired');
    for (const format of ['TD1', 'TD2', 'TD3']) some(format, ({ document }) => document.format === format);
    for (const letter of 'řňťďůłżőűșțßøđğıþ') {
      some(letter, ({ person }) => Object.values(person.name).join(' ').toLowerCase().includes(letter));
    }
  });
});

const dateOf = (text: string): PartialDate => ({
  year: Number(text.slice(0, 4)),
  month: Number(text.slice(5, 7)),
  day: Number(text.slice(8)),
});

describe('training organisations and invalid documents', () => {
  it('are five organisations through which a seeded person acts', () => {
    expect(organisations).toHaveLength(5);
    for (const { organisation, actsThrough } of organisations) {
      readable(organisation);
      expect(organisation.ico).toMatch(/^9990/);
      expect(judgeIco(organisation.ico ?? '').verdict).toBe('ok');
      if (organisation.dataBoxId)
        expect(judgeDataBoxId(organisation.dataBoxId).verdict).not.toBe('impossible');
      expect(persons.map(({ id }) => id)).toContain(actsThrough.personId);
    }
  });

  it('are ten invalid documents, several of seeded persons', () => {
    expect(register.documents).toHaveLength(10);
    const seeded = persons.map(({ document }) => document.number);
    expect(register.documents.filter(({ number }) => seeded.includes(number)).length).toBeGreaterThanOrEqual(
      3,
    );
    for (const { number, listedSince } of register.documents) {
      expect(number).toMatch(/^999/);
      expect(isLegalDate(listedSince)).toBe(true);
    }
    expect(new Set(register.documents.map(({ registerKind }) => registerKind))).toEqual(new Set([0, 4, 6]));
    expect(seeded).toEqual(expect.arrayContaining([...register.failsAt]));
  });
});

const readable = (organisation: Schemas['Organisation']): void => {
  expect(api.checker('Organisation', { strict: true })(organisation)).toMatchObject({ ok: true });
  expect(() => readChecked(join(resources, 'training', 'organisations.json'), api.checker('Office'))).toThrow(
    /sound/,
  );
};
