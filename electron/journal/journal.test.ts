import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../store/open.ts';
import { mustOpen, temporaryStore, testClock } from '../store/testing/temporary-store.ts';
import { systemRandom } from '../values/ids.ts';
import { append, type NewEntry } from './append.ts';
import { compareClocks } from './clock.ts';
import { leafHash } from './leaf.ts';
import * as journal from './read.ts';

let store: Store;
let folder: string;
let remove: () => void;
let clock: ReturnType<typeof testClock>;
let acts: number;
beforeEach(() => {
  ({ store, folder, remove } = temporaryStore());
  clock = testClock();
  acts = 0;
});
afterEach(() => remove());

const env = () => ({ clock, random: systemRandom, desk: 'desk-1' });

function act(entry: Partial<NewEntry> = {}): ReturnType<typeof append> {
  acts += 1;
  const full: NewEntry = {
    kind: 'visit-opened',
    actId: `act-${acts}`,
    clerk: 'clerk-1',
    role: 'clerk',
    payload: { note: 'poznámka' },
    ...entry,
  };
  return store.write((tx) => append(tx, env(), full));
}

const check = (from?: number, to?: number) => store.read((tx) => journal.checkEntries(tx, from, to));
const leafOf = (sequence: number): Record<string, unknown> =>
  JSON.parse(store.read((tx) => journal.entry(tx, sequence))?.leaf ?? '');

describe('an entry', () => {
  it('is a canonical leaf without anything personal, and a payload apart', () => {
    clock.at = new Date('2026-03-31T22:30:00.250Z');
    const appended = act({
      visitId: 'visit-1',
      serviceId: 'service-1',
      ids: { number: 12 },
      payload: { name: { surname: 'Žluťoučký' }, amount: 30 },
    });
    expect(appended).toMatchObject({ sequence: 1, at: '2026-03-31T22:30:00.250Z', legalDate: '2026-04-01' });
    const found = store.read((tx) => journal.entry(tx, 1));
    const payload = /"payload":"([A-Za-z0-9_-]{43})"/.exec(found?.leaf ?? '')?.[1] ?? '';
    // The bytes as RFC 8785 has them: members in the order of their names, no space.
    expect(found?.leaf).toBe(
      '{"at":"2026-03-31T22:30:00.250Z","clerk":"clerk-1","counter":1,"desk":"desk-1","epoch":1,' +
        '"ids":{"act":"act-1","number":12,"service":"service-1","visit":"visit-1"},"kind":"visit-opened",' +
        `"legalDate":"2026-04-01","payload":"${payload}","role":"clerk","sequence":1,"trusted":null,"v":1}`,
    );
    expect(found).toMatchObject({
      isIntact: true,
      payload: { name: { surname: 'Žluťoučký' }, amount: 30 },
      visitId: 'visit-1',
      serviceId: 'service-1',
      actId: 'act-1',
    });
  });

  it('has hashes anyone can compute again from what is stored', () => {
    const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)));
    fc.assert(
      fc.property(json, (payload) => {
        const { sequence, leafHash: told } = act({ payload });
        const row = store.read((tx) =>
          tx.get<{ leaf: Uint8Array; salt: Uint8Array; payload: Uint8Array }>(
            'SELECT leaf, salt, payload FROM journal_leaves JOIN journal_payloads USING (sequence) WHERE sequence = ?',
            [sequence],
          ),
        );
        if (row === undefined) throw new Error('not there');
        const hash = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
        expect(hash(Buffer.from([0]), row.leaf).equals(told)).toBe(true);
        expect(JSON.parse(Buffer.from(row.leaf).toString()).payload).toBe(
          hash(row.salt, row.payload).toString('base64url'),
        );
        expect(JSON.parse(Buffer.from(row.payload).toString())).toEqual(payload);
        expect(row.salt.length).toBe(32);
      }),
      { numRuns: 100 },
    );
    expect(check()).toEqual({ ok: true, value: acts });
  });

  it('hashes as RFC 6962 says', () => {
    // § 2.1 of the RFC; the value for an empty leaf is the one of the known test vectors.
    expect(leafHash(new Uint8Array(0)).toString('hex')).toBe(
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    );
  });

  it('takes nothing for an id that may be a name', () => {
    for (const ids of [
      { who: 'Jan Novák' },
      { who: 'Žižka' },
      { who: '' },
      { who: 1.5 },
      { who: 'a'.repeat(64) },
    ]) {
      expect(() => act({ ids })).toThrow('is no id');
    }
    expect(() => act({ clerk: 'Nováková Žofie' })).toThrow('is no id');
    expect(() => act({ visitId: 'two words' })).toThrow('is no id');
    expect(check()).toEqual({ ok: true, value: 0 });
  });

  it('belongs to one act', () => {
    act({ actId: 'same' });
    expect(() => act({ actId: 'same' })).toThrow('UNIQUE');
  });
});

