import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../store/open.ts';
import { mustOpen, temporaryFolder } from '../../store/testing/temporary-store.ts';
import { folded } from '../../values/words.ts';
import { eraseContent } from '../retention/table.ts';
import { noIdentity } from '../visits/record.ts';
import { insertVisit } from '../visits/table.ts';
import { due, findVisits, takeInDue } from './table.ts';
import { asked, compact } from './words.ts';

let store: Store;
let remove: () => void;
beforeEach(() => {
  const made = temporaryFolder();
  remove = made.remove;
  store = mustOpen(made.folder);
});
afterEach(() => {
  store.close();
  remove();
});

let made = 0;
function visitOf(givenNames: string, surname: string, birthDate = { year: 1975, month: 4, day: 1 }): string {
  made += 1;
  const id = `00000000-0000-7000-8000-${String(made).padStart(12, '0')}`;
  store.write((tx) =>
    insertVisit(tx, {
      id,
      legalDate: '2026-11-30',
      state: 'closed',
      clerkId: 'clerk-1',
      openedAt: '2026-11-30T08:00:00.000Z',
      note: null,
      identity: {
        ...noIdentity,
        state: 'verified',
        applicant: { kind: 'person', name: { givenNames, surname }, birthDate },
      },
    }),
  );
  return id;
}
function receipt(visitId: string, number: string): void {
  store.write((tx) => {
    tx.run(
      `INSERT INTO outputs (document_id, visit_id, kind, template, data, made_at)
       VALUES (?, ?, 'fee-receipt', 'fee-receipt', '{}', '2026-11-30T08:00:00.000Z')`,
      [`d-${number}`, visitId],
    );
    tx.run(
      `INSERT INTO receipts (id, visit_id, number, total, method, at, legal_date, document_id)
       VALUES (?, ?, ?, 30, 'cash', '2026-11-30T08:00:00.000Z', '2026-11-30', ?)`,
      [`r-${number}`, visitId, number, `d-${number}`],
    );
  });
}
const found = (typed: string): string[] => {
  while (store.read(due) > 0) store.write((tx) => takeInDue(tx, 3));
  return store.read((tx) => findVisits(tx, typed, 50));
};

describe('a visit is found', () => {
  it('by the person’s name in any order, without case and diacritics, by its beginning, with a slip', () => {
    const one = visitOf('Žofie', 'Řeháčková');
    const other = visitOf('Jan', 'Novák');
    for (const typed of [
      'Řeháčková Žofie',
      'zofie REHACKOVA',
      'reha',
      'rehackva',
      'rehackovaa',
      'erhackova zofie',
    ])
      expect(found(typed), typed).toEqual([one]);
    expect(found('novka')).toEqual([other]);
    expect(found('zofie novak')).toEqual([]);
  });

  it('by date of birth and by numbers however they are written, the newest first', () => {
    const one = visitOf('Jan', 'Novák');
    const other = visitOf('Jan', 'Novák', { year: 1980, month: 12, day: 24 });
    receipt(one, 'P-12/2026');
    expect(found('novak')).toEqual([other, one]);
    expect(found('novak 1.4.1975')).toEqual([one]);
    expect(found('24. 12. 1980')).toEqual([other]);
    for (const typed of ['P-12/2026', 'p12/2026', 'P 12/2026', 'p122026', '12/2026'])
      expect(found(typed), typed).toEqual([one]);
  });

  it('as it is now, and not any more once it is erased: its words leave no trace', () => {
    const one = visitOf('Quirin', 'Zřídkavý');
    expect(found('zridkavy')).toEqual([one]);
    store.write((tx) => eraseContent(tx, one, '2027-11-30T08:00:00.000Z', () => {}));
    expect(found('zridkavy')).toEqual([]);
    const left = store.read((tx) => [
      ...tx.all('SELECT * FROM search_words', []),
      ...tx.all('SELECT * FROM search_slips', []),
    ]);
    expect(left).toEqual([]);
  });
});

const name = fc.constantFrom('Žluťoučký', 'Kůň', 'Novák', 'Nováková', 'Dvořák', 'Čížek', 'Řezáč', 'Ďurišová');

it('finds what a plain comparison of words finds, whatever was typed', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(name, name), { minLength: 1, maxLength: 6 }),
      name,
      fc.nat({ max: 5 }),
      (people, typed, cut) => {
        const before = new Set(
          found('zlutoucky').concat(
            found('kun'),
            found('novak'),
            found('dvorak'),
            found('cizek'),
            found('rezac'),
            found('durisova'),
          ),
        );
        const ids = people.map(([given, surname]) => visitOf(given, surname));
        const word = folded(typed).slice(0, Math.max(3, typed.length - cut));
        const expected = ids.filter((_, at) => people[at]?.some((one) => folded(one).startsWith(word)));
        expect(found(word).filter((id) => !before.has(id))).toEqual(expect.arrayContaining(expected));
      },
    ),
    { numRuns: 15 },
  );
});

describe('what is typed', () => {
  it('cannot speak the index’s language', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (typed) => {
        expect(() => store.read((tx) => findVisits(tx, typed, 5))).not.toThrow();
      }),
    );
  });

  it('is a number where it has digits, whatever separates them', () => {
    expect(compact('V-2026-0000012-49')).toBe('v2026000001249');
    expect(asked('Novák 12/2026')).toEqual([
      { kind: 'word', word: 'novak' },
      { kind: 'number', compact: '122026', parts: ['12', '2026'] },
    ]);
  });
});
