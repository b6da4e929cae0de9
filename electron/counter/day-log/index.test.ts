import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { append, type NewEntry } from '../../journal/append.ts';
import { erasePayload } from '../../journal/read.ts';
import type { Store } from '../../store/open.ts';
import { type TestClock, temporaryStore, testClock } from '../../store/testing/temporary-store.ts';
import { systemRandom } from '../../values/ids.ts';
import { folded } from '../../values/words.ts';
import { countEntries, findEntries, type LogFilter, type LogPlace } from './find.ts';
import { indexSlice, notIndexed } from './indexing.ts';
import { totalsOf } from './totals.ts';

let store: Store;
let remove: () => void;
let acts: number;
let clock: TestClock;
beforeEach(() => {
  clock = testClock();
  ({ store, remove } = temporaryStore({ clock }));
  acts = 0;
});
afterEach(() => remove());

const whole: LogFilter = {
  from: '2026-01-01',
  to: '2027-12-31',
  clerkId: null,
  kind: null,
  service: null,
  state: null,
  number: '',
  search: '',
};

function act(entry: Partial<NewEntry> = {}): number {
  acts += 1;
  const full = {
    kind: 'visit-opened',
    actId: `act-${acts}`,
    clerk: 'clerk-1',
    role: 'clerk',
    payload: {},
    ...entry,
  };
  return store.write((tx) => append(tx, { clock, random: systemRandom, desk: 'desk-1' }, full)).sequence;
}

function index(slice?: number): void {
  while (store.read(notIndexed) > 0) store.write((tx) => indexSlice(tx, slice));
}

const find = (filter: Partial<LogFilter> = {}, place: LogPlace = null, limit = 100): number[] =>
  store.read((tx) => findEntries(tx, { ...whole, ...filter }, place, limit).map(({ sequence }) => sequence));

function visit(id: string, of: { ticket: number; date: string; service?: string; state?: string }): void {
  store.write((tx) => {
    tx.run(
      `INSERT INTO visits (id, ticket, legal_date, state, clerk_id, opened_at, identity)
       VALUES (?, ?, ?, 'open', 'clerk-1', ?, '{}')`,
      [id, of.ticket, of.date, `${of.date}T08:00:00.000Z`],
    );
    if (of.service !== undefined)
      tx.run(
        `INSERT INTO services (id, visit_id, ordinal, definition_id, definition, state, record)
         VALUES (?, ?, 1, ?, '{}', ?, '{}')`,
        [`${id}-s`, id, of.service, of.state ?? 'done'],
      );
  });
}

