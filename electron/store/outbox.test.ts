import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { append } from '../journal/append.ts';
import { systemRandom } from '../values/ids.ts';
import type { Store } from './open.ts';
import * as outbox from './outbox.ts';
import { temporaryStore, testClock } from './testing/temporary-store.ts';

let store: Store;
let remove: () => void;
let made: number;
const clock = testClock();
beforeEach(() => {
  ({ store, remove } = temporaryStore());
  made = 0;
});
afterEach(() => remove());

const at = (minute: number): string => new Date(Date.UTC(2026, 3, 1, 8, minute)).toISOString();
const now = at(0);
const later = at(59);

/** Queues one effect of a visit; ids ascend. */
function enqueue(
  visitId: string,
  blobs: outbox.EffectBlob[] = [],
  kind: outbox.EffectKind = 'submission',
): string {
  made += 1;
  const id = `effect-${String(made).padStart(5, '0')}`;
  store.write((tx) => {
    const { sequence } = append(
      tx,
      { clock, random: systemRandom, desk: 'desk' },
      { kind: 'submission-accepted', actId: id, clerk: 'c', role: 'clerk', payload: {} },
    );
    outbox.enqueue(tx, {
      id,
      visitId,
      kind,
      leafSequence: sequence,
      madeAt: now,
      payload: { text: 'obsah' },
      blobs,
    });
  });
  return id;
}

const due = (instant = now, limit = 100): string[] =>
  store.read((tx) => outbox.due(tx, instant, limit)).map(({ id }) => id);
const find = (id: string): outbox.Effect => {
  const effect = store.read((tx) => outbox.find(tx, id));
  if (effect === undefined) throw new Error('not there');
  return effect;
};

describe('places at which nothing will come', () => {
  const closed = () => store.read((tx) => outbox.closedIn(tx, ['a', 'b']));

  it('are those that a person closed', () => {
    const [first] = [enqueue('a'), enqueue('a'), enqueue('b')];
    expect(closed()).toEqual([]);
    store.write((tx) => outbox.markSending(tx, first, now));
    store.write((tx) => outbox.markNeedsPerson(tx, first, now, { code: 'effect.invalid' }));
    store.write((tx) => outbox.close(tx, first, now));
    expect(closed()).toEqual([{ visitId: 'a', ordinal: 1 }]);
  });

  it('are those whose row went with a damaged store', () => {
    const [, second] = [enqueue('a'), enqueue('a'), enqueue('a'), enqueue('b')];
    store.write((tx) => tx.run('DELETE FROM outbox WHERE id = ?', [second ?? '']));
    expect(closed()).toEqual([{ visitId: 'a', ordinal: 2 }]);
  });
});

