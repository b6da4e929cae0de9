import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ScanPlace, scanView } from '../../electron/contract/attachments.ts';
import { SCAN_PROFILES } from '../../electron/values/scan-profiles.ts';
import { testAuthority } from '../rigs/certificates.ts';
import {
  type CounterRig,
  type PortalRig,
  startCounter,
  startPortal,
  type TestWindow,
  until,
} from '../rigs/counter.ts';
import { type EsclRig, startEscl } from '../rigs/escl.ts';

// Papers scanned by a scanner on the network, over the whole counter.

let portal: PortalRig;
let scanner: EsclRig;
let desk: CounterRig;
let clerk: TestWindow;
let administrator: TestWindow;
beforeAll(async () => {
  portal = await startPortal(50);
  scanner = await startEscl();
  // No driver of the system is needed, nor asked.
  desk = await startCounter({ portal, scanner: { command: '/nonexistent/scanimage' } });
  administrator = await desk.signedIn('hajickova');
  clerk = await desk.signedIn('novakova');
});
afterAll(async () => {
  await desk?.close();
  await scanner?.stop();
  await portal?.close();
});

const choose = async (device: string | null) =>
  administrator.must('settings.save', {
    ...(await administrator.must('settings.get', {})),
    scanner: device === null ? null : { device },
  });
const scannerView = async () =>
  (await clerk.must('devices.list', {})).find(({ kind, selected }) => kind === 'scanner' && selected);

it('keeps the pages before the scanner was pulled out, and the step; then goes on', async () => {
  await choose(scanner.address);
  expect(await scannerView()).toMatchObject({ state: 'ready', address: scanner.address });
  const { id: visitId } = await clerk.must('visits.open', {});
  const { id: serviceId } = await clerk.must('services.start', {
    visitId,
    definitionId: 'conversion-to-electronic',
  });
  const { exclusions } = await clerk.must('services.definition', { serviceId });
  await clerk.must('services.answer-exclusions', {
    serviceId,
    answers: Object.fromEntries((exclusions?.questions ?? []).map(({ id, refuseIf }) => [id, !refuseIf])),
  });
  const service = async () => (await clerk.must('visits.get', { visitId })).services[0];
  const pages = async () => (await service())?.slots[0]?.pages ?? [];
  const scan = async (
    place: ScanPlace = { at: 'end' },
    source: 'flatbed' | 'feeder-duplex' = 'feeder-duplex',
  ) => {
    const { scanId } = await clerk.must('attachments.scan', {
      serviceId,
      slotId: 'paper',
      settings: { ...SCAN_PROFILES.conversion, source, dpi: 200 },
      place,
    });
    return until('the scan has ended', async () =>
      clerk.events
        .flatMap(({ name, data }) => (name === 'scan-changed' ? [scanView.parse(data)] : []))
        .find((view) => view.scanId === scanId && !['starting', 'scanning'].includes(view.state)),
    );
  };
  scanner.load(2);
  scanner.mischief.unplugAt = 1;
  expect(await scan()).toMatchObject({
    state: 'failed',
    pagesDone: 1,
    failure: { code: 'scanner.unplugged' },
  });
  expect(await pages()).toHaveLength(1);
  expect(await service()).toMatchObject({ state: 'in-progress' });
  expect(await scannerView()).toMatchObject({ state: 'absent', trouble: { code: 'scanner.not-found' } });
  scanner.plugIn();
  expect(await scan()).toMatchObject({ state: 'done', failure: null });
  const kept = await pages();
  expect(kept.length).toBeGreaterThan(2);
  // No word that may be misread comes into a document that is to be what the paper is.
  expect(await clerk.must('attachments.texts', { serviceId })).toEqual({ left: 0 });
  // What the scanner sent is what is kept, byte for byte.
  const row = desk.store.read((tx) =>
    tx.get<{ sha256: string }>('SELECT sha256 FROM pages WHERE position = 0'),
  );
  const bytes = await desk.store.blobs.read(row?.sha256 ?? '');
  expect(bytes.ok && scanner.sent.some((page) => page.equals(bytes.value))).toBe(true);

  const ids = async () => (await pages()).map(({ id }) => id);
  const before = await ids();
  const [first = '', second = ''] = before;
  expect(await scan({ at: 'instead', pageId: second }, 'flatbed')).toMatchObject({ state: 'done' });
  const replaced = await ids();
  expect(replaced).toEqual(before.map((id, at) => (at === 1 ? replaced[1] : id)));
  expect(replaced[1]).not.toBe(second);
  expect(await scan({ at: 'before', pageId: first }, 'flatbed')).toMatchObject({ state: 'done' });
  const inserted = await ids();
  expect(inserted.slice(1)).toEqual(replaced);
  // What does not come takes nothing away.
  scanner.mischief.unplugAt = 0;
  expect(await scan({ at: 'instead', pageId: first }, 'flatbed')).toMatchObject({ state: 'failed' });
  scanner.plugIn();
  expect(await ids()).toEqual(inserted);
  // Nothing is held of a page whose place another has taken.
  const owners = desk.store.read((tx) => tx.all<{ owner: string }>('SELECT owner FROM blob_uses', []));
  expect(owners.some(({ owner }) => owner.includes(second))).toBe(false);
  await expect(scan({ at: 'before', pageId: second })).rejects.toThrow('attachments.no-such-page');

  expect((await clerk.must('services.complete-attachments', { serviceId })).slots[0]?.pages).toHaveLength(
    inserted.length,
  );
});

it('is held to the certificate it showed first, until it is chosen anew', async () => {
  const authority = testAuthority();
  const secure = await startEscl(authority.issue('one'));
  try {
    await choose(secure.address);
    expect(await scannerView()).toMatchObject({ state: 'ready' });
    secure.showCertificate(authority.issue('two'));
    expect(await scannerView()).toMatchObject({
      state: 'trouble',
      trouble: { code: 'scanner.not-trusted' },
    });
    await choose(null);
    await choose(secure.address);
    expect(await scannerView()).toMatchObject({ state: 'ready', trouble: null });
  } finally {
    await secure.stop();
    authority.remove();
  }
});
