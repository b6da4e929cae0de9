import { afterEach, expect, test } from 'vitest';
import * as inbox from '../store/inbox.ts';
import { newId, type Rig, startRig } from './testing/desk.ts';

let rig: Rig | undefined;
const start = async (options?: Parameters<typeof startRig>[0]): Promise<Rig> => {
  rig = await startRig(options);
  return rig;
};
afterEach(async () => {
  await rig?.close();
  rig = undefined;
});

const hasNumber = (rig: Rig, id: string): boolean =>
  rig.store().read((tx) => inbox.answersTo(tx, id).some(({ kind }) => kind === 'reference-number'));

/** One received answer for each effect, at the portal itself. */
const deliveredOnce = async (rig: Rig, ids: string[]): Promise<void> => {
  const received = (await rig.answers())
    .filter(({ kind }) => kind === 'received')
    .map(({ effectId }) => effectId);
  expect(received.sort()).toEqual([...ids].sort());
};

test('an act is delivered once and its reference number comes by itself', async () => {
  const rig = await start();
  rig.sync().start();
  await rig.until('the line is up', () => rig.sync().line().state === 'up');
  const id = rig.act(newId());
  rig.sync().kick();
  await rig.until('accepted', () => rig.isAccepted(id));
  await rig.until('numbered', () => hasNumber(rig, id));
  await deliveredOnce(rig, [id]);
});