describe('the outbox', () => {
  it('sends a visit in its order, and other visits beside it', () => {
    const [a1, b1, a2] = [enqueue('a'), enqueue('b'), enqueue('a')];
    // What goes along in one batch holds nothing up; what is on its way does.
    expect(due()).toEqual([a1, b1, a2]);
    expect(due(now, 1)).toEqual([a1]);
    store.write((tx) => outbox.markSending(tx, a1, now));
    expect(due()).toEqual([b1]);
    const second = find(a2);
    expect(store.read((tx) => outbox.heldBy(tx, second))).toBe(a1);
    store.write((tx) => outbox.markAccepted(tx, a1, now));
    expect(due()).toEqual([b1, a2]);
    expect([a1, a2].map((id) => find(id).ordinal)).toEqual([1, 2]);
  });

  it('lets acts pass what only waits for its blobs', () => {
    const [a1, a2] = [enqueue('a'), enqueue('a')];
    store.write((tx) => {
      outbox.markSending(tx, a1, now);
      outbox.markIncomplete(tx, a1, now, later, null);
    });
    expect(due()).toEqual([a2]);
    expect(due(later)).toEqual([a1, a2]);
  });

  it('holds up only its visit with what needs a person, until the person acts', () => {
    const [a1, a2, b1, c1, c2] = ['a', 'a', 'b', 'c', 'c'].map((visit) => enqueue(visit));
    const problem = { code: 'effect.refused', params: { code: 'form.name', count: 2 } };
    store.write((tx) => {
      for (const id of [a1, c1]) {
        outbox.markSending(tx, id ?? '', now);
        outbox.markNeedsPerson(tx, id ?? '', now, problem);
      }
    });
    expect(due(later)).toEqual([b1]);
    expect(find(a1 ?? '')).toMatchObject({ state: 'needs-person', problem, nextTryAt: null, attempts: 1 });
    store.write((tx) => {
      outbox.retry(tx, a1 ?? '', now);
      outbox.close(tx, c1 ?? '', now);
    });
    expect(due()).toEqual([a1, a2, b1, c2]);
    expect(find(a2 ?? '').state).toBe('waiting');
  });

  it('waits with a visit whose first try failed until its time has come', () => {
    const [a1, a2] = [enqueue('a'), enqueue('a')];
    store.write((tx) => {
      outbox.markSending(tx, a1, now);
      outbox.markWaiting(tx, a1, now, at(5), { code: 'line.down' });
    });
    expect([due(), due(at(5))]).toEqual([[], [a1, a2]]);
    expect(store.read((tx) => outbox.nextTry(tx))).toBe(at(5));
    store.write((tx) => outbox.hasten(tx, now));
    expect(due()).toEqual([a1, a2]);
    expect(find(a2).attempts).toBe(0);
  });

  it('takes up again what was on its way when the process died', () => {
    const a1 = enqueue('a');
    store.write((tx) => outbox.markSending(tx, a1, now));
    expect([due(later), store.read((tx) => outbox.nextTry(tx))]).toEqual([[], null]);
    expect(store.write((tx) => outbox.recover(tx, now))).toBe(1);
    expect(due()).toEqual([a1]);
  });

  it('never takes anything out of its end', () => {
    const a1 = enqueue('a');
    store.write((tx) => outbox.markAccepted(tx, a1, now));
    expect(() => store.write((tx) => outbox.markWaiting(tx, a1, now, later, null))).toThrow('outbox:');
    expect(() => store.write((tx) => tx.run("UPDATE outbox SET visit_id = 'b'"))).toThrow('outbox:');
  });

  it('names the blobs of an effect, small before big', () => {
    const blob = (fill: string, size: number) => ({
      sha256: fill.repeat(64),
      role: 'attachment',
      size,
      mediaType: 'application/pdf',
    });
    const a1 = enqueue('a', [blob('a', 3000), blob('b', 20)]);
    expect(store.read((tx) => outbox.blobsOf(tx, a1)).map(({ size }) => size)).toEqual([20, 3000]);
  });

  it('is listed newest first, page by page', () => {
    const ids = Array.from({ length: 7 }, (_, index) => enqueue(`visit-${index}`)).reverse();
    const seen: string[] = [];
    for (let after: string | null = null; ; ) {
      const page = store.read((tx) => outbox.page(tx, { show: 'all', after, limit: 3 }));
      seen.push(...page.map(({ id }) => id));
      if (page.length < 3) break;
      after = page.at(-1)?.id ?? null;
    }
    expect(seen).toEqual(ids);
    store.write((tx) => outbox.markAccepted(tx, ids[0] ?? '', now));
    const shown = (show: 'waiting' | 'accepted' | 'needs-person') =>
      store.read((tx) => outbox.page(tx, { show, after: null, limit: 100 })).length;
    expect([shown('waiting'), shown('accepted'), shown('needs-person')]).toEqual([6, 1, 0]);
    expect(store.read((tx) => outbox.counts(tx))).toEqual({ waiting: 6, needsPerson: 0 });
  });
});

