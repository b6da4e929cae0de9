import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { certificateFile, certificatePassword } from '../../../test/rigs/converted.ts';
import {
  type CounterRig,
  type PortalRig,
  startCounter,
  startPortal,
  type TestWindow,
  until,
} from '../../../test/rigs/counter.ts';
import { pageTexts, withPdf } from '../../../test/rigs/pdf-checks.ts';
import { startVirtualDevices, type VirtualDevices } from '../../../test/rigs/virtual-devices.ts';
import { person, verify } from '../../../test/rigs/visits.ts';
import type { CallInput } from '../../contract/index.ts';
import type { DeviceView, PrintWish } from '../../contract/settings.ts';
import type { Announced } from '../../devices/network/dns-sd.ts';
import type { UsbDevice } from '../../devices/usb/sysfs.ts';
import { treeSize } from '../../journal/tree.ts';
import { ok } from '../../values/result.ts';

// The page of devices over the whole counter, with a real line, scanner and printer behind it; what is plugged in and announced
// besides them is said by the test.

const UUID = '07742767-38c4-3809-69c3-1255e92100ee';

let devices: VirtualDevices;
let portal: PortalRig;
let desk: CounterRig;
let clerk: TestWindow;
let administrator: TestWindow;
let folder: string;
let usb: UsbDevice[] = [];
let announced: Announced[] = [];
/** What a look at USB throws, how often there was one, and how another is set off at once. */
let fault: Error | null = null;
let looks = 0;
let wake = (): void => {};
let usbTrouble: { code: 'usb.not-watched' } | null = null;

const announcedPrinter = (over: Partial<Announced> = {}): Announced => ({
  kind: 'printer',
  instance: 'Tiskárna Karla Hynka Máchy',
  makeAndModel: 'Kyocera ECOSYS',
  uri: devices.settings.printer.uri,
  uuid: UUID,
  duplex: true,
  ...over,
});

