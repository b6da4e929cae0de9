import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { READY } from '../../electron/counter/recovery/backup-reading.ts';
import type { RecoveryParts } from '../../electron/counter/recovery/parts.ts';
import { recoveryThread } from '../../electron/counter/recovery/thread.ts';
import { systemRandom } from '../../electron/values/ids.ts';
import { recoveryKeyText } from '../../electron/values/recovery-key.ts';
import { type CounterRig, type PortalRig, resources, startCounter } from './counter.ts';

/** The sheet of the training offices. */
export const trainingSheet = recoveryKeyText(
  new Uint8Array(createHash('sha256').update('VIRTUOS training recovery key').digest()),
);

if (
  !readFileSync(join(resources, 'training', 'recovery-key.txt'), 'utf8').includes(trainingSheet.slice(0, 4))
)
  throw new Error('the training sheet is another one');

/** A machine: a folder with a store and its key, and what main does around the counter. */
export function newMachine() {
  const folder = mkdtempSync(join(tmpdir(), 'virtuos-machine-'));
  let key = systemRandom(32);
  const nextKey = systemRandom(32);
  let desk: CounterRig | null = null;
  let chosen: string | null = null;
  let wantsSwitch = false;
  let left: string | null = null;
  let foundDamaged = false;
  const target = join(folder, 'restoring');

  const parts = (): RecoveryParts => ({
    folder,
    key,
    run: recoveryThread(new URL('../../electron/counter/recovery/worker.ts', import.meta.url)),
    newStore: async () => {
      mkdirSync(target, { recursive: true });
      return { folder: target, key: nextKey };
    },
    switchStore: () => {
      wantsSwitch = true;
    },
    storeDamaged: () => {
      foundDamaged = true;
    },
    leaveStore: (how) => {
      left = how;
    },
  });

  return {
    folder,
    desk: (): CounterRig => {
      if (!desk) throw new Error('the machine is off');
      return desk;
    },
    async on(portal: PortalRig | null): Promise<CounterRig> {
      desk = await startCounter({
        portal,
        folder,
        storeKey: key,
        recovery: parts(),
        places: { save: async () => null, open: async () => chosen },
      });
      return desk;
    },
    async off(): Promise<void> {
      await desk?.stop();
      desk = null;
    },
    /** The file a person will choose in the system's dialog. */
    choose: (path: string | null) => {
      chosen = path;
    },
    left: () => left,
    foundDamaged: () => foundDamaged,
    wantsSwitch: () => wantsSwitch,
    /** What main does when the new store is whole. */
    async switchStore(): Promise<void> {
      await desk?.stop();
      desk = null;
      if (!existsSync(join(target, READY))) throw new Error('the new store is not whole');
      const aside = join(folder, 'aside');
      mkdirSync(aside);
      for (const name of readdirSync(folder))
        if (/^(desk\.|blobs$)/.test(name)) renameSync(join(folder, name), join(aside, name));
      for (const name of readdirSync(target)) renameSync(join(target, name), join(folder, name));
      key = nextKey;
      wantsSwitch = false;
    },
    scrap: () => rmSync(folder, { recursive: true, force: true }),
  };
}
