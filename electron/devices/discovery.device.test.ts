import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, until } from '../../test/rigs/process.ts';
import { startVirtualDevices, type VirtualDevices } from '../../test/rigs/virtual-devices.ts';
import { discoverDevices } from './discovery.ts';
import type { ReaderEvent } from './id-reader/port.ts';
import { serialIdReader } from './id-reader/serial-reader.ts';
import { multicastBrowser } from './network/browse.ts';
import { ippPrinter } from './printer/ipp-printer.ts';
import { scanimageScanner } from './scanner/scanimage.ts';
import { sysfsUsb } from './usb/sysfs.ts';

describe("a desk's devices together", { timeout: 60_000 }, () => {
  let devices: VirtualDevices;

  beforeAll(async () => {
    const started = await startVirtualDevices();
    if ('missing' in started) {
      throw new Error(`missing: ${started.missing.map(({ debianPackage }) => debianPackage).join(' ')}`);
    }
    devices = started;
  }, 60_000);
  afterAll(() => devices?.stop());

  const drivers = () => ({
    reader: serialIdReader(),
    scanner: scanimageScanner({
      env: devices.settings.scanner.env,
      command: devices.settings.scanner.command,
    }),
    printer: ippPrinter(),
    network: multicastBrowser({ listenMs: 100 }),
    usb: sysfsUsb(),
  });

  it('are found side by side, absent ones with their reason', async () => {
    const absent = { uri: `ipp://localhost:${await freePort()}/ipp/print` };
    const found = await discoverDevices(drivers(), {
      printers: [devices.settings.printer, absent],
      networkScanners: [],
    });
    expect(found.scanners).toMatchObject({ ok: true, value: [{ device: devices.settings.scanner.device }] });
    expect(found.printers).toMatchObject([
      { printer: devices.settings.printer, status: { ok: true, value: { state: 'idle' } } },
      { printer: absent, status: { ok: false, error: { code: 'printer.not-reachable' } } },
    ]);
    expect(found.readerPorts).toHaveProperty('ok');
  });

  it('that do not answer hold nobody up', async () => {
    devices.controls.printer.freeze(true);
    try {
      const found = await discoverDevices(
        drivers(),
        { printers: [devices.settings.printer], networkScanners: [] },
        { limitMs: 2_000 },
      );
      expect(found.scanners.ok).toBe(true);
      expect(found.printers[0]?.status).toEqual({ ok: false, error: { code: 'printer.time-out' } });
    } finally {
      devices.controls.printer.freeze(false);
    }
  });

  it('do what their controls say', async () => {
    const events: ReaderEvent[] = [];
    const reader = drivers().reader.open(devices.settings.reader, { onEvent: (event) => events.push(event) });
    await until('connected', () => events.length > 0);
    devices.controls.reader.sendLines(['8590123456']);
    await until('read', () => events.some(({ type }) => type === 'read'));
    await reader.close();
    await devices.controls.scanner.jamAfter(2);
    const scanned = await drivers().scanner.scan(
      {
        scanner: { device: devices.settings.scanner.device },
        source: 'feeder',
        dpi: 200,
        mode: 'bw',
        pageSize: 'A4',
      },
      { onPage: () => {} },
    );
    expect(scanned).toEqual({ ok: false, error: { code: 'scanner.jammed', pages: 2 } });
    const document = Buffer.from('%PDF-1.7\n');
    expect(
      await drivers().printer.print({ ...devices.settings.printer, document, jobName: 'p1' }),
    ).toMatchObject({
      ok: true,
      value: { state: 'completed' },
    });
    const [printed] = await devices.controls.printer.printed();
    expect(printed?.equals(document)).toBe(true);
  });
});
