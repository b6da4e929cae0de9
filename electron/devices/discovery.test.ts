import { expect, it } from 'vitest';
import { ok } from '../values/result.ts';
import { type DeviceDrivers, discoverDevices } from './discovery.ts';

const never = () => new Promise<never>(() => {});
const broken = async (): Promise<never> => {
  throw new Error('a driver that breaks');
};

const drivers = (work: () => Promise<never>): DeviceDrivers => ({
  reader: { list: work, open: () => ({ close: async () => {} }) },
  scanner: { list: work, capabilities: work, scan: work },
  printer: { status: work, print: work, follow: work, findJob: work, cancel: work },
  network: { browse: work },
  usb: { list: work },
});
const printer = { uri: 'ipp://printer/ipp/print' };

it.each([
  ['hangs', never],
  ['breaks', broken],
])('a source that %s is a failure of its own, and the others are told', async (_how, work) => {
  const all = drivers(work);
  expect(
    await discoverDevices(
      all,
      { printers: [printer], networkScanners: ['https://scanner/eSCL'] },
      { limitMs: 5 },
    ),
  ).toEqual({
    readerPorts: { ok: false, error: { code: 'reader.time-out' } },
    scanners: { ok: false, error: { code: 'scanner.time-out' } },
    printers: [{ printer, status: { ok: false, error: { code: 'printer.time-out' } } }],
    networkScanners: [
      { device: 'https://scanner/eSCL', abilities: { ok: false, error: { code: 'scanner.time-out' } } },
    ],
    announced: { ok: false, error: { code: 'network.time-out' } },
    usb: { ok: false, error: { code: 'usb.no-list' } },
  });
  const one = { ...all, usb: { list: async () => ok([]) } };
  expect((await discoverDevices(one, { printers: [], networkScanners: [] }, { limitMs: 5 })).usb).toEqual({
    ok: true,
    value: [],
  });
});
