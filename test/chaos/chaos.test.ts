import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type BrokenVariant, brokenVariants } from './broken.ts';
import { planOf } from './plan.ts';
import { createPool } from './pool.ts';
import { runHistories } from './run.ts';

const SEED = 'ci';
const HISTORIES = 100;

describe('a desk through whatever can go wrong', () => {
  it(`keeps every promise in ${HISTORIES} histories`, async () => {
    const result = await runHistories({ seed: SEED, histories: HISTORIES, jobs: 2 });
    expect(result.failed.map(({ index, violations }) => ({ index, violations }))).toEqual([]);
    expect(result.histories).toBe(HISTORIES);
    expect(result.faults).toBeGreaterThan(HISTORIES);
  }, 240_000);

  it('goes the same way each time, in whatever order and process', async () => {
    const [one, other] = [createPool(1), createPool(1)];
    try {
      const order = [3, 11, 7, 5, 2];
      const hashes = async (pool: typeof one, indexes: readonly number[]): Promise<Map<number, string>> => {
        const found = new Map<number, string>();
        for (const index of indexes)
          found.set(index, (await pool.single({ do: 'run', seed: SEED, index, broken: null })).hash);
        return found;
      };
      const [forth, back] = await Promise.all([hashes(one, order), hashes(other, order.toReversed())]);
      for (const index of order) expect(back.get(index), `history ${index}`).toBe(forth.get(index));
    } finally {
      await Promise.all([one.close(), other.close()]);
    }
  }, 120_000);

  it('keeps them in every history that once broke one', async () => {
    const folder = new URL('./found/', import.meta.url);
    const pool = createPool(1);
    try {
      for (const name of readdirSync(folder)) {
        const plan = JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
        const { violations } = await pool.single({ do: 'plan', plan, broken: null });
        expect(violations, name).toEqual([]);
      }
    } finally {
      await pool.close();
    }
  }, 60_000);

  it('is told by its seed', () => {
    expect(planOf('a', 1)).toEqual(planOf('a', 1));
    expect(planOf('a', 1)).not.toEqual(planOf('b', 1));
  });
});

describe('a counter with a mistake in it is found', () => {
  const names = Object.keys(brokenVariants) as BrokenVariant[];
  it.each(names)(
    '%s',
    async (broken) => {
      const result = await runHistories({ seed: 'x', histories: 60, jobs: 1, broken });
      expect(result.failed.length).toBeGreaterThan(0);
    },
    240_000,
  );
});
