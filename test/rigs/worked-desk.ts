import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { lastSequence } from '../../electron/journal/read.ts';
import * as cursors from '../../electron/store/cursors.ts';
import { openStore, type Reader } from '../../electron/store/open.ts';
import * as outbox from '../../electron/store/outbox.ts';
import { systemClock } from '../../electron/values/clock.ts';
import { systemRandom } from '../../electron/values/ids.ts';
import { startCounter, startPortal, until } from './counter.ts';
import { acceptSubmission, certifyCopy, settlePrints, verify } from './visits.ts';

/** The key of the worked desk's store. */
export const WORKED_KEY = new Uint8Array(32).fill(7);

/** What a desk acknowledged, to compare with what is left of it. */
export type Truth = {
  entries: { sequence: number; leaf: Uint8Array; payload: Uint8Array | null }[];
  effects: { id: string; leaf_sequence: number; payload: string | null }[];
  numbers: { series: string; year: number; number: number; fate: string }[];
  visits: { id: string; state: string }[];
  /** How much of the log the portal had when the line broke. */
  delivered: number;
};

const look = (tx: Reader): Truth => ({
  entries: tx.all(
    'SELECT sequence, leaf, payload FROM journal_leaves JOIN journal_payloads USING (sequence)',
  ),
  effects: tx.all('SELECT id, leaf_sequence, payload FROM outbox'),
  numbers: tx.all('SELECT series, year, number, fate FROM numbers'),
  visits: tx.all('SELECT id, state FROM visits'),
  delivered: Number(cursors.get(tx, 'log')),
});

/**
 * Makes in a folder: `desk`, the store of a desk that worked, some of it in a backup, some only at the portal, some nowhere
 * else; and `portal`, the portal's data when the line broke. Returns what the clerk was told of.
 */
export async function makeWorkedDesk(world: string): Promise<Truth> {
  const portal = await startPortal();
  const desk = await startCounter({ portal, folder: join(world, 'desk'), storeKey: WORKED_KEY });
  const clerk = await desk.signedIn('novakova');
  const copy = async (): Promise<void> => {
    const visit = await clerk.must('visits.open', {});
    await certifyCopy(clerk, visit.id);
    await clerk.must('visits.park', { visitId: visit.id, note: 'Čeká na doklad.' });
  };
  const submission = async (): Promise<void> => {
    const visit = await clerk.must('visits.open', {});
    await verify(clerk, visit.id);
    await acceptSubmission(clerk, visit.id);
    await settlePrints(clerk, visit.id);
    await clerk.must('visits.park', { visitId: visit.id, note: '' });
  };
  const allSent = (): Promise<unknown> =>
    until('everything is at the portal', async () =>
      desk.store.read((tx) => {
        const { waiting, needsPerson } = outbox.counts(tx);
        return waiting + needsPerson === 0 && Number(cursors.get(tx, 'log') ?? 0) === lastSequence(tx);
      }),
    );
  await copy();
  await allSent();
  await desk.counter.backups.request('demand');
  await submission();
  await copy();
  await allSent();
  await portal.stop();
  await submission();
  await copy();
  await desk.stop();
  // What it wrote while it stopped counts too.
  const store = openStore({
    folder: desk.folder,
    key: WORKED_KEY,
    clock: systemClock,
    random: systemRandom,
  });
  if (!store.ok) throw new Error(store.error.code);
  const truth = store.value.read(look);
  store.value.close();
  cpSync(portal.dataDir, join(world, 'portal'), { recursive: true });
  await portal.close();
  return truth;
}
