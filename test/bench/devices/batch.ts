import sharp from 'sharp';
import { scanView } from '../../../electron/contract/attachments.ts';
import { SCAN_PROFILES } from '../../../electron/values/scan-profiles.ts';
import { chanceOf } from '../../chaos/random.ts';
import { startCounter, startPortal, until } from '../../rigs/counter.ts';
import { formSamples } from '../../rigs/form-samples.ts';
import { type DrawnPage, drawnPage } from '../../rigs/page-pictures.ts';
import { startPaperOnGlass } from '../../rigs/paper-on-glass.ts';
import { verify } from '../../rigs/visits.ts';
import type { Part } from '../devices.ts';
import { rounded } from '../report.ts';

// A batch from the feeder (A4, colour, 300 dpi, made black and white): scanned, kept, looked at, and bound by the whole counter. How much
// more memory the process takes, its workers among it, than before.

const SHEETS = 100;
/** MiB. A picture is 25 unpacked; two workers have one each with what is made of it, and two wait. */
const LIMIT = 600;

/** Not packed. */
const asScanimageGives = ({ bytes }: DrawnPage): Promise<Uint8Array> =>
  sharp(bytes).keepMetadata().tiff({ compression: 'none' }).toBuffer();

export const measureBatch: Part = async ({ count = SHEETS, seed = 'bench' }) => {
  const portal = await startPortal();
  const glass = await startPaperOnGlass();
  const desk = await startCounter({
    portal,
    scanner: { command: glass.command, temporaryFolder: glass.temporaryFolder },
  });
  const administrator = await desk.signedIn('hajickova');
  await administrator.must('settings.save', {
    ...(await administrator.must('settings.get', {})),
    scanner: { device: glass.device },
  });
  const clerk = await desk.signedIn('novakova');
  const { id: visitId } = await clerk.must('visits.open', {});
  await verify(clerk, visitId);
  const { id: serviceId } = await clerk.must('services.start', { visitId, definitionId: 'petition' });
  const { data, addresseeId } = formSamples['petition'] ?? { data: {}, addresseeId: null };
  await clerk.must('services.complete-form', {
    serviceId,
    data: JSON.parse(JSON.stringify({ ...data, signed: 'sheets', sheets: 3, counted: 40 })),
    addresseeId,
  });
  const drawn: Uint8Array[] = [];
  for (let at = 0; at < Math.min(4, count); at += 1)
    drawn.push(
      await asScanimageGives(await drawnPage(chanceOf(seed, 'sheet', at), { skew: at - 2, grain: 1 })),
    );
  await glass.feed(Array.from({ length: count }, (_, at) => drawn[at % drawn.length] as Uint8Array));
  drawn.length = 0;
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 50);
  const began = performance.now();
  const { scanId } = await clerk.must('attachments.scan', {
    serviceId,
    slotId: 'sheets',
    settings: { ...SCAN_PROFILES.document, source: 'feeder', mode: 'bw' },
    place: { at: 'end' },
  });
  const ended = await until(
    'the batch is scanned',
    async () =>
      clerk.events
        .flatMap(({ name, data }) => (name === 'scan-changed' ? [scanView.parse(data)] : []))
        .find((view) => view.scanId === scanId && !['starting', 'scanning'].includes(view.state)),
    600_000,
  );
  const scanned = performance.now();
  const peakOfScan = most;
  await clerk.must('services.complete-attachments', { serviceId });
  const bound = performance.now();
  clearInterval(watch);
  await desk.close();
  await glass.stop();
  await portal.close();
  const mib = (bytes: number): number => rounded(bytes / 2 ** 20, 0);
  const over = mib(most - before);
  return {
    figures: {
      sheets: count,
      kept: ended.pagesDone,
      scannedSeconds: rounded((scanned - began) / 1000, 1),
      boundSeconds: rounded((bound - scanned) / 1000, 1),
      idleMib: mib(before),
      peakOfScanMib: mib(peakOfScan),
      peakMib: mib(most),
    },
    notes: ['the sheets are there at once: a scanner gives some 25 to 60 a minute'],
    goals: [
      {
        goal: 'every sheet is kept',
        measured: `${ended.pagesDone} of ${count}`,
        met: ended.pagesDone === count,
      },
      {
        goal: `no more than ${LIMIT} MiB over the idle process`,
        measured: `${over} MiB`,
        met: over <= LIMIT,
      },
    ],
  };
};
