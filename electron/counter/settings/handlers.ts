import type { DeviceView } from '../../contract/settings.ts';
import { discoverDevices } from '../../devices/discovery.ts';
import { isNetworkAddress } from '../../devices/scanner/by-address.ts';
import { displayName } from '../../values/person-name.ts';
import { ok } from '../../values/result.ts';
import { record } from '../acts.ts';
import { offices } from '../catalogue/catalogue.ts';
import type { Desk } from '../desk.ts';
import { refuse } from '../failure.ts';
import { command, type Handler, query } from '../handlers.ts';
import type { ReaderWatch } from '../identity/reader-watch.ts';
import type { PrintRunner } from '../outputs/print-runner.ts';
import { orderOutput } from '../outputs/table.ts';
import { deviceViews } from './device-views.ts';
import { forgetScannerPin } from './scanner-pins.ts';
import { enrolled, saveEnrolment, saveLanguage, saveSettings, settingsOf } from './values.ts';

/** The desk's settings and its devices. */
export function settingsHandlers(
  desk: Desk,
  deps: { reader: ReaderWatch; prints: PrintRunner; onChange(): void },
): Handler[] {
  const { store } = desk;

  async function devices(): Promise<DeviceView[]> {
    const settings = store.read(settingsOf);
    const { scanner } = settings;
    const [found, atAddress] = await Promise.all([
      discoverDevices(
        { reader: desk.reader, scanner: desk.scanner, printer: desk.printer },
        settings.printer ? [{ uri: settings.printer.uri }] : [],
      ),
      scanner && isNetworkAddress(scanner.device) ? desk.scanner.capabilities(scanner) : null,
    ]);
    return deviceViews(found, settings, deps.reader.state(), atAddress);
  }

  return [
    query('settings.get', () => ok(store.read(settingsOf))),

    command('settings.save', (commanded, settings) => {
      const { tx, session, now, after } = commanded;
      const before = settingsOf(tx);
      saveSettings(tx, settings, { at: now.toISOString(), clerkId: session.clerkId });
      if (before.scanner?.device !== settings.scanner?.device) forgetScannerPin(tx);
      const own = enrolled(tx);
      if (own && own.portalUrl !== settings.portalUrl)
        saveEnrolment(tx, { ...own, portalUrl: settings.portalUrl });
      const changed = Object.keys(settings).filter(
        (key) => JSON.stringify(Reflect.get(settings, key)) !== JSON.stringify(Reflect.get(before, key)),
      );
      record(desk, commanded, { kind: 'settings-changed', payload: { changed } });
      after(deps.onChange);
      return ok(settings);
    }),

    command('settings.set-language', ({ tx, session, now, after }, { language }) => {
      saveLanguage(tx, language, { at: now.toISOString(), clerkId: session?.clerkId ?? 'nobody' });
      after(deps.onChange);
      return ok({});
    }),

    query('devices.list', async () => ok(await devices())),

    command('devices.test', (commanded, { kind }) => {
      const { tx, session, now, after } = commanded;
      const settings = settingsOf(tx);
      const address =
        kind === 'printer'
          ? settings.printer?.uri
          : kind === 'scanner'
            ? settings.scanner?.device
            : settings.reader?.path;
      if (!address)
        return refuse(
          kind === 'printer' ? 'printer.not-set' : kind === 'scanner' ? 'scanner.not-set' : 'reader.not-set',
        );
      record(desk, commanded, { kind: 'device-tested', payload: { device: kind } });
      if (kind === 'printer') {
        const own = enrolled(tx);
        orderOutput(
          tx,
          {
            documentId: desk.newId(),
            visitId: null,
            serviceId: null,
            kind: 'test-page',
            template: 'printer-test-page',
            data: {
              office: { name: (own && offices.find(tx, own.officeId)?.name.cs) ?? '' },
              deskId: own?.deskName ?? '',
              printer: { name: address },
              printedAt: now.toISOString(),
              clerk: { name: displayName(session.name) },
            },
            madeAt: now.toISOString(),
          },
          desk.newId(),
        );
        after(() => deps.prints.kick());
      } else {
        after(() => {
          void devices().then((list) => {
            for (const device of list.filter((one) => one.kind === kind && one.selected))
              desk.emit('device-changed', device);
          });
        });
      }
      return ok({
        kind,
        address,
        name: address,
        vendorId: null,
        productId: null,
        serialNumber: null,
        selected: true,
        state: 'busy',
        trouble: null,
      });
    }),
  ];
}
