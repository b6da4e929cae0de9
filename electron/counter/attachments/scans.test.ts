import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ScanPlace, ScanView } from '../../contract/attachments.ts';
import * as deskValues from '../../store/desk-values.ts';
import { temporaryStore } from '../../store/testing/temporary-store.ts';
import { createScans, wasCutOff } from './scans.ts';

let temporary: ReturnType<typeof temporaryStore>;
beforeEach(() => {
  temporary = temporaryStore();
});
afterEach(() => temporary.remove());

const view = (scanId: string): ScanView => ({
  ...{ scanId, serviceId: 'service', slotId: 'slot', state: 'starting' },
  ...{ pagesDone: 0, separators: 0, progress: null, failure: null },
});

it('says that a scan was cut off until one that goes on behind its pages comes to its end', async () => {
  const { store } = temporary;
  const scans = createScans({ store, emit: () => {} });
  // What an earlier run left.
  store.write((tx) =>
    deskValues.set(tx, 'attachments.scans', [
      { scanId: 'first', serviceId: 'service', slotId: 'slot', isCutOff: true },
    ]),
  );
  const isSaid = () => store.read((tx) => wasCutOff(tx, 'service', 'slot'));
  const scanned = async (scanId: string, end: Partial<ScanView>, place: ScanPlace) => {
    store.write((tx) => scans.note(tx, view(scanId)));
    await scans.run(view(scanId), async (scan) => {
      scan.view = { ...scan.view, ...end };
      scans.end(scan, place);
    });
    expect(scans.isAny()).toBe(false);
  };
  const pages: Partial<ScanView> = { state: 'done', pagesDone: 1 };
  await scanned('again', pages, { at: 'instead', pageId: 'page' });
  await scanned('between', pages, { at: 'before', pageId: 'page' });
  await scanned('jammed', { ...pages, state: 'failed' }, { at: 'end' });
  await scanned('stopped', { ...pages, state: 'cancelled' }, { at: 'end' });
  await scanned('nothing', { state: 'done' }, { at: 'end' });
  expect(isSaid()).toBe(true);
  await scanned('rest', pages, { at: 'end' });
  expect(isSaid()).toBe(false);
});