describe('the log', () => {
  it('has no gap, whatever is undone', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.boolean()), { maxLength: 20 }),
        (steps) => {
          for (const [count, undo] of steps) {
            const before = store.read(journal.lastSequence);
            try {
              store.write((tx) => {
                for (let index = 1; index <= count; index += 1) {
                  acts += 1;
                  const entry = { kind: 'k', actId: `act-${acts}`, clerk: 'c', role: 'clerk', payload: null };
                  expect(append(tx, env(), entry).sequence).toBe(before + index);
                }
                if (undo) throw new Error('undone');
              });
            } catch (error) {
              if (!(error instanceof Error) || error.message !== 'undone') throw error;
            }
            expect(store.read(journal.lastSequence)).toBe(undo ? before : before + count);
          }
          expect(check().ok).toBe(true);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('counts on whatever the clock says, also after a start', () => {
    const counter = (sequence: number) => Number(leafOf(sequence)['counter']);
    act();
    clock.advance(1500);
    act();
    act();
    clock.at = new Date('2026-01-01T00:00:00.000Z');
    act();
    expect([1, 2, 3, 4].map(counter)).toEqual([1, 1501, 1502, 1503]);
    store.close();
    store = mustOpen(folder);
    clock = testClock();
    act();
    clock.advance(10);
    act();
    expect([5, 6].map(counter)).toEqual([1504, 1514]);
  });

  it('is not held up by a transaction that was undone when the process had just started', () => {
    expect(() =>
      store.write((tx) => {
        append(tx, env(), { kind: 'k', actId: 'undone', clerk: 'c', role: 'clerk', payload: null });
        throw new Error('undone');
      }),
    ).toThrow('undone');
    clock.advance(100);
    act();
    expect(leafOf(1)['counter']).toBe(101);
  });

  it('names the last time the desk could trust', () => {
    act();
    store.write((tx) =>
      compareClocks(tx, { portal: new Date('2026-04-01T07:59:59.000Z'), desk: clock.at }, clock),
    );
    act();
    expect([1, 2].map((sequence) => leafOf(sequence)['trusted'])).toEqual([null, '2026-04-01T07:59:59.000Z']);
  });
});

describe('nobody', () => {
  beforeEach(() => {
    act();
    act();
  });

  it.each([
    'UPDATE journal_leaves SET kind = kind',
    "UPDATE journal_leaves SET clerk_id = 'other' WHERE sequence = 1",
    'DELETE FROM journal_leaves WHERE sequence = 2',
    `INSERT OR REPLACE INTO journal_leaves
       SELECT 2, epoch, leaf, leaf_hash, kind, at, legal_date, clerk_id, role, visit_id, service_id, act_id
       FROM journal_leaves WHERE sequence = 1`,
    `INSERT INTO journal_leaves
       SELECT 4, epoch, leaf, leaf_hash, kind, at, legal_date, clerk_id, role, visit_id, service_id, 'new'
       FROM journal_leaves WHERE sequence = 1`,
    `INSERT OR REPLACE INTO journal_leaves
       SELECT 3, epoch, leaf, leaf_hash, kind, at, legal_date, clerk_id, role, visit_id, service_id, act_id
       FROM journal_leaves WHERE sequence = 1`,
    "UPDATE journal_payloads SET payload = x'7b7d' WHERE sequence = 1",
    'UPDATE journal_payloads SET payload = NULL, salt = NULL WHERE sequence = 1',
    "UPDATE journal_payloads SET payload = NULL, erased_at = 'now' WHERE sequence = 1",
    'UPDATE journal_payloads SET sequence = 9 WHERE sequence = 1',
    'DELETE FROM journal_payloads WHERE sequence = 1',
    "INSERT OR REPLACE INTO journal_payloads VALUES (1, zeroblob(32), x'7b7d', NULL)",
    'UPDATE journal_state SET counter = 0',
    'DELETE FROM journal_state',
  ])('can: %s', (sql) => {
    expect(() => store.write((tx) => tx.run(sql))).toThrow();
    expect(check()).toEqual({ ok: true, value: 2 });
  });
});

