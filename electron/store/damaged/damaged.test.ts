import { copyFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { append } from '../../journal/append.ts';
import { systemRandom, uuidv7 } from '../../values/ids.ts';
import * as exceptions from '../exceptions.ts';
import type { Store } from '../open.ts';
import { temporaryStore, testClock, testKey } from '../testing/temporary-store.ts';
import type { SqlRow } from '../transaction.ts';
import { type DamagedTables, readDamaged, shapesOf, type TableShape } from './tables.ts';

let store: Store;
let folder: string;
let remove: () => void;
const newId = () => uuidv7({ now: () => Date.now(), random: systemRandom });
beforeEach(() => {
  ({ store, folder, remove } = temporaryStore());
});
afterEach(() => remove());

/** Small and large payloads, in one page and over many, and exceptions in a table without rowids. */
function fill(entries: number): void {
  for (let n = 1; n <= entries; n += 1)
    store.write((tx) => {
      const { sequence } = append(
        tx,
        { clock: testClock(), random: systemRandom, desk: 'desk-1' },
        {
          kind: 'visit-opened',
          actId: newId(),
          clerk: 'clerk-1',
          role: 'clerk',
          payload: { n, text: 'ž'.repeat(n % 7 === 0 ? 9000 : n * 3) },
        },
      );
      tx.run(
        `INSERT INTO outbox (id, visit_id, ordinal, kind, leaf_sequence, made_at, payload, state, next_try_at, changed_at)
         VALUES (?, ?, 1, 'submission', ?, 'now', ?, 'waiting', 'now', 'now')`,
        [newId(), newId(), sequence, JSON.stringify({ n, long: 'x'.repeat(n % 5 === 0 ? 6000 : 10) })],
      );
      exceptions.raise(tx, {
        id: newId(),
        kind: 'effect-conflict',
        at: 'now',
        legalDate: '2026-01-01',
        leafSequence: sequence,
        params: { code: 'x'.repeat(n % 5 === 0 ? 6000 : 10) },
      });
    });
}

const shape = (name: string): TableShape => {
  const found = store.read((tx) => shapesOf(tx).get(name));
  if (!found) throw new Error(name);
  return found;
};
const asSql = (table: string, order: string): SqlRow[] =>
  store.read((tx) => tx.all<SqlRow>(`SELECT * FROM ${table} ORDER BY ${order}`));
const sorted = (rows: readonly SqlRow[], by: string): SqlRow[] =>
  [...rows].sort((a, b) => ((a[by] ?? 0) < (b[by] ?? 0) ? -1 : 1));
/** All rows of a table at once. */
const inTree = ({ rows }: DamagedTables, of: TableShape): { rows: SqlRow[]; whole: boolean } => {
  const found: SqlRow[] = [];
  const whole = rows(of, (row) => found.push(row));
  return { rows: found, whole };
};
const astray = ({ strays }: DamagedTables, of: TableShape): SqlRow[] => {
  const found: SqlRow[] = [];
  strays(of, (row) => found.push(row));
  return found;
};
const tables = ['journal_leaves', 'journal_payloads', 'outbox', 'exceptions'] as const;
const keyOf = { journal_leaves: 'sequence', journal_payloads: 'sequence', outbox: 'id', exceptions: 'id' };

test('what is whole is read as SQLite reads it, with the log that stands before the file', () => {
  fill(60);
  const found = readDamaged(folder, testKey(), (damaged) => {
    expect(damaged.proven).toBe(true);
    expect(damaged.pages.unreadable).toBe(0);
    return tables.map((name) => inTree(damaged, shape(name)));
  });
  tables.forEach((name, index) => {
    expect(found[index]?.whole).toBe(true);
    expect(sorted(found[index]?.rows ?? [], keyOf[name])).toEqual(asSql(name, keyOf[name]));
  });
});

test('whatever pages are damaged, every row that is found is one that was written', () => {
  fill(60);
  store.cutLog();
  const shapes = tables.map(shape);
  const written = tables.map(
    (name) => new Map(asSql(name, keyOf[name]).map((row) => [row[keyOf[name]], row])),
  );
  const path = join(folder, 'desk.db');
  const other = join(folder, 'other');
  mkdirSync(other);
  const intact = readFileSync(path);
  const count = statSync(path).size / 4096;
  const page = fc.integer({ min: 1, max: count - 1 });
  let most = 0;
  fc.assert(
    fc.property(fc.uniqueArray(page, { minLength: 1, maxLength: 12 }), (damaged) => {
      const bytes = Buffer.from(intact);
      for (const number of damaged) bytes.fill(0xa5, number * 4096 + 700, number * 4096 + 1900);
      writeFileSync(join(other, 'desk.db'), bytes);
      readDamaged(other, testKey(), (left) => {
        expect(left.pages).toEqual({ total: count, unreadable: damaged.length });
        shapes.forEach((one, index) => {
          const key = keyOf[tables[index] ?? 'outbox'];
          const tree = inTree(left, one);
          for (const row of tree.rows) expect(row).toEqual(written[index]?.get(row[key] ?? null));
          if (tree.whole) expect(tree.rows).toHaveLength(60);
          most = Math.max(most, astray(left, one).length);
        });
      });
    }),
    { numRuns: 12 },
  );
});

test('with the first page and its salt gone, what proves itself is still found', () => {
  fill(30);
  store.cutLog();
  const leaves = shape('journal_leaves');
  const written = asSql('journal_leaves', 'sequence');
  const other = join(folder, 'other');
  mkdirSync(other);
  copyFileSync(join(folder, 'desk.db'), join(other, 'desk.db'));
  const bytes = readFileSync(join(other, 'desk.db'));
  bytes.fill(0, 0, 4096);
  writeFileSync(join(other, 'desk.db'), bytes);
  const found = readDamaged(other, testKey(), (left) => {
    expect(left.proven).toBe(false);
    expect(inTree(left, leaves)).toEqual({ rows: [], whole: false });
    return astray(left, leaves).filter((row) => row['leaf_hash'] instanceof Uint8Array);
  });
  for (const row of written) expect(found).toContainEqual(row);
  rmSync(other, { recursive: true });
});
