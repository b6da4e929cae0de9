import { describe, expect, it } from 'vitest';
import { failureOf } from './failures.ts';
import type { ScannerDevice } from './port.ts';
import { parseDeviceList, presentName } from './scanimage.ts';

const device = (name: string, model = 'fi-7160'): ScannerDevice => ({
  device: name,
  vendor: 'FUJITSU',
  model,
  type: 'scanner',
});

describe('a scanner that was plugged in elsewhere', () => {
  const settings = { device: 'fujitsu:libusb:001:004', vendor: 'FUJITSU', model: 'fi-7160' };
  it('is found under its new name', () => {
    expect(presentName(settings, [device('fujitsu:libusb:001:009'), device('pixma:x', 'MG')])).toBe(
      'fujitsu:libusb:001:009',
    );
  });
  it('is not guessed between two of a kind, nor through another driver', () => {
    const two = [device('fujitsu:libusb:001:009'), device('fujitsu:libusb:001:010')];
    expect(presentName(settings, two)).toBeUndefined();
    expect(presentName(settings, [device('airscan:e0:fi')])).toBeUndefined();
    expect(presentName({ device: 'fujitsu:libusb:001:004' }, two)).toBeUndefined();
  });
});

describe('the list of devices', () => {
  it('is read line by line, whatever stands between', () => {
    const text =
      'test:0\x1fNoname\x1ffrontend|tester\x1fvirtual device\nnoise\n\nairscan:e0:X (1)\x1fHP\x1f\x1feSCL\n';
    expect(parseDeviceList(text)).toEqual([
      { device: 'test:0', vendor: 'Noname', model: 'frontend|tester', type: 'virtual device' },
      { device: 'airscan:e0:X (1)', vendor: 'HP', model: '', type: 'eSCL' },
    ]);
  });
});

describe("scanimage's end", () => {
  it.each([
    [0, '', undefined],
    [1, 'scanimage: open of device x:0 failed: Invalid argument', 'scanner.not-found'],
    [1, 'scanimage: open of device x:0 failed: Device busy', 'scanner.busy'],
    [1, 'scanimage: open of device x:0 failed: Access to resource has been denied', 'scanner.access-denied'],
    [1, 'scanimage: no SANE devices found', 'scanner.not-found'],
    [6, 'scanimage: sane_read: Document feeder jammed\nBatch terminated, 3 pages scanned', 'scanner.jammed'],
    [7, 'scanimage: sane_start: Document feeder out of documents', 'scanner.no-paper'],
    [8, 'scanimage: sane_start: Scanner cover is open', 'scanner.cover-open'],
    [9, 'scanimage: sane_read: Error during device I/O', 'scanner.unplugged'],
    [3, '', 'scanner.busy'],
    [
      0,
      'scanimage: sane_read: Device busy\nscanimage: received signal 13\nscanimage: aborting',
      'scanner.busy',
    ],
    [0, 'Scanned page 1. (scanner status = 8)\nscanimage: received signal 13', 'scanner.cover-open'],
    [0, 'Scanned page 1. (scanner status = 5)\nBatch terminated, 1 page scanned', undefined],
    [10, 'scanimage: sane_read: Out of memory', 'scanner.failed'],
    [134, 'libpng error: No IDATs written into file', 'scanner.failed'],
    [null, '', 'scanner.failed'],
  ])('%s %s', (exitCode, stderr, code) => {
    expect(failureOf(exitCode, stderr)?.code).toBe(code);
  });
});
