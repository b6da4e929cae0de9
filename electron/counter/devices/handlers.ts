import { verify, X509Certificate } from 'node:crypto';
import type { DeskSettings, DevicePurpose, DeviceView, ReaderOfDesk } from '../../contract/settings.ts';
import { readReaderProtocols } from '../../devices/id-reader/protocols.ts';
import { identityOf } from '../../devices/identity.ts';
import { certificateOf } from '../../devices/printer/own-certificate.ts';
import type { Tx } from '../../store/open.ts';
import { displayName } from '../../values/person-name.ts';
import { err, ok } from '../../values/result.ts';
import { record } from '../acts.ts';
import { offices } from '../catalogue/catalogue.ts';
import type { Desk } from '../desk.ts';
import { refuse } from '../failure.ts';
import { command, type Handler, preparedCommand, query } from '../handlers.ts';
import type { PageReader } from '../images/scan-page.ts';
import { aside } from '../log.ts';
import type { PrintRunner } from '../outputs/print-runner.ts';
import { orderOutput } from '../outputs/table.ts';
import { forgetScannerPin } from '../settings/scanner-pins.ts';
import { enrolled, saveSettings, settingsOf } from '../settings/values.ts';
import { ownAmong } from '../signed-files/certificate.ts';
import { writeText } from '../text-file.ts';
import { scannerFor, scannerOf } from './chosen.ts';
import { type ReaderLearnings, USUAL_LINE } from './reader-learning.ts';
import { deviceReport } from './report.ts';
import type { Troubles } from './troubles.ts';
import { addAside, type DeviceWatch } from './watch.ts';

/** What a test signs. It says what it is, so that the signature can never pass for one under something else. */
const TEST_TEXT = 'VIRTUOS Counter: test of a signing key, not a signature of any document';

const TEST_PX = 1_000;

/** What each purpose can be served by. */
const kindsFor: Readonly<Record<DevicePurpose, readonly DeviceView['kind'][]>> = {
  usual: ['reader', 'scanner', 'printer'],
  slips: ['printer'],
  conversions: ['scanner'],
  codes: ['reader'],
};

/** The settings of a found reader. What was learnt of it stays with it. */
function readerFor({ reader, others }: DeskSettings, device: DeviceView): ReaderOfDesk {
  const { address: path, vendorId, productId, serialNumber } = device;
  const before = [reader, others.codes].find(
    (one) => one !== null && identityOf({ kind: 'reader', ...one }).key === device.key,
  );
  const line = before ?? { ...USUAL_LINE, hearing: null };
  const { baudRate, dataBits, parity, stopBits, hearing } = line;
  return { path, vendorId, productId, serialNumber, baudRate, dataBits, parity, stopBits, hearing };
}

/** What changes when a reader gets a purpose: it cannot have two, because its line can be open once. */
function withReader(
  { reader, others }: DeskSettings,
  purpose: 'usual' | 'codes',
  chosen: ReaderOfDesk,
): Partial<DeskSettings> {
  const { key } = identityOf({ kind: 'reader', ...chosen });
  const other = (of: ReaderOfDesk | null): ReaderOfDesk | null =>
    of !== null && identityOf({ kind: 'reader', ...of }).key === key && of.path === chosen.path ? null : of;
  if (purpose === 'codes') {
    const kept = other(reader);
    return { ...(kept !== reader && { reader: kept }), others: { ...others, codes: chosen } };
  }
  const kept = other(others.codes);
  return { reader: chosen, ...(kept !== others.codes && { others: { ...others, codes: kept } }) };
}

