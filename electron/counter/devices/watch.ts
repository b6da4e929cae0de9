import { z } from 'zod';
import type { DeskSettings, DeviceView } from '../../contract/settings.ts';
import { discoverDevices, type FoundDevices } from '../../devices/discovery.ts';
import { type KnownDevice, readKnownDevices } from '../../devices/known/known-devices.ts';
import type { NetworkBrowser } from '../../devices/network/browse.ts';
import { isNetworkAddress } from '../../devices/scanner/by-address.ts';
import { wait } from '../../devices/timers.ts';
import type { UsbList } from '../../devices/usb/sysfs.ts';
import type { UsbWatch } from '../../devices/usb/usb-watch.ts';
import * as deskValues from '../../store/desk-values.ts';
import type { Reader, Tx } from '../../store/open.ts';
import { ok } from '../../values/result.ts';
import type { Desk } from '../desk.ts';
import type { ReaderWatch } from '../identity/reader-watch.ts';
import { aside, stackOf } from '../log.ts';
import { deviceViews } from '../settings/device-views.ts';
import { saveSettings, settingsOf } from '../settings/values.ts';
import { addressOf } from './chosen.ts';
import { remembered } from './remembered.ts';

/** How the desk looks for devices besides its drivers. */
export type DeviceSources = {
  network: NetworkBrowser;
  usb: UsbList & Partial<Pick<UsbWatch, 'start' | 'stop' | 'trouble'>>;
};

const ASIDE = 'devices-put-aside';
const MOST_ASIDE = 500;

export const putAside = (tx: Reader): readonly string[] =>
  z.array(z.string()).parse(deskValues.get(tx, ASIDE) ?? []);

export const addAside = (tx: Tx, key: string): void =>
  deskValues.set(tx, ASIDE, [key, ...putAside(tx).filter((one) => one !== key)].slice(0, MOST_ASIDE));

/** The kernel's list costs nothing; the network is asked seldom, because every machine on it hears the question. */
const USB_EVERY_MS = 3_000;
const NETWORK_EVERY_TURNS = 60;

const nothing: DeviceSources = {
  network: { browse: async () => ok([]) },
  usb: { list: async () => ok([]) },
};

/** What devices there are, as it was seen last; tells the windows when something came or went. */
export function createDeviceWatch(
  desk: Desk,
  readers: Readonly<Record<'usual' | 'codes', ReaderWatch>>,
  sources: DeviceSources = nothing,
) {
  const { store } = desk;
  const stopping = new AbortController();
  let known: Promise<readonly KnownDevice[]> | undefined;
  let last: FoundDevices | null = null;
  const looking = new Map<string, Promise<FoundDevices>>();
  let watching: Promise<void> = Promise.resolve();

  const announcedBefore: NetworkBrowser = {
    browse: async () => (last?.announced.ok ? ok(last.announced.value) : ok([])),
  };

  /** Asks all devices; `around`: the network too, which takes seconds. Who asks while it is being asked gets the same answer. */
  function look(around: boolean): Promise<FoundDevices> {
    const { printer, others } = store.read(settingsOf);
    const question = JSON.stringify([around, printer, others.slips]);
    const running = looking.get(question);
    if (running) return running;
    const asked = ask(around).finally(() => looking.delete(question));
    looking.set(question, asked);
    return asked;
  }

  async function ask(around: boolean): Promise<FoundDevices> {
    const settings = store.read(settingsOf);
    const printers = [settings.printer, settings.others.slips].filter((printer) => printer !== null);
    const scanners = [settings.scanner, settings.others.conversions].flatMap(
      (scanner) => scanner?.device ?? [],
    );
    const found = await discoverDevices(
      {
        reader: desk.reader,
        scanner: desk.scanner,
        printer: desk.printer,
        usb: sources.usb,
        network: around ? sources.network : announcedBefore,
      },
      { printers: printers.map(addressOf), networkScanners: [...new Set(scanners.filter(isNetworkAddress))] },
      { signal: stopping.signal },
    );
    if (stopping.signal.aborted) return found;
    const before = await keys(last);
    last = found;
    learn(found);
    if ((await keys(found)) !== before) desk.emit('devices-changed', {});
    return found;
  }

  /** Devices that were set up by their place alone are remembered by who they are from now on. */
  function learn(found: FoundDevices): void {
    store.write((tx) => {
      const settings = settingsOf(tx);
      const known = remembered(settings, found);
      if (JSON.stringify(known) === JSON.stringify(settings)) return;
      saveSettings(tx, known, { at: desk.clock.now().toISOString(), clerkId: 'desk' });
    });
  }

  async function views(found: FoundDevices): Promise<DeviceView[]> {
    known ??= readKnownDevices(desk.resources);
    return deviceViews({
      found,
      ...store.read((tx) => ({ settings: settingsOf(tx), aside: putAside(tx) })),
      readers: { usual: readers.usual.state(), codes: readers.codes.state() },
      known: await known,
    });
  }

  const keys = async (found: FoundDevices | null): Promise<string> =>
    found === null
      ? ''
      : JSON.stringify((await views(found)).map(({ key, state }) => [key, state === 'absent']));

  const usbTrouble = () => sources.usb.trouble?.() ?? null;

  async function watch(): Promise<void> {
    let usbBefore = '';
    let troubleBefore: string | undefined;
    let wake = (): void => {};
    /** Where faults were thrown that the log holds already: the same one comes every few seconds. */
    const faults = new Set<string>();
    sources.usb.start?.(() => wake());
    for (let turn = 0; !stopping.signal.aborted; turn += 1) {
      try {
        const trouble = usbTrouble()?.code;
        if (trouble !== undefined && trouble !== troubleBefore)
          desk.log.warn({ code: trouble }, 'nothing tells what is plugged into USB');
        if (trouble !== troubleBefore) desk.emit('devices-changed', {});
        troubleBefore = trouble;
        const usb = JSON.stringify(await sources.usb.list());
        const aroundNow = turn % NETWORK_EVERY_TURNS === 0;
        if (usb !== usbBefore || aroundNow) await look(aroundNow);
        usbBefore = usb;
      } catch (thrown) {
        const stack = stackOf(thrown);
        if (!faults.has(stack)) desk.log.error({ call: 'devices', stack }, 'a look for devices failed');
        faults.add(stack);
      }
      const turnEnd = new AbortController();
      wake = () => turnEnd.abort();
      await wait(desk.timers, USB_EVERY_MS, AbortSignal.any([stopping.signal, turnEnd.signal]));
    }
  }

  return {
    start: () => {
      if (sources === nothing) return;
      watching = watch();
      aside(desk.log, 'devices', watching);
    },
    stop: async () => {
      stopping.abort();
      sources.usb.stop?.();
      await watching.catch(() => undefined);
    },
    /** All devices with their state now, and what gave no list of them. */
    devices: async (around: boolean) => {
      const found = await look(around);
      const sources = [found.readerPorts, found.scanners, found.announced, found.usb];
      const watched = usbTrouble();
      const failed = [
        ...sources.flatMap((source) => (source.ok ? [] : [source.error])),
        ...(watched === null ? [] : [watched]),
      ];
      return { found, devices: await views(found), failed };
    },
    /** The settings with what is known of the devices they name. */
    known: (settings: DeskSettings): DeskSettings => (last === null ? settings : remembered(settings, last)),
    /** As they were seen last; null before the first look has ended. */
    seen: async () => (last === null ? null : { found: last, devices: await views(last) }),
  };
}
export type DeviceWatch = ReturnType<typeof createDeviceWatch>;