/** What somebody can do who has the key and takes the triggers away first. */
function forge(sql: string): void {
  store.write((tx) => {
    const triggers = tx.all<{ name: string }>(
      "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'journal%'",
    );
    for (const { name } of triggers) tx.run(`DROP TRIGGER ${name}`);
    tx.run(sql);
  });
}

describe('a check finds', () => {
  beforeEach(() => {
    for (let count = 0; count < 5; count += 1) act({ payload: { count } });
  });

  it.each([
    [
      'leaf-changed',
      3,
      "UPDATE journal_leaves SET leaf = CAST(replace(CAST(leaf AS TEXT), 'clerk-1', 'clerk-2') AS BLOB) WHERE sequence = 3",
    ],
    ['leaf-changed', 2, 'UPDATE journal_leaves SET leaf_hash = zeroblob(32) WHERE sequence = 2'],
    ['payload-changed', 4, "UPDATE journal_payloads SET payload = CAST('{}' AS BLOB) WHERE sequence = 4"],
    ['payload-changed', 4, 'UPDATE journal_payloads SET salt = zeroblob(32) WHERE sequence = 4'],
    ['payload-missing', 2, 'DELETE FROM journal_payloads WHERE sequence = 2'],
    [
      'moved',
      5,
      `UPDATE journal_leaves SET (leaf, leaf_hash) = (SELECT leaf, leaf_hash FROM journal_leaves WHERE sequence = 4) WHERE sequence = 5`,
    ],
  ] as const)('an entry that is %s', (reason, sequence, sql) => {
    forge(sql);
    expect(check()).toEqual({ ok: false, error: { sequence, reason } });
    expect(store.read((tx) => journal.entry(tx, sequence))?.isIntact).toBe(false);
    expect(check(1, sequence - 1)).toEqual({ ok: true, value: sequence - 1 });
  });

  it('an entry that is missing, in the middle or at the end', () => {
    store.write((tx) => tx.run('PRAGMA defer_foreign_keys = ON'));
    forge('DELETE FROM journal_payloads WHERE sequence = 3');
    store.write((tx) => tx.run('DELETE FROM journal_leaves WHERE sequence = 3'));
    expect(check()).toEqual({ ok: false, error: { sequence: 3, reason: 'missing' } });
    expect(check(4)).toEqual({ ok: true, value: 2 });
    expect(check(4, 9)).toEqual({ ok: false, error: { sequence: 6, reason: 'missing' } });
  });
});

describe('a check of a log of many pages', () => {
  const LAST = 2100;
  beforeEach(() => {
    store.write((tx) => {
      for (let n = 1; n <= LAST; n += 1)
        append(tx, env(), {
          kind: 'visit-opened',
          actId: `act-${n}`,
          clerk: 'clerk-1',
          role: 'clerk',
          payload: { text: 'ž\0'.repeat(n % 7) },
        });
      for (const erased of [2, 999, 1000, 1001, LAST])
        journal.erasePayload(tx, erased, clock.now().toISOString());
    });
  });

  it('passes payloads that were erased, and counts every entry once', () => {
    expect(check()).toEqual({ ok: true, value: LAST });
    expect(check(500, 1700)).toEqual({ ok: true, value: 1201 });
  });

  it.each([1, 998, 1002, 2000, 2099])(
    'finds the entry %i changed, behind erased ones and at the edges',
    (at) => {
      forge(`UPDATE journal_payloads SET payload = CAST(payload || x'00' AS BLOB) WHERE sequence = ${at}`);
      expect(check()).toEqual({ ok: false, error: { sequence: at, reason: 'payload-changed' } });
      forge(`UPDATE journal_leaves SET leaf = CAST(leaf || x'20' AS BLOB) WHERE sequence = ${at}`);
      expect(check()).toEqual({ ok: false, error: { sequence: at, reason: 'leaf-changed' } });
    },
  );

  it.each([1000, 1001, LAST])('finds the entry %i missing', (at) => {
    forge(`DELETE FROM journal_payloads WHERE sequence = ${at}`);
    store.write((tx) => tx.run(`DELETE FROM journal_leaves WHERE sequence = ${at}`));
    expect(check(1, LAST)).toEqual({ ok: false, error: { sequence: at, reason: 'missing' } });
  });
});

