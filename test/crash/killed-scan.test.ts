import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SCAN_PROFILES } from '../../electron/values/scan-profiles.ts';
import { chanceOf } from '../chaos/random.ts';
import { type CounterRig, type PortalRig, startCounter, startPortal, until } from '../rigs/counter.ts';
import { drawnPage } from '../rigs/page-pictures.ts';
import { type PaperOnGlass, startPaperOnGlass } from '../rigs/paper-on-glass.ts';
import type { KilledScan } from './killed-scan.ts';

let portal: PortalRig;
let glass: PaperOnGlass;
let desk: CounterRig;
beforeAll(async () => {
  portal = await startPortal();
  glass = await startPaperOnGlass();
});
afterAll(async () => {
  await desk?.close();
  await glass?.stop();
  await portal?.close();
});

it('a scan whose process is killed keeps its page, which is looked at by the next run, and says that it was cut off', async () => {
  const page = (name: string) =>
    drawnPage(chanceOf('killed', name), { dpi: 200, paper: { width: 148, height: 210 }, skew: 3, lid: 30 });
  const [first, second] = [await page('first'), await page('second')];
  await glass.feed([first.bytes, second.bytes]);
  const folder = mkdtempSync(join(tmpdir(), 'virtuos-killed-scan-'));
  const { command, temporaryFolder, device } = glass;
  const work: KilledScan = {
    ...{ folder, device, scanner: { command, temporaryFolder } },
    ...{ portalUrl: portal.url(), enrolmentCode: portal.enrolmentCode() },
  };
  const child = fork(new URL('./killed-scan.ts', import.meta.url), [], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let complaints = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  child.send(work);
  const [, signal] = await once(child, 'close');
  expect(signal, complaints).toBe('SIGKILL');
  expect(await glass.left()).toHaveLength(1);

  desk = await startCounter({ portal, folder, scanner: work.scanner });
  await until(
    'no picture is left where nobody asked for a scan yet',
    async () => (await glass.left()).length === 0,
  );
  let clerk = await desk.signedIn('novakova');
  const row = desk.store.read((tx) =>
    tx.get<{ visit: string; service: string }>('SELECT visit_id AS visit, id AS service FROM services'),
  );
  const [visitId, serviceId] = [row?.visit ?? '', row?.service ?? ''];
  const slot = async () => {
    const { services } = await clerk.must('visits.get', { visitId });
    return services[0]?.slots.find(({ slotId }) => slotId === 'enclosure');
  };
  const cutOff = [{ code: 'attachments.scan-cut-off', params: { pages: 1 } }];
  expect(await slot()).toMatchObject({ warnings: cutOff, pages: [{ undone: false }] });
  await until('the page was looked at', async () => ((await slot())?.pages[0]?.changes.length ?? 0) > 0);
  expect((await slot())?.pages).toMatchObject([{ changes: ['cropped', 'straightened'] }]);
  const kept = desk.store.read((tx) => tx.get<{ sha256: string }>('SELECT sha256 FROM pages'));
  const picture = await desk.store.blobs.read(kept?.sha256 ?? '');
  expect(picture.ok && Buffer.from(picture.value).equals(first.bytes)).toBe(true);

  // A scan that brings nothing leaves it said; one that brings the sheets that were left does not.
  const scanned = async (state: string) => {
    await clerk.must('attachments.scan', {
      ...{ serviceId, slotId: 'enclosure', place: { at: 'end' } },
      settings: { ...SCAN_PROFILES.document, dpi: 200 },
    });
    await until(`the scan is ${state}`, async () =>
      clerk.events.some(({ name, data }) => name === 'scan-changed' && Object(data).state === state),
    );
  };
  await glass.lay(null);
  await scanned('failed');
  expect((await slot())?.warnings).toEqual(cutOff);
  await glass.lay(second.bytes);
  await scanned('done');
  expect(await slot()).toMatchObject({ warnings: [], pages: [{}, {}] });

  // The end of the program takes the scan with it, and says it as after a crash.
  await glass.hang(true);
  await clerk.must('attachments.scan', {
    ...{ serviceId, slotId: 'enclosure', place: { at: 'end' } },
    settings: { ...SCAN_PROFILES.document, dpi: 200 },
  });
  await until('it is at work', async () => (await glass.left()).length === 1);
  await desk.stop();
  expect(await glass.left()).toEqual([]);
  await glass.hang(false);
  desk = await startCounter({ portal, folder, scanner: work.scanner });
  clerk = await desk.signedIn('novakova');
  expect(await slot()).toMatchObject({ warnings: [{ ...cutOff[0], params: { pages: 2 } }] });
  await clerk.must('services.complete-attachments', { serviceId, seen: [(await slot()) as never] });
});
