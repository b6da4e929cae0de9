/** A process to be killed: does one piece of a recovery, says `go` when it begins and `done` when it is through. */
import { prepareRescue, prepareRestore } from '../../electron/counter/recovery/backup-reading.ts';
import { beginSwitch, finishSwitch } from '../../electron/main/store-switch.ts';
import { makeBackup } from '../../electron/store/backup.ts';
import { keysOfFolder, startCounter, until } from '../rigs/counter.ts';

type Settle = { folder: string; keys: string; portalUrl: string };
export type Work =
  | { work: 'backup'; job: Parameters<typeof makeBackup>[0] }
  | { work: 'restore'; job: Parameters<typeof prepareRestore>[0] }
  | { work: 'rescue'; job: Parameters<typeof prepareRescue>[0] }
  | { work: 'switch'; folder: string }
  | ({ work: 'settle'; key: Uint8Array } & Settle);

const say = (word: string): void => void process.stdout.write(`${word}\n`);

async function settle({ folder, key, keys, portalUrl }: Settle & { key: Uint8Array }): Promise<void> {
  const portal = { url: () => portalUrl, enrolmentCode: () => '' };
  const desk = await startCounter({ portal, folder, storeKey: key, keys: keysOfFolder(keys) });
  await until('the store is reconciled', async () => {
    const { recovery } = await desk.window().must('desk.frame', {});
    return recovery?.state !== 'reconciling';
  });
  await desk.stop();
}

async function run(work: Work): Promise<void> {
  switch (work.work) {
    case 'backup':
      await makeBackup(work.job);
      break;
    case 'restore':
      await prepareRestore(work.job);
      break;
    case 'rescue':
      await prepareRescue(work.job);
      break;
    case 'switch':
      finishSwitch(work.folder);
      beginSwitch(work.folder, new Date('2026-04-01T08:00:00.000Z'));
      break;
    case 'settle':
      await settle(work);
  }
}

process.once('message', (work: Work) => {
  say('go');
  void run(work).then(() => {
    say('done');
    process.exit(0);
  });
});
