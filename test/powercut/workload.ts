import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { lastSequence } from '../../electron/journal/read.ts';
import { onePage } from '../fixtures/pdf/make.ts';
import { startCounter, type TestWindow } from '../rigs/counter.ts';
import { acceptSubmission, certifyCopy, copyCount, settlePrints, verify } from '../rigs/visits.ts';
import { ACKNOWLEDGED, type Acknowledged } from './acknowledged.ts';

// A desk's day under the recorder: what was acknowledged is written down in the same folder, so that it stands in the
// record at its moment.

const [folder = '', portalUrl = '', enrolmentCode = '', rounds = '1'] = process.argv.slice(2);

const desk = await startCounter({
  folder,
  portal: {
    url: () => portalUrl,
    enrolmentCode: () => enrolmentCode,
    takeOverCode: () => '',
    start: async () => {},
    stop: async () => {},
    close: async () => {},
    dataDir: '',
  },
});

const acknowledge = (command: string | null): void => {
  const said: Acknowledged = { command, entries: desk.store.read(lastSequence) };
  appendFileSync(join(folder, ACKNOWLEDGED), `${JSON.stringify(said)}\n`);
};

const plain = await desk.signedIn('novakova');
const clerk: TestWindow = {
  ...plain,
  must: async (name, input, id = crypto.randomUUID()) => {
    const value = await plain.must(name, input, id);
    const isRemembered = desk.store.read((tx) => tx.get('SELECT 1 AS one FROM commands WHERE id = ?', [id]));
    acknowledge(isRemembered ? id : null);
    return value;
  },
};

async function submission(bytes: number): Promise<void> {
  const visit = await clerk.must('visits.open', {});
  await verify(clerk, visit.id);
  const filling = Buffer.alloc(bytes, visit.id).toString('base64');
  const pdf = new Uint8Array(onePage('', [`<< /Length ${filling.length} >>\nstream\n${filling}\nendstream`]));
  const withFile: TestWindow = {
    ...clerk,
    must: async (name, input, id) => {
      if (name === 'services.complete-attachments' && 'serviceId' in input)
        await clerk.must('attachments.add-file', {
          serviceId: input.serviceId,
          slotId: 'enclosure',
          name: 'priloha.pdf',
          bytes: pdf,
        });
      return clerk.must(name, input, id);
    },
  };
  await acceptSubmission(withFile, visit.id);
  await settlePrints(clerk, visit.id);
  await clerk.must('visits.hand-over', { visitId: visit.id });
}

async function copy(): Promise<void> {
  const visit = await clerk.must('visits.open', {});
  await certifyCopy(clerk, visit.id);
  await clerk.must('visits.pay', {
    visitId: visit.id,
    method: 'cash',
    expectedTotal: copyCount.feePages * 30,
  });
  await settlePrints(clerk, visit.id);
  await clerk.must('visits.hand-over', { visitId: visit.id });
}

acknowledge(null);
for (let round = 0; round < Number(rounds); round += 1) {
  await submission(round % 2 === 0 ? 3_000 : 150_000);
  await copy();
  await clerk.must('cash-desk.move', { direction: 'in', purpose: 'float', amount: 100, reason: '' });
}
if (Number(rounds) > 1) {
  const supervisor = await desk.signedIn('dvorak');
  await supervisor.call('backups.make', {});
}
await desk.stop();
process.exit(0);
