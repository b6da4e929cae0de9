import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DOCUMENT_KIND_RULES,
  DOCUMENT_KINDS,
  documentKindOfMrz,
  invalidDocumentsAsk,
  judgeExpiry,
  provesIdentity,
} from './identity-document.ts';
import { compareNames, displayName, listName, type PersonName, personName } from './person-name.ts';

describe('names', () => {
  it('are shown and listed', () => {
    const name = { titlesBefore: 'Ing.', givenNames: 'Jan', surname: 'Novák', titlesAfter: 'Ph.D., MBA' };
    expect(displayName(name)).toBe('Ing. Jan Novák, Ph.D., MBA');
    expect(listName(name)).toBe('Novák Jan');
    expect(displayName({ surname: 'Suharto' })).toBe('Suharto');
    expect(listName({ surname: 'Suharto' })).toBe('Suharto');
  });

  it('are normalised: NFC, single spaces, no empty parts, no comma before titles', () => {
    const typed = { surname: ' C\u030capek  Nova\u0301k ', givenNames: ' ', titlesAfter: ', Ph.D. ' };
    expect(personName(typed)).toEqual({ ok: true, value: { surname: 'Čapek Novák', titlesAfter: 'Ph.D.' } });
  });

  it.each([
    ['Nováková-Černá'],
    ["D'Angelo"],
    ['O’Brien'],
    ['van der Berg'],
    ['Straße'],
    ['Łukaszewicz'],
    ['Őrsi'],
    ['Ștefănescu'],
    ['Đorđević'],
    ['Þórðarson'],
    ['Παπαδόπουλος'],
    ['Шевченко'],
    ['Nguyễn'],
    ['Yağmur'],
    ['Ærø'],
  ])('%s is a name', (surname) => {
    expect(personName({ surname })).toEqual({ ok: true, value: { surname } });
  });

  it.each<[PersonName, unknown]>([
    [{ surname: '  ' }, { code: 'person-name.surname-missing', params: { field: 'surname' } }],
    [{ surname: '-' }, { code: 'person-name.surname-missing', params: { field: 'surname' } }],
    [{ surname: 'Novák2' }, { code: 'person-name.characters', params: { field: 'surname', character: '2' } }],
    [
      { surname: 'Novák', givenNames: 'Jan<' },
      { code: 'person-name.characters', params: { field: 'givenNames', character: '<' } },
    ],
    [{ surname: 'a'.repeat(101) }, { code: 'person-name.too-long', params: { field: 'surname', max: 100 } }],
    [
      { surname: 'Novák', titlesBefore: 'Ing.1' },
      { code: 'person-name.characters', params: { field: 'titlesBefore', character: '1' } },
    ],
  ])('%o is none', (input, error) => {
    expect(personName(input)).toEqual({ ok: false, error });
  });

  it('stand in Czech order', () => {
    const names = [
      { surname: 'Chalupa' },
      { surname: 'Novák', givenNames: 'Petr' },
      { surname: 'Hora' },
      { surname: 'Novák', givenNames: 'Jan', titlesBefore: 'Mgr.' },
      { surname: 'Novák', givenNames: 'Čeněk' },
    ];
    expect(names.sort(compareNames).map(listName)).toEqual([
      'Hora',
      'Chalupa',
      'Novák Čeněk',
      'Novák Jan',
      'Novák Petr',
    ]);
  });

  it('stay as they are once normalised, and nothing typed makes them throw', () => {
    const parts = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('Ing.', ', Ph.D.', 'Novák', ' ,x'),
    );
    fc.assert(
      fc.property(parts, parts, parts, parts, (surname, givenNames, titlesBefore, titlesAfter) => {
        const once = personName({ surname, givenNames, titlesBefore, titlesAfter });
        if (once.ok) expect(personName(once.value)).toEqual(once);
      }),
    );
  });
});

describe('identity documents', () => {
  it('have a title in both languages and a rule with its act', () => {
    for (const kind of DOCUMENT_KINDS) {
      const { title, identity } = DOCUMENT_KIND_RULES[kind];
      expect([title.cs, title.en, identity.act, identity.paragraph].every(Boolean)).toBe(true);
    }
  });

  it('are asked about only when Czechia issued them', () => {
    expect(invalidDocumentsAsk('id-card', 'CZE')).toEqual({ canBeAsked: true, kind: 0 });
    expect(invalidDocumentsAsk('passport', 'CZE')).toEqual({ canBeAsked: true, kind: 4 });
    expect(invalidDocumentsAsk('weapons-licence', 'CZE')).toEqual({ canBeAsked: true, kind: 6 });
    expect(invalidDocumentsAsk('passport', 'UKR')).toEqual({ canBeAsked: false, reason: 'foreign' });
    expect(invalidDocumentsAsk('residence-permit', 'CZE')).toEqual({
      canBeAsked: false,
      reason: 'not-covered',
    });
  });

  it('prove identity or do not', () => {
    expect(provesIdentity('id-card')).toBe(true);
    expect(provesIdentity('driving-licence')).toBe(false);
    expect(provesIdentity('eu-registration-certificate')).toBe(false);
    expect([provesIdentity('visa'), provesIdentity('visa', 'data-box')]).toEqual([false, true]);
  });

  it('are suggested by the zone', () => {
    expect(documentKindOfMrz('ID', 'CZE')).toBe('id-card');
    expect(documentKindOfMrz('P', 'UKR')).toBe('passport');
    expect(documentKindOfMrz('IR', 'CZE')).toBe('residence-permit');
    expect(documentKindOfMrz('ID', 'D')).toBe('eu-id-card');
    expect(documentKindOfMrz('V', 'CZE')).toBe('visa');
    expect(documentKindOfMrz('ID', 'UKR')).toBe('other');
  });

  it('are valid through the day of expiry', () => {
    const on = (day: string) => judgeExpiry({ year: 2026, month: 4, day: 1 }, day);
    expect(on('2026-03-31')).toEqual({ verdict: 'valid', daysLeft: 1 });
    expect(on('2026-04-01')).toEqual({ verdict: 'valid', daysLeft: 0 });
    expect(on('2026-04-02')).toEqual({ verdict: 'expired', daysSince: 1 });
    expect(judgeExpiry({ year: 2026, month: 4 }, '2026-04-15')).toEqual({ verdict: 'unclear' });
    expect(judgeExpiry({ year: 2026, month: 4 }, '2026-05-01')).toEqual({ verdict: 'expired', daysSince: 1 });
    expect(judgeExpiry(null, '2026-04-15')).toEqual({ verdict: 'not-given' });
  });
});
