import { z } from 'zod';
import { scanView } from '../../electron/contract/attachments.ts';
import { SCAN_PROFILES } from '../../electron/values/scan-profiles.ts';
import { newId, startCounter } from '../rigs/counter.ts';
import { generalForm, verify } from '../rigs/visits.ts';

/** A desk that scans from the feeder, and whose process is killed when the first page is kept and nobody has looked at it. */

const work = z.strictObject({
  folder: z.string(),
  portalUrl: z.string(),
  enrolmentCode: z.string(),
  scanner: z.strictObject({ command: z.string(), temporaryFolder: z.string() }),
  device: z.string(),
});
export type KilledScan = z.output<typeof work>;

process.once('message', (message) => {
  const { folder, portalUrl, enrolmentCode, scanner, device } = work.parse(message);
  void scanAndDie();

  async function scanAndDie(): Promise<void> {
    const portal = { url: () => portalUrl, enrolmentCode: () => enrolmentCode };
    const desk = await startCounter({ portal, folder, scanner });
    const administrator = await desk.signedIn('hajickova');
    await administrator.must('settings.save', {
      ...(await administrator.must('settings.get', {})),
      scanner: { device },
    });
    const key = newId().repeat(2);
    const clerk = await desk.signedIn('novakova', key);
    const { id: visitId } = await clerk.must('visits.open', {});
    await verify(clerk, visitId);
    const { id: serviceId } = await clerk.must('services.start', {
      visitId,
      definitionId: 'general-submission',
    });
    await clerk.must('services.complete-form', { serviceId, data: generalForm, addresseeId: 'nyrsko' });
    desk.counter.connect(key, (name, data) => {
      if (name === 'scan-changed' && scanView.parse(data).pagesDone === 1)
        process.kill(process.pid, 'SIGKILL');
    });
    await clerk.must('attachments.scan', {
      serviceId,
      slotId: 'enclosure',
      settings: { ...SCAN_PROFILES.document, source: 'feeder', dpi: 200 },
      place: { at: 'end' },
    });
  }
});