describe('the search', () => {
  it('takes no account of case and diacritics, and every word from its beginning', () => {
    const horse = act({ payload: { note: 'Příliš žluťoučký kůň', who: { surname: 'Nováková-Malá' } } });
    const number = act({ payload: { number: 12, year: 2026, ok: true } });
    index();
    for (const search of ['zlutoucky', 'ŽLUŤ', 'kun pri', 'mala', 'Malá Novák', 'z\u030clut'])
      expect(find({ search }), search).toEqual([horse]);
    for (const search of ['12/2026', '12 2026', '2026']) expect(find({ search }), search).toEqual([number]);
    // A short number is whole; the name of a member is no word; quotes and operators are only words.
    for (const search of ['1 2026', 'surname', 'luť', 'kun OR 12', '"kun', 'note:kun'])
      expect(find({ search }), search).toEqual(search === '"kun' ? [horse] : []);
  });

  it('finds an act and a visit by the whole id', () => {
    const visitId = '01890000-0000-7000-8000-000000000001';
    const actId = '01890000-0000-7000-8000-000000000002';
    const first = act({ visitId });
    const second = act({ actId });
    index();
    expect(find({ search: visitId })).toEqual([first]);
    expect(find({ search: actId.toUpperCase() })).toEqual([second]);
  });

  it('finds what a plain comparison finds', () => {
    const word = fc.constantFrom('Kůň', 'kun', 'žlutý', 'Žluť', 'novák', 'Nováková', 'č', 'ř');
    fc.assert(
      fc.property(fc.array(fc.array(word, { maxLength: 3 }), { maxLength: 12 }), word, (notes, wanted) => {
        const from = store.read(notIndexed) + acts;
        const made = notes.map((words) => ({ words, sequence: act({ payload: words }) }));
        index(3);
        const expected = made
          .filter(({ words }) => words.some((one) => folded(one).startsWith(folded(wanted))))
          .map(({ sequence }) => sequence)
          .reverse();
        expect(find({ search: wanted }).filter((sequence) => sequence > from)).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });
});

describe('the filters', () => {
  it('narrow each other', () => {
    visit('v1', { ticket: 7, date: '2026-04-01', service: 'vidimace', state: 'refused' });
    visit('v2', { ticket: 8, date: '2026-04-01', service: 'dog' });
    const opened = act({ visitId: 'v1' });
    const refused = act({ visitId: 'v1', serviceId: 'v1-s', kind: 'service-refused', clerk: 'clerk-2' });
    const other = act({ visitId: 'v2', serviceId: 'v2-s', kind: 'service-started' });
    index();
    expect(find()).toEqual([other, refused, opened]);
    expect(find({ clerkId: 'clerk-2' })).toEqual([refused]);
    expect(find({ clerkId: 'clerk-2', kind: 'service-started' })).toEqual([]);
    expect(find({ service: 'dog' })).toEqual([other]);
    expect(find({ state: 'service.refused' })).toEqual([refused]);
    expect(find({ state: 'service.refused', service: 'dog' })).toEqual([]);
    expect(find({ number: '7' })).toEqual([refused, opened]);
    expect(find({ number: '7', kind: 'visit-opened' })).toEqual([opened]);
    expect(find({ number: '9' })).toEqual([]);
    expect(find({ to: '2026-01-02' })).toEqual([]);
  });

  it('know the state of an effect, a register number, a receipt and a reference number', () => {
    visit('v1', { ticket: 1, date: '2026-04-01' });
    const sent = act({ visitId: 'v1', actId: 'certified' });
    const plain = act({});
    store.write((tx) => {
      const at = '2026-04-01T08:00:00.000Z';
      tx.run(
        `INSERT INTO outbox (id, visit_id, ordinal, kind, leaf_sequence, made_at, payload, state, next_try_at, changed_at)
         VALUES ('e1', 'v1', 1, 'certification', ?, ?, '{}', 'waiting', ?, ?)`,
        [sent, at, at, at],
      );
      tx.run(
        `INSERT INTO inbox_answers (sequence, effect_id, kind, at, body, received_at)
         VALUES (1, 'e1', 'reference-number', ?, '{"referenceNumber":"MUKT/1/2026"}', ?)`,
        [at, at],
      );
      tx.run(`INSERT INTO series (series, year, first, next) VALUES ('vidimace', 2026, 12, 12)`);
      tx.run(
        `INSERT INTO numbers (series, year, number, act_id, fate, reason, at, changed_at)
         VALUES ('vidimace', 2026, 12, 'certified', 'used', NULL, ?, ?)`,
        [at, at],
      );
    });
    index();
    expect(find({ state: 'effect.waiting' })).toEqual([sent]);
    expect(find({ state: 'effect.accepted' })).toEqual([]);
    for (const number of ['mukt/1/2026', '12/2026', '12', '1'])
      expect(find({ number }), number).toEqual([sent]);
    expect(find({ number: '12/2025' })).toEqual([]);
    store.write((tx) =>
      tx.run(`UPDATE outbox SET state = 'needs-person', next_try_at = NULL WHERE id = 'e1'`),
    );
    expect(find({ state: 'effect.needs-person' })).toEqual([sent]);
    expect(find()).toEqual([plain, sent]);
  });

  it('find a day also when the clock was set back in between', () => {
    clock.at = new Date('2026-04-02T08:00:00Z');
    const late = act();
    clock.at = new Date('2026-04-01T08:00:00Z');
    const early = act();
    clock.at = new Date('2026-04-02T09:00:00Z');
    const later = act();
    index(1);
    expect(find({ from: '2026-04-02', to: '2026-04-02' })).toEqual([later, late]);
    expect(find({ from: '2026-04-01', to: '2026-04-01' })).toEqual([early]);
  });
});

it('pages of any size, in both directions, are the list cut into pieces', () => {
  for (let count = 0; count < 30; count += 1) act({ kind: count % 3 === 0 ? 'locked' : 'unlocked' });
  index(7);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.constantFrom('locked', 'unlocked', null),
      (limit, kind) => {
        const all = find({ kind });
        const down: number[] = [];
        for (
          let page = find({ kind }, null, limit);
          page.length > 0;
          page = find({ kind }, { before: down.at(-1) ?? 0 }, limit)
        )
          down.push(...page);
        expect(down).toEqual(all);
        const up: number[] = [];
        for (
          let page = find({ kind }, { after: 0 }, limit);
          page.length > 0;
          page = find({ kind }, { after: up[0] ?? 0 }, limit)
        )
          up.unshift(...page);
        expect(up).toEqual(all);
        expect(store.read((tx) => countEntries(tx, { ...whole, kind }, { first: 1, last: 100 }))).toBe(
          all.length,
        );
      },
    ),
  );
});

describe('what is erased', () => {
  const texts = (): string =>
    store.read((tx) => {
      const blocks = tx.all<{ block: Uint8Array }>('SELECT block FROM journal_search_data');
      return blocks.map(({ block }) => Buffer.from(block).toString('latin1')).join('|');
    });

  it('is forgotten by the index, words and beginnings, and stays found by its facets', () => {
    const erased = act({ payload: { who: 'Xylofonová Quentinka' }, kind: 'locked' });
    const kept = act({ payload: { who: 'Xaver' }, kind: 'locked' });
    index();
    expect(texts()).toContain('ylofonova');
    expect(find({ search: 'xylofon' })).toEqual([erased]);
    store.write((tx) => erasePayload(tx, erased, '2026-05-01T08:00:00.000Z'));
    expect(find({ search: 'xylofon' })).toEqual([]);
    expect(find({ search: 'xa' })).toEqual([kept]);
    expect(find({ kind: 'locked' })).toEqual([kept, erased]);
    expect(texts()).not.toMatch(/ylo|quen|uent/);
    store.write((tx) => tx.run(`INSERT INTO journal_search (journal_search) VALUES ('optimize')`));
    expect(texts()).not.toMatch(/ylo|quen|uent/);
  });

  it('before it was indexed never comes into the index', () => {
    const erased = act({ payload: { who: 'Xylofonová' } });
    store.write((tx) => erasePayload(tx, erased, '2026-05-01T08:00:00.000Z'));
    index();
    expect(find()).toEqual([erased]);
    expect(texts()).not.toMatch(/ylo/);
  });

  it('leaves an index that is as good as new, in whatever order it comes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 15 }),
        fc.integer({ min: 1, max: 5 }),
        (erase, slice) => {
          const made = erase.map((is, at) => ({
            is,
            sequence: act({ payload: [`slovo${at}`, 'společné'] }),
          }));
          for (const { is, sequence } of made) {
            if (is) store.write((tx) => erasePayload(tx, sequence, '2026-05-01T08:00:00.000Z'));
            store.write((tx) => indexSlice(tx, slice));
          }
          index();
          const left = made.filter(({ is }) => !is).map(({ sequence }) => sequence);
          const first = made[0]?.sequence ?? 0;
          expect(find({ search: 'společné' }).filter((sequence) => sequence >= first)).toEqual(
            left.reverse(),
          );
        },
      ),
      { numRuns: 30 },
    );
  });
});

