import { describe, expect, it } from 'vitest';
import { conditionsOf } from './conditions.ts';
import { httpAddress } from './ipp-transport.ts';

describe('printer-state-reasons', () => {
  it.each([
    [['none'], []],
    [['media-empty-error'], [{ code: 'printer.out-of-paper', blocking: true }]],
    [['media-empty-warning'], [{ code: 'printer.out-of-paper', blocking: true }]],
    [['media-needed-report'], [{ code: 'printer.wrong-paper', blocking: true }]],
    [
      ['media-jam-error', 'door-open'],
      [
        { code: 'printer.jammed', blocking: true },
        { code: 'printer.cover-open', blocking: true },
      ],
    ],
    [['standby'], [{ code: 'printer.asleep', blocking: false }]],
    [['toner-low-report'], [{ code: 'printer.toner-low', blocking: false }]],
    [['marker-supply-empty-error'], [{ code: 'printer.out-of-toner', blocking: true }]],
    [['offline-report'], [{ code: 'printer.offline', blocking: true }]],
    [['cups-waiting-for-job-completed'], []],
    [
      ['fuser-over-temp-error'],
      [{ code: 'printer.needs-attention', params: { reason: 'fuser-over-temp' }, blocking: true }],
    ],
    [['com.maker.tidy-warning'], []],
  ])('%j', (reasons, conditions) => {
    expect(conditionsOf(reasons)).toEqual(conditions);
  });
});

describe("a printer's address", () => {
  it.each([
    ['ipp://printer/ipp/print', 'http://printer:631/ipp/print'],
    ['ipps://printer/ipp/print', 'https://printer:631/ipp/print'],
    ['ipp://10.0.0.7:8631/ipp/print', 'http://10.0.0.7:8631/ipp/print'],
    ['ipp://printer:80/ipp', 'http://printer/ipp'],
    ['ipp://[fe80::1]/ipp', 'http://[fe80::1]:631/ipp'],
    ['https://printer/ipp', 'https://printer/ipp'],
  ])('%s', (uri, url) => {
    const address = httpAddress(uri);
    expect(address.ok && address.value.href).toBe(url);
  });
  it.each(['', 'lpd://printer', 'printer', 'ipp://', 'file:///etc/passwd'])('%j is none', (uri) => {
    expect(httpAddress(uri)).toEqual({ ok: false, error: { code: 'printer.bad-address' } });
  });
});