beforeAll(async () => {
  const started = await startVirtualDevices();
  if ('missing' in started) throw new Error(JSON.stringify(started.missing));
  devices = started;
  portal = await startPortal();
  folder = mkdtempSync(join(tmpdir(), 'virtuos-keys-'));
  writeFileSync(join(folder, 'novakova.p12'), await certificateFile(portal.url(), 'novakova'));
  desk = await startCounter({
    portal,
    scanner: { env: devices.settings.scanner.env, command: devices.settings.scanner.command },
    printer: { limits: { question: 1_000 } },
    deviceSources: {
      network: { browse: async () => ok(announced) },
      usb: {
        list: async () => {
          looks += 1;
          if (fault) throw fault;
          return ok(usb);
        },
        start: (onChange) => {
          wake = onChange;
        },
        stop: () => {},
        trouble: () => usbTrouble,
      },
    },
  });
  administrator = await desk.signedIn('hajickova');
  clerk = await desk.signedIn('novakova');
  announced = [announcedPrinter()];
  await save({
    scanner: { device: devices.settings.scanner.device },
    printer: { uri: devices.settings.printer.uri },
    reader: {
      path: devices.settings.reader.path,
      vendorId: null,
      productId: null,
      serialNumber: null,
      baudRate: 9600,
    },
  });
}, 120_000);
afterAll(async () => {
  await desk?.close();
  await portal?.close();
  await devices?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const save = async (over: Partial<CallInput<'settings.save'>>) =>
  administrator.must('settings.save', { ...(await administrator.must('settings.get', {})), ...over });
const look = async (): Promise<DeviceView[]> => (await clerk.must('devices.look', {})).devices;
const of = async (kind: DeviceView['kind']): Promise<DeviceView | undefined> =>
  (await look()).find((device) => device.kind === kind && device.purposes.includes('usual'));
const acts = (): number => desk.store.read(treeSize);

describe('devices of a desk', { timeout: 60_000 }, () => {
  it('that were set up by their place are remembered by who they are', async () => {
    await look();
    expect(await clerk.must('settings.get', {})).toMatchObject({
      scanner: { device: 'test:0', vendor: 'Noname', model: 'frontend-tester' },
      printer: { uri: devices.settings.printer.uri, uuid: UUID, certificateSha256: null },
      reader: { path: devices.settings.reader.path, baudRate: 9600 },
    });
    expect(await of('scanner')).toMatchObject({ key: 'scanner:test:noname:frontend-tester', state: 'ready' });
    expect(await of('printer')).toMatchObject({
      ...{ key: `printer:uuid:${UUID}`, state: 'ready', movedTo: null },
      printer: { trays: ['main', 'photo'], copies: 999, endIsToldBy: 'printer', lacks: [], refuses: [] },
    });
    const reader = await until('the reader', async () => {
      const now = await of('reader');
      return now?.state === 'ready' && now;
    });
    expect(reader).toMatchObject({ knownBy: 'place', isNew: false });
  });

  it('that are new are told, offered to whoever may set them up, and put aside for good', async () => {
    const second = announcedPrinter({
      uuid: UUID.replace('077', '177'),
      makeAndModel: 'Brother QL',
      uri: 'ipp://192.0.2.98:631/ipp/print',
    });
    announced = [announcedPrinter(), second];
    clerk.events.length = 0;
    await look();
    await until('the windows are told', async () =>
      clerk.events.some(({ name }) => name === 'devices-changed'),
    );
    const [offered] = await clerk.must('devices.news', {});
    expect(offered).toMatchObject({ kind: 'printer', name: 'Brother QL', isNew: true, purposes: [] });
    if (!offered) return;
    const { key, address } = offered;
    const refused = await administrator.call('devices.set-up', { key, address, purpose: 'conversions' });
    expect(refused).toEqual({ ok: false, error: { code: 'device.not-for-this' } });
    await administrator.must('devices.put-aside', { key });
    expect(await clerk.must('devices.news', {})).toEqual([]);
    expect(
      await administrator.call('devices.set-up', { key: 'printer:uuid:other', address, purpose: 'usual' }),
    ).toEqual({ ok: false, error: { code: 'device.not-there' } });
    const before = acts();
    expect(await administrator.must('devices.set-up', { key, address, purpose: 'slips' })).toMatchObject({
      printer: { uuid: UUID },
      others: { slips: { uri: address, uuid: second.uuid } },
    });
    expect(acts()).toBe(before + 1);
    expect(await administrator.must('devices.give-up', { purpose: 'slips' })).toMatchObject({
      others: { slips: null },
    });
  });

  it('at another address are never followed there by themselves: anybody can announce anything', async () => {
    const elsewhere = 'ipp://192.0.2.99:631/ipp/print';
    await look();
    announced = [announcedPrinter({ uri: elsewhere })];
    expect(await of('printer'), 'while it answers where it was').toMatchObject({
      state: 'ready',
      movedTo: null,
    });
    await devices.controls.printer.unplug();
    expect(await of('printer')).toMatchObject({ state: 'off', movedTo: elsewhere });
    expect((await clerk.must('settings.get', {})).printer?.uri).toBe(devices.settings.printer.uri);
    await devices.controls.printer.plugIn();
    announced = [announcedPrinter()];
  });

  it('of which the system has no driver say so', async () => {
    usb = [
      {
        vendorId: '04c5',
        productId: '132e',
        serialNumber: 'A1',
        product: 'fi-7160',
        manufacturer: null,
        socket: '1-1',
      },
    ];
    const found = (await look()).find(({ state }) => state === 'trouble');
    expect(found).toMatchObject({ kind: 'scanner', name: 'fi-7160', trouble: { code: 'scanner.no-driver' } });
    expect(found?.known?.name.en).toBe('Fujitsu fi-7160 scanner');
    usb = [];
  });
});

describe('the watch for devices', { timeout: 60_000 }, () => {
  const toldOfChange = () =>
    until('the windows are told', () => clerk.events.some(({ name }) => name === 'devices-changed'));

  it('goes on after a look that failed, with the fault in the log once', async () => {
    const faults = () => desk.problems.filter((problem) => problem.includes('a look for devices failed'));
    await look();
    fault = new Error('Karel Hynek Mácha');
    for (const _turn of [1, 2, 3]) {
      const before = looks;
      await until('another look', () => {
        wake();
        return looks > before;
      });
    }
    expect(faults()).toHaveLength(1);
    expect(faults().join()).not.toContain('Karel');
    fault = null;
    usb = [
      {
        ...{ vendorId: '04c5', productId: '132e', serialNumber: 'A1' },
        ...{ product: 'fi-7160', manufacturer: null, socket: '1-1' },
      },
    ];
    clerk.events.length = 0;
    wake();
    await toldOfChange();
    usb = [];
    desk.problems.length = 0;
  });

  it('says on the page that nothing tells what is plugged into USB', async () => {
    const failed = async () => (await clerk.must('devices.look', {})).failed.map(({ code }) => code);
    expect(await failed()).not.toContain('usb.not-watched');
    clerk.events.length = 0;
    usbTrouble = { code: 'usb.not-watched' };
    wake();
    await toldOfChange();
    expect(await failed()).toContain('usb.not-watched');
    usbTrouble = null;
  });
});

const hasState = (data: unknown, state: string): boolean =>
  typeof data === 'object' && data !== null && 'state' in data && data.state === state;

describe('a test of a device', { timeout: 60_000 }, () => {
  it('scans, prints and signs; it is no act and leaves nothing behind', async () => {
    await save({ signing: { kind: 'file', path: join(folder, '{clerk}.p12') } });
    const before = acts();
    const { jpeg } = await clerk.must('devices.test-scan', { purpose: 'usual' });
    expect([...jpeg.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);

    await clerk.must('devices.test-page', { purpose: 'usual' });
    await until('the end of the print', () =>
      clerk.events.some(({ name, data }) => name === 'print-changed' && hasState(data, 'completed')),
    );
    const [printed] = await devices.controls.printer.printed();
    const text = await withPdf(printed ?? new Uint8Array(), (file) => pageTexts(file));
    expect(text.join(' ')).toContain('Příliš žluťoučký kůň úpěl ďábelské ódy');

    expect(await clerk.must('devices.test-signing', { pin: certificatePassword })).toMatchObject({
      issuer: expect.any(String),
    });
    expect(await clerk.call('devices.test-signing', { pin: 'wrong' })).toMatchObject({
      error: { code: 'token.wrong-pin' },
    });
    expect(await clerk.call('devices.test-page', { purpose: 'slips' })).toMatchObject({
      error: { code: 'printer.not-set' },
    });
    expect(acts()).toBe(before);
  });
});

describe('how papers of one use are printed', { timeout: 60_000 }, () => {
  const wish = { tray: null, paper: null, sides: 'one-sided', colour: null } as const;
  const ended = () =>
    until('the end of the print', () =>
      clerk.events.find(
        ({ name, data }) =>
          name === 'print-changed' && (hasState(data, 'completed') || hasState(data, 'failed')),
      ),
    );
  const withOther = async (other: Partial<PrintWish>): Promise<unknown> => {
    const { printing } = await clerk.must('settings.get', {});
    await save({ printing: { ...printing, other: { ...wish, ...other } } });
    clerk.events.length = 0;
    await clerk.must('devices.test-page', { purpose: 'usual' });
    return (await ended()).data;
  };

  it('is what the printer is asked for; what it has not is said before and refused', async () => {
    await withOther({ tray: 'photo', colour: 'monochrome' });
    expect(await devices.controls.printer.asked()).toMatch(/media-source=photo/);
    expect(await of('printer')).toMatchObject({
      printer: {
        lacks: [{ use: 'other', trouble: { code: 'printer.not-loaded', params: { tray: 'photo' } } }],
      },
    });
    const before = (await devices.controls.printer.printed()).length;
    expect(await withOther({ tray: 'tray-7' })).toMatchObject({
      state: 'failed',
      trouble: { code: 'printer.tray-unsupported', params: { tray: 'tray-7' } },
    });
    expect(await devices.controls.printer.printed()).toHaveLength(before);
    expect(await of('printer')).toMatchObject({
      printer: { refuses: [{ use: 'other', trouble: { code: 'printer.tray-unsupported' } }] },
    });
    await withOther({});
  });
});

describe('the report', { timeout: 60_000 }, () => {
  it('says what is asked on the telephone, and nothing of any person', async () => {
    const visit = await clerk.must('visits.open', {});
    await verify(clerk, visit.id);
    announced = [
      announcedPrinter(),
      announcedPrinter({
        uuid: null,
        makeAndModel: null,
        instance: 'Skříň Boženy Němcové',
        uri: 'ipp://nemcova.local:631/',
      }),
    ];
    await save({
      reader: {
        path: '/home/karel.macha/ctecka',
        vendorId: null,
        productId: null,
        serialNumber: null,
        baudRate: 9600,
      },
    });
    await clerk.call('visits.get', { visitId: '01900000-0000-7000-8000-000000000000' });
    const report = await clerk.must('devices.report', {});
    expect(report).toMatchObject({
      desk: { environment: 'training', version: 'test' },
      line: { state: 'up', host: new URL(portal.url()).host },
      clock: { state: 'trusted', offSeconds: 0 },
      certificates: [],
      cards: [],
      // The rig has none, and a report that kept quiet about it would say that all was looked at.
      failed: ['chip.no-reader'],
    });
    expect(report.errors[0]?.code).toBe('visit.not-found');
    expect(report.devices.map(({ kind, state }) => [kind, state])).toContainEqual(['printer', 'ready']);
    const said = JSON.stringify(report).toLowerCase();
    const { person: applicant } = person('person-01');
    for (const planted of [
      ...['novakova', 'nováková', 'hajickova', 'mách', 'macha', 'němcov', 'nemcova', '.p12', visit.id],
      ...[applicant.name.surname, applicant.birthNumber ?? '', applicant.address?.street ?? ''],
    ])
      if (planted !== '') expect(said, planted).not.toContain(planted.toLowerCase());
    for (const value of leaves(report)) expect(value.length, value).toBeLessThanOrEqual(60);
    announced = [announcedPrinter()];
  });
});

const leaves = (value: unknown): string[] =>
  typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [String(value)];

describe('trouble in the middle', { timeout: 120_000 }, () => {
  /** Takes the line for itself, as another program does. */
  const claim = async (path: string): Promise<ChildProcess> => {
    const holder = spawn('python3', [
      '-c',
      `import fcntl,os,sys,time,termios\nf=os.open(${JSON.stringify(path)},os.O_RDWR|os.O_NOCTTY)\nfcntl.flock(f,fcntl.LOCK_EX)\nfcntl.ioctl(f,termios.TIOCEXCL)\nprint("held",flush=True)\nsys.stdin.read()`,
    ]);
    await new Promise((resolve) => holder.stdout?.once('data', resolve));
    return holder;
  };
  const readerIs = (state: DeviceView['state'], code: string | null) =>
    until(`the reader is ${state}`, async () => {
      const now = await of('reader');
      return now?.state === state && (now.trouble?.code ?? null) === code;
    });

  it('is told of each device, and the desk works on', async () => {
    const { reader, scanner, printer } = devices.controls;
    await save({
      reader: {
        path: devices.settings.reader.path,
        vendorId: null,
        productId: null,
        serialNumber: null,
        baudRate: 9600,
      },
    });
    await readerIs('ready', null);
    reader.send(Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x9d, 0x41, 0x0d]));
    await readerIs('nonsense', 'reader.nonsense');
    reader.sendLines(person('person-01').document.mrz);
    await readerIs('ready', null);
    await reader.unplug();
    await readerIs('absent', 'reader.not-found');
    await reader.plugIn();
    await readerIs('ready', null);

    await save({ reader: null });
    const holder = await claim(devices.settings.reader.path);
    await save({
      reader: {
        path: devices.settings.reader.path,
        vendorId: null,
        productId: null,
        serialNumber: null,
        baudRate: 9600,
      },
    });
    await readerIs('claimed', 'reader.busy');
    holder.stdin?.end();
    await readerIs('ready', null);

    await scanner.unplug();
    expect(await of('scanner')).toMatchObject({ state: 'absent', trouble: { code: 'scanner.not-found' } });
    expect(await clerk.call('devices.test-scan', { purpose: 'usual' })).toMatchObject({
      error: { code: 'scanner.not-found' },
    });
    await scanner.plugIn();
    await scanner.fail('DEVICE_BUSY');
    expect(await clerk.call('devices.test-scan', { purpose: 'usual' })).toMatchObject({
      error: { code: 'scanner.busy' },
    });
    await scanner.fail(undefined);

    printer.freeze(true);
    expect(await of('printer')).toMatchObject({ state: 'silent', trouble: { code: 'printer.time-out' } });
    printer.freeze(false);
    await printer.unplug();
    expect(await of('printer')).toMatchObject({ state: 'off', trouble: { code: 'printer.not-reachable' } });
    const colleague = await desk.signedIn('cizek');
    expect((await colleague.must('visits.open', {})).state).toBe('open');
    await printer.plugIn();
    expect(await of('printer')).toMatchObject({ state: 'ready' });
  });
});