it('totals count by service, kind, clerk and the hour in Prague', () => {
  visit('v1', { ticket: 1, date: '2026-04-01', service: 'vidimace' });
  clock.at = new Date('2026-04-01T06:30:00Z');
  act({ visitId: 'v1' });
  clock.at = new Date('2026-01-05T06:30:00Z');
  act({});
  clock.at = new Date('2026-04-01T10:30:00Z');
  act({ visitId: 'v1', serviceId: 'v1-s', kind: 'service-started' });
  act({ visitId: 'v1', serviceId: 'v1-s', kind: 'copy-certified', clerk: 'clerk-2' });
  index(1);
  const totals = (filter: Partial<LogFilter>) => store.read((tx) => totalsOf(tx, { ...whole, ...filter }));
  expect(totals({})).toMatchObject({
    visits: 2,
    entries: 4,
    byService: [{ definitionId: 'vidimace', started: 1, done: 1, refused: 0, withdrawn: 0 }],
    // Half past six in UTC is half past eight in April and half past seven in January.
    byHour: {
      kind: 'visit-opened',
      hours: [
        { hour: 7, count: 1 },
        { hour: 8, count: 1 },
      ],
    },
  });
  expect(totals({ clerkId: 'clerk-2' })).toMatchObject({ visits: 0, entries: 1 });
  expect(totals({ service: 'vidimace' })).toMatchObject({
    entries: 2,
    byHour: { kind: 'service-started', hours: [{ hour: 12, count: 1 }] },
  });
  expect(totals({ from: '2026-04-02' })).toMatchObject({ visits: 0, entries: 0, byService: [] });
});