describe('whatever happens to effects', () => {
  const outcome = fc.constantFrom(
    'accepted',
    'incomplete',
    'line-down',
    'refused',
    'crash',
    'person-retries',
    'person-closes',
  );

  it('a visit is delivered in its order, and every effect has an owner at all times', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), outcome), { maxLength: 60 }), (steps) => {
        const visits = [0, 1, 2, 3].map((visit) => `visit-${made}-${visit}`);
        const ids = visits.map((visit) => [enqueue(visit), enqueue(visit), enqueue(visit)]);
        const mine = ids.flat();
        const delivered = new Map<string, number[]>(visits.map((visit) => [visit, []]));
        const arrived = (effect: outbox.Effect) => delivered.get(effect.visitId)?.push(effect.ordinal);
        for (const [which, what] of steps) {
          const visit = visits[which] ?? '';
          store.write((tx) => {
            if (what === 'crash') {
              const sending = outbox.due(tx, later, 1000).find((effect) => effect.visitId === visit);
              if (sending) outbox.markSending(tx, sending.id, now);
              outbox.recover(tx, now);
              return;
            }
            if (what === 'person-retries' || what === 'person-closes') {
              const task = outbox
                .page(tx, { show: 'needs-person', after: null, limit: 1000 })
                .find((effect) => effect.visitId === visit);
              if (task === undefined) return;
              if (what === 'person-retries') outbox.retry(tx, task.id, now);
              else outbox.close(tx, task.id, now);
              return;
            }
            const effect = outbox.due(tx, later, 1000).find((one) => one.visitId === visit);
            if (effect === undefined) return;
            const isFirst = effect.state === 'waiting';
            outbox.markSending(tx, effect.id, now);
            if (what === 'line-down') outbox.markWaiting(tx, effect.id, now, at(1), { code: 'line.down' });
            if (what === 'refused') outbox.markNeedsPerson(tx, effect.id, now, { code: 'portal.refused' });
            if (what === 'incomplete') outbox.markIncomplete(tx, effect.id, now, at(1), null);
            if (what === 'accepted') outbox.markAccepted(tx, effect.id, now);
            if (isFirst && (what === 'incomplete' || what === 'accepted')) arrived(effect);
          });
          const effects = store.read((tx) => mine.map((id) => outbox.find(tx, id)));
          for (const effect of effects) {
            if (effect === undefined) throw new Error('an effect is gone');
            const isMachines = effect.state === 'waiting' || effect.state === 'incomplete';
            expect(effect.nextTryAt !== null).toBe(isMachines);
            expect(effect.state === 'needs-person' ? effect.problem : { code: '' }).not.toBeNull();
          }
        }
        for (const order of delivered.values()) {
          // Delivered again after trouble, perhaps; but never one before what stands before it.
          const firsts = order.filter((ordinal, index) => order.indexOf(ordinal) === index);
          expect(firsts).toEqual([...firsts].sort((a, b) => a - b));
        }
        store.write((tx) => {
          for (const id of mine) {
            const { state } = outbox.find(tx, id) ?? {};
            if (state === 'accepted' || state === 'closed') continue;
            if (state !== 'needs-person') outbox.markNeedsPerson(tx, id, now, { code: 'effect.invalid' });
            outbox.close(tx, id, now);
          }
        });
      }),
      { numRuns: 25 },
    );
  });
});

it('contents of acts about accounts go in the order of their visit, whatever their size: the portal carries out what is whole', () => {
  const blob = (fill: string, size: number): outbox.EffectBlob => ({
    sha256: fill.repeat(64),
    role: 'signed-request',
    size,
    mediaType: 'application/pdf',
  });
  const opened = enqueue('a', [blob('a', 3000)], 'account');
  const ended = enqueue('a', [blob('b', 20)], 'account');
  const other = enqueue('b', [blob('c', 500)], 'account');
  const wanted = (): string =>
    store
      .read(outbox.blobsToUpload)
      .map(([first]) => first)
      .join('');
  store.write((tx) => {
    for (const id of [opened, ended, other]) {
      outbox.markSending(tx, id, now);
      outbox.markIncomplete(tx, id, now, later, null);
    }
  });
  expect(wanted()).toBe('ca');
  store.write((tx) => outbox.markAccepted(tx, opened, now));
  expect(wanted()).toBe('bc');
  // What a person has to see to holds nothing up.
  const third = enqueue('b', [blob('d', 10)], 'account');
  store.write((tx) => {
    outbox.markSending(tx, third, now);
    outbox.markIncomplete(tx, third, now, later, null);
  });
  expect(wanted()).toBe('bc');
  store.write((tx) => outbox.markNeedsPerson(tx, other, now, { code: 'effect.blob-lost' }));
  expect(wanted()).toBe('db');
});
