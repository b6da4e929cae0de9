import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type CounterRig,
  keysOfFolder,
  type PortalRig,
  startCounter,
  startPortal,
  type TestWindow,
  until,
} from '../../../test/rigs/counter.ts';
import * as checkpoints from '../../journal/checkpoint.ts';

describe('the proof of the day log, from the window', () => {
  let portal: PortalRig;
  let desk: CounterRig;
  let supervisor: TestWindow;
  let administrator: TestWindow;
  const keys = keysOfFolder('a desk of this test');

  beforeAll(async () => {
    portal = await startPortal();
    desk = await startCounter({ portal, keys });
    supervisor = await desk.signedIn('dvorak');
    administrator = await desk.signedIn('hajickova');
  });
  afterAll(async () => {
    await desk.close();
    await portal.close();
  });

  const view = () => supervisor.must('evidence.get', {});
  const countersigned = (size: number) =>
    until('the portal has countersigned', async () => {
      const now = await view();
      return (now.countersigned?.size ?? 0) >= size && now;
    });

  it('is signed on demand, without a line too, and countersigned when there is one', async () => {
    const { entries } = await countersigned(1);
    await portal.stop();
    // What was signed and countersigned before, however far that came, is not signed again.
    await supervisor.must('cash-desk.move', { direction: 'in', purpose: 'float', amount: 100, reason: '' });
    const signed = await supervisor.must('evidence.sign', {});
    expect(signed.last).toMatchObject({ size: signed.entries, countersignedAt: null });
    expect(signed.entries).toBeGreaterThanOrEqual(entries);
    // Signed twice it is one checkpoint.
    expect((await supervisor.must('evidence.sign', {})).last).toEqual(signed.last);
    await portal.start();
    await supervisor.must('desk.try-line', {});
    expect((await countersigned(signed.entries)).portalKey).toMatch(/^virtuos-portal\//);
  });

  it('goes on under a new key, which the old one introduces to the portal; what was signed stays', async () => {
    const before = await view();
    await portal.stop();
    const waiting = await administrator.must('evidence.replace-key', {});
    expect(waiting).toMatchObject({ replacing: true, deskKey: before.deskKey });
    await portal.start();
    await administrator.must('desk.try-line', {});
    const after = await until('the portal has the new key', async () => {
      const now = await view();
      return !now.replacing && now;
    });
    expect(after.deskKey).not.toBe(before.deskKey);
    expect(after.epoch, 'nothing was lost: the same epoch').toBe(before.epoch);
    const { entries } = await view();
    await countersigned(entries);
    expect(desk.store.read((tx) => checkpoints.keysEver(tx))).toHaveLength(2);
    expect(desk.store.read((tx) => tx.all('SELECT * FROM exceptions'))).toEqual([]);
    expect(desk.problems).toEqual([]);
  });

  it('says so when the new key cannot be kept, and nothing has changed', async () => {
    const other = await startCounter({
      portal,
      keys: { ...keys, renew: () => Promise.reject(new Error('no key store')) },
    });
    try {
      const window = await other.signedIn('hajickova');
      expect(await window.call('evidence.replace-key', {})).toEqual({
        ok: false,
        error: { code: 'desk.key-not-kept' },
      });
      expect((await window.must('evidence.get', {})).replacing).toBe(false);
    } finally {
      await other.close();
    }
  });
});
