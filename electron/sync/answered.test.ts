import { afterEach, beforeEach, expect, it } from 'vitest';
import { append } from '../journal/append.ts';
import type { Store } from '../store/open.ts';
import * as outbox from '../store/outbox.ts';
import { temporaryStore, testClock } from '../store/testing/temporary-store.ts';
import { systemRandom } from '../values/ids.ts';
import type { Answer } from './answers.ts';
import { takeAnswer } from './inbox-reading.ts';

const clock = testClock();
const id = '0199d000-0000-7000-8000-000000000001';
let store: Store;
let remove: () => void;
let sequence = 0;
beforeEach(() => {
  ({ store, remove } = temporaryStore());
  sequence = 0;
});
afterEach(() => remove());

function sent(kind: outbox.EffectKind, received: Record<string, unknown> = {}): void {
  store.write((tx) => {
    const leaf = append(
      tx,
      { clock, random: systemRandom, desk: 'desk' },
      { kind: 'account-accepted', actId: id, clerk: 'c', role: 'clerk', payload: {} },
    );
    outbox.enqueue(tx, {
      id,
      visitId: 'visit',
      kind,
      leafSequence: leaf.sequence,
      madeAt: clock.now().toISOString(),
      payload: {},
      blobs: [],
    });
  });
  answered({ kind: 'received', ...received });
}
function answered(said: Pick<Answer, 'kind'> & Record<string, unknown>): void {
  sequence += 1;
  const answer = { sequence, effectId: id, at: clock.now().toISOString(), ...said };
  store.write((tx) => takeAnswer(tx, answer, { now: clock.now(), random: systemRandom }));
}
const standing = () => store.read((tx) => outbox.find(tx, id)?.standing);
const raised = () => store.read((tx) => tx.all<{ kind: string }>('SELECT kind FROM exceptions'));

it.each([
  ['none', {}],
  ['a result of a newer portal', { account: { action: 'activate', result: 'postponed' } }],
  [
    'an account in a state of a newer portal',
    { account: { action: 'activate', result: 'done', account: { accountId: id, state: 'sleeping' } } },
  ],
])('what became of an account and cannot be read is somebody’s task: %s', (_what, said) => {
  sent('account');
  answered({ kind: 'account-settled', ...said });
  expect(standing()).toBe('returned');
  expect(raised()).toEqual([{ kind: 'effect-conflict' }]);
});

it.each([{ conflicts: {} }, { conflicts: 'effect.role-withdrawn' }, { conflicts: [{ conflict: 'x' }] }])(
  'conflicts that cannot be read are told, not taken for none: %j',
  (received) => {
    sent('submission', received);
    expect(standing()).toBe('returned');
    expect(raised()).toEqual([{ kind: 'effect-conflict' }]);
  },
);

it('what has no conflict asks nothing of anybody', () => {
  sent('submission', { conflicts: [] });
  expect([standing(), raised()]).toEqual(['accepted', []]);
});
