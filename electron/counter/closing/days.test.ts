import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { append } from '../../journal/append.ts';
import type { Store } from '../../store/open.ts';
import { temporaryStore, testClock } from '../../store/testing/temporary-store.ts';
import { systemRandom } from '../../values/ids.ts';
import { closedUpTo, openDays, unclosedDays } from './days.ts';

let store: Store;
let remove: () => void;
let acts = 0;
const clock = testClock();
beforeEach(() => {
  ({ store, remove } = temporaryStore());
});
afterEach(() => remove());

function act(day: string, kind = 'visit-opened', role = 'clerk'): number {
  clock.at = new Date(`${day}T09:00:00.000Z`);
  acts += 1;
  return store.write(
    (tx) =>
      append(
        tx,
        { clock, random: systemRandom, desk: 'desk-1' },
        { kind, actId: `act-${acts}`, clerk: 'clerk-1', role, payload: {} },
      ).sequence,
  );
}

/** A closing of everything up to an entry, as the store takes it. */
function close(upTo: number): void {
  const leaf = act('2026-04-01', 'day-closed', 'supervisor');
  store.write((tx) => {
    const ordinal = 1 + (tx.get<{ n: number }>('SELECT count(*) AS n FROM day_closings')?.n ?? 0);
    tx.run(
      `INSERT INTO day_closings (ordinal, id, number, leaf_sequence, first_sequence, last_sequence, first_date,
         last_date, closed_at, closed_by, way, opening, expected, counted, counts, carried)
       VALUES (?, ?, ?, ?, ?, ?, '2026-04-01', '2026-04-01', '2026-04-01T16:00:00.000Z', 'boss', 'at-desk', 0, 0, 0,
         '{}', '[]')`,
      [ordinal, `closing-${ordinal}`, `${ordinal}/2026`, leaf, closedUpTo(tx) + 1, upTo],
    );
  });
}

const unclosed = (today: string): string[] => store.read((tx) => unclosedDays(tx, today));

describe('days without a closing', () => {
  it('are those before today in which somebody did something, the oldest first', () => {
    expect(unclosed('2026-04-03')).toEqual([]);
    act('2026-04-01');
    act('2026-04-02');
    act('2026-04-02');
    act('2026-04-03');
    expect(unclosed('2026-04-03')).toEqual(['2026-04-01', '2026-04-02']);
    expect(store.read(openDays)).toEqual(['2026-04-01', '2026-04-02', '2026-04-03']);
  });

  it('are not those in which people only came and went, or the machine did its own', () => {
    act('2026-04-01', 'signed-in');
    act('2026-04-01', 'print-ended', 'machine');
    expect(unclosed('2026-04-03')).toEqual([]);
    act('2026-04-02', 'an-act-of-a-newer-version');
    expect(unclosed('2026-04-03')).toEqual(['2026-04-02']);
  });

  it('end with a closing, and open again with what is done on the same day after it', () => {
    const last = act('2026-04-01');
    close(last);
    expect(unclosed('2026-04-02')).toEqual([]);
    act('2026-04-01');
    expect(unclosed('2026-04-02')).toEqual(['2026-04-01']);
  });

  it('are found where the clock was set back into a day that was closed', () => {
    act('2026-04-01');
    close(act('2026-04-02'));
    act('2026-04-01');
    expect(unclosed('2026-04-03')).toEqual(['2026-04-01']);
  });

  it('follow each other without a gap', () => {
    close(act('2026-04-01'));
    const leaf = act('2026-04-02');
    expect(() =>
      store.write((tx) =>
        tx.run(
          `INSERT INTO day_closings (ordinal, id, number, leaf_sequence, first_sequence, last_sequence, first_date,
             last_date, closed_at, closed_by, way, opening, expected, counted, counts, carried)
           VALUES (2, 'x', '9/2026', ?, 3, 3, '2026-04-02', '2026-04-02', '2026-04-02T16:00:00.000Z', 'boss',
             'at-desk', 0, 0, 0, '{}', '[]')`,
          [leaf],
        ),
      ),
    ).toThrow(/each begins where the one before ended/);
  });
});
