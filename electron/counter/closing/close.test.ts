import { afterEach, beforeEach, expect, test } from 'vitest';
import * as exceptions from '../../store/exceptions.ts';
import type { Store } from '../../store/open.ts';
import { temporaryStore } from '../../store/testing/temporary-store.ts';
import { judgeClosing } from './close.ts';
import { openItems } from './state.ts';

let store: Store;
let remove: () => void;
beforeEach(() => {
  ({ store, remove } = temporaryStore());
});
afterEach(() => remove());

test('more open things than are shown are not carried over unseen', () => {
  const at = '2026-04-01T08:00:00.000Z';
  const raise = (count: number): void =>
    store.write((tx) => {
      for (let n = 0; n < count; n += 1)
        exceptions.raise(tx, {
          id: exceptions.idOf([count, n]),
          kind: 'late-sync',
          at,
          legalDate: '2026-04-01',
          params: {},
        });
    });
  const judge = () =>
    store.read((tx) => {
      const carried = openItems(tx).map(({ kind, id }) => ({ kind, id, reason: 'zítra' }));
      const period = { firstSequence: 1, lastSequence: 1, days: [], entries: 1 };
      return judgeClosing(tx, period, { expected: 0, counts: {}, differenceReason: null, carried });
    });
  raise(1000);
  expect(judge()).toMatchObject({ ok: true, value: { carried: { length: 1000 } } });
  raise(3);
  expect(judge()).toEqual({ ok: false, error: { code: 'closing.items-open', params: { count: 3 } } });
});