/** The page of devices: looking around, setting up, trying out, the report. Tests keep nothing and are no acts. */
export function deviceHandlers(
  desk: Desk,
  deps: {
    watch: DeviceWatch;
    learning: ReaderLearnings;
    prints: PrintRunner;
    pages: PageReader;
    troubles: Troubles;
    onChange(): void;
  },
): Handler[] {
  const { store, log } = desk;
  const { watch } = deps;
  const tested = (call: string, code: string): void => log.info({ call, code }, 'device tested');

  const save = (tx: Tx, settings: DeskSettings, by: { now: Date; clerkId: string }): DeskSettings => {
    saveSettings(tx, settings, { at: by.now.toISOString(), clerkId: by.clerkId });
    return settings;
  };

  return [
    query('devices.look', async () => {
      const { devices, failed } = await watch.devices(true);
      return ok({ devices, failed });
    }),

    query('devices.card-readers', () => desk.chips.list()),

    query('devices.news', async () => {
      const seen = await watch.seen();
      return ok(seen?.devices.filter(({ isNew }) => isNew) ?? []);
    }),

    preparedCommand(
      'devices.set-up',
      async (_asked, { key, address, purpose }) => {
        const seen = (await watch.seen()) ?? (await watch.devices(false));
        const device = seen.devices.find(
          (one) => one.key === key && (one.address === address || one.movedTo === address),
        );
        if (!device) return refuse('device.not-there');
        if (!kindsFor[purpose].includes(device.kind)) return refuse('device.not-for-this');
        return ok({
          device,
          scanner: seen.found.scanners.ok
            ? seen.found.scanners.value.find((one) => one.device === address)
            : undefined,
          uuid: /^printer:uuid:(.+)$/.exec(key)?.[1] ?? null,
          certificateSha256: device.kind === 'printer' ? await certificateOf(address, desk) : null,
        });
      },
      (commanded, { address, purpose }, { device, scanner, uuid, certificateSha256 }) => {
        const { tx, session, now, after } = commanded;
        const before = settingsOf(tx);
        const printer = { uri: address, uuid, certificateSha256 };
        const scanning = { device: address, vendor: scanner?.vendor ?? null, model: scanner?.model ?? null };
        if (device.kind === 'scanner') forgetScannerPin(tx, address);
        const changed: Partial<DeskSettings> =
          purpose === 'slips'
            ? { others: { ...before.others, slips: printer } }
            : purpose === 'conversions'
              ? { others: { ...before.others, conversions: scanning } }
              : purpose === 'codes' || device.kind === 'reader'
                ? withReader(before, purpose === 'codes' ? purpose : 'usual', readerFor(before, device))
                : device.kind === 'scanner'
                  ? { scanner: scanning }
                  : { printer };
        record(desk, commanded, { kind: 'settings-changed', payload: { changed: Object.keys(changed) } });
        after(deps.onChange);
        return ok(save(tx, { ...before, ...changed }, { now, clerkId: session.clerkId }));
      },
    ),

    query('devices.reader-protocols', async () => {
      const protocols = await readReaderProtocols(desk.resources);
      return ok(protocols.map(({ id, name, note, proved }) => ({ id, name, note, proved })));
    }),

    query('devices.learn-reader', async ({ windowKey }, { key, address, ...asked }) => {
      const seen = (await watch.seen()) ?? (await watch.devices(false));
      const device = seen.devices.find((one) => one.key === key && one.address === address);
      if (!device) return refuse('device.not-there');
      return device.kind === 'reader'
        ? deps.learning.start(windowKey, device, asked)
        : refuse('device.not-for-this');
    }),

    query('devices.reader-learning', () => ok(deps.learning.view())),

    command('devices.keep-reader', (commanded) => {
      const { tx, session, now, after } = commanded;
      const learnt = deps.learning.learnt();
      if (learnt === null) return refuse('reader.nothing-learnt');
      const before = settingsOf(tx);
      const changed = withReader(before, learnt.purpose, learnt.reader);
      record(desk, commanded, { kind: 'settings-changed', payload: { changed: Object.keys(changed) } });
      after(() => {
        aside(log, 'reader learning', deps.learning.end());
        deps.onChange();
      });
      return ok(save(tx, { ...before, ...changed }, { now, clerkId: session.clerkId }));
    }),

    query('devices.end-learning', async () => {
      await deps.learning.end();
      return ok({});
    }),

    command('devices.give-up', (commanded, { purpose }) => {
      const { tx, session, now, after } = commanded;
      const before = settingsOf(tx);
      record(desk, commanded, { kind: 'settings-changed', payload: { changed: ['others'] } });
      after(deps.onChange);
      const others = { ...before.others, [purpose]: null };
      return ok(save(tx, { ...before, others }, { now, clerkId: session.clerkId }));
    }),

    command('devices.put-aside', ({ tx, after }, { key }) => {
      addAside(tx, key);
      after(() => desk.emit('devices-changed', {}));
      return ok({});
    }),

    command('devices.test-page', ({ tx, session, now, after }, { purpose }) => {
      const settings = settingsOf(tx);
      const printer = purpose === 'slips' ? settings.others.slips : settings.printer;
      if (printer === null) return refuse('printer.not-set');
      const own = enrolled(tx);
      const documentId = desk.newId();
      orderOutput(
        tx,
        {
          documentId,
          visitId: null,
          serviceId: null,
          kind: 'test-page',
          template: 'printer-test-page',
          data: {
            office: { name: (own && offices.find(tx, own.officeId)?.name.cs) ?? '' },
            deskId: own?.deskName ?? '',
            printer: { name: printer.uri },
            purpose,
            printedAt: now.toISOString(),
            clerk: { name: displayName(session.name) },
          },
          madeAt: now.toISOString(),
        },
        desk.newId(),
      );
      tested('devices.test-page', 'ordered');
      after(() => deps.prints.kick());
      return ok({ documentId });
    }),

    command('devices.print-separator', ({ tx, now, after }) => {
      if (settingsOf(tx).printer === null) return refuse('printer.not-set');
      const own = enrolled(tx);
      const data = {
        office: { name: (own && offices.find(tx, own.officeId)?.name.cs) ?? '' },
        deskId: own?.deskName ?? '',
      };
      const documentId = desk.newId();
      orderOutput(
        tx,
        {
          ...{ documentId, visitId: null, serviceId: null, data, madeAt: now.toISOString() },
          ...{ kind: 'separator-sheet', template: 'separator-sheet' },
        },
        desk.newId(),
      );
      after(() => deps.prints.kick());
      return ok({ documentId });
    }),

    query('devices.cancel-reading', ({ session }) => {
      deps.pages.cancel(session.clerkId);
      return ok({});
    }),

    query('devices.test-scan', async ({ session }, { purpose }) => {
      const own = scannerFor(store.read(settingsOf), purpose);
      if (own === null) return refuse('scanner.not-set');
      const scanner = scannerOf(own);
      const seen = await deps.pages.read(
        session.clerkId,
        (image) => desk.documents.thumbnail({ image, rotation: 0, maxPx: TEST_PX }),
        async (signal) => {
          const abilities = await desk.scanner.capabilities(scanner, { signal });
          if (!abilities.ok) return abilities;
          const { sources, modes, dpi } = abilities.value;
          const [source, mode, resolution] = [
            sources[0],
            modes.includes('grey') ? 'grey' : modes[0],
            dpi[0],
          ] as const;
          return source === undefined || mode === undefined || resolution === undefined
            ? refuse('scanner.not-offered', { what: 'scan' })
            : ok({ scanner, source, mode, dpi: resolution, pageSize: 'A4', maxPages: 1 });
        },
      );
      tested('devices.test-scan', seen.ok ? 'ok' : seen.error.code);
      return seen.ok ? ok({ jpeg: new Uint8Array(seen.value) }) : seen;
    }),

    query('devices.test-signing', async ({ session }, { pin }) => {
      const place = store.read(settingsOf).signing;
      if (place === null) return refuse('token.not-set');
      const token = desk.signingToken(place, session.username);
      const listed = await token.certificates({ pin });
      const own = listed.ok ? ownAmong(listed.value, session) : listed;
      if (!own.ok) {
        tested('devices.test-signing', own.error.code);
        return own;
      }
      const data = Buffer.from(TEST_TEXT);
      const signed = await token.sign({ certificate: own.value, pin, data });
      const { publicKey } = new X509Certificate(own.value.certificate);
      const holds = signed.ok && verify('sha256', data, publicKey, signed.value);
      tested('devices.test-signing', signed.ok ? (holds ? 'ok' : 'token.failed') : signed.error.code);
      if (!signed.ok) return signed;
      return holds
        ? ok({ issuer: own.value.issuer, validTo: own.value.validTo.toISOString() })
        : refuse('token.failed');
    }),

    query('devices.report', async () =>
      ok(await deviceReport(desk, { watch, troubles: deps.troubles.last })),
    ),

    query('devices.save-report', async (_asked, { text }) => {
      const path = await desk.places.save({ name: 'virtuos-devices', extension: 'txt' });
      if (path === null) return ok(false);
      const failure = await writeText(path, text);
      return failure ? err(failure) : ok(true);
    }),
  ];
}