describe('erasing a payload', () => {
  it('leaves leaf, hash and log as they were, and nothing of the payload', () => {
    act({ payload: { name: 'Žluťoučký' } });
    act();
    const before = store.read((tx) => journal.entry(tx, 1));
    expect(store.write((tx) => journal.erasePayload(tx, 1, '2026-05-01T00:00:00.000Z'))).toBe(true);
    expect(store.write((tx) => journal.erasePayload(tx, 1, '2026-06-01T00:00:00.000Z'))).toBe(false);
    const after = store.read((tx) => journal.entry(tx, 1));
    expect(after).toEqual({ ...before, payload: null, erasedAt: '2026-05-01T00:00:00.000Z' });
    expect(
      store.read((tx) => tx.get('SELECT salt, payload FROM journal_payloads WHERE sequence = 1')),
    ).toEqual({
      salt: null,
      payload: null,
    });
    expect(check()).toEqual({ ok: true, value: 2 });
  });
});

describe('reading', () => {
  const sequences = (filter: journal.JournalFilter, before: number | null = null, limit = 100) =>
    store.read((tx) => journal.page(tx, { filter, before, limit })).map(({ sequence }) => sequence);

  beforeEach(() => {
    clock.at = new Date('2026-04-01T08:00:00.000Z');
    act({ visitId: 'visit-1', payload: { name: 'Růžena Čížková', name2: 1 } });
    act({
      clerk: 'clerk-2',
      kind: 'fee-paid',
      payload: { amount: 1530, nested: [{ deep: 'ŽLUŤOUČKÝ kůň' }] },
    });
    clock.at = new Date('2026-04-02T08:00:00.000Z');
    act({ visitId: 'visit-1', kind: 'visit-closed' });
    act({ kind: 'fee-paid', payload: {} });
  });

  it('goes page by page from the newest', () => {
    expect(sequences({})).toEqual([4, 3, 2, 1]);
    expect(sequences({}, null, 2)).toEqual([4, 3]);
    expect(sequences({}, 3, 2)).toEqual([2, 1]);
  });

  it('filters by legal date, clerk, kind and visit', () => {
    expect(sequences({ from: '2026-04-01', to: '2026-04-01' })).toEqual([2, 1]);
    expect(sequences({ from: '2026-04-02' })).toEqual([4, 3]);
    expect(sequences({ clerk: 'clerk-2' })).toEqual([2]);
    expect(sequences({ kind: 'fee-paid', clerk: 'clerk-1' })).toEqual([4]);
    expect(sequences({ visitId: 'visit-1' })).toEqual([3, 1]);
    expect(store.read((tx) => journal.countByKind(tx, { to: '2026-04-01' }))).toEqual([
      { kind: 'fee-paid', count: 1 },
      { kind: 'visit-opened', count: 1 },
    ]);
  });

  it('searches texts and numbers without case and diacritics, and not the names of members', () => {
    expect(sequences({ text: 'cizkova' })).toEqual([1]);
    expect(sequences({ text: ' Žluťoučký ' })).toEqual([2]);
    expect(sequences({ text: '1530' })).toEqual([2]);
    expect(sequences({ text: 'amount' })).toEqual([]);
    expect(sequences({ text: '%' })).toEqual([]);
    expect(sequences({ text: 'visit-1' })).toEqual([3, 1]);
    expect(sequences({ text: '' })).toHaveLength(4);
  });

  it('gives leaves in their order for sending', () => {
    const leaves = store.read((tx) => journal.leavesFrom(tx, 2, 2));
    expect(leaves.map(({ sequence }) => sequence)).toEqual([2, 3]);
    expect(leaves.map(({ leaf, leaf_hash }) => leafHash(leaf).equals(leaf_hash))).toEqual([true, true]);
  });
});
