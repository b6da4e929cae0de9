import type { DeskSettings, DevicePurpose, DeviceView, PrinterView } from '../../contract/settings.ts';
import type { ContractFailure } from '../../contract/shared.ts';
import type { FoundDevices } from '../../devices/discovery.ts';
import { type Identifiable, identityOf, presenceOf } from '../../devices/identity.ts';
import { type KnownDevice, knownAs } from '../../devices/known/known-devices.ts';
import { A4, isLoaded, lackOf, notOffered } from '../../devices/printer/paper.ts';
import type { PrinterStatus } from '../../devices/printer/port.ts';
import { usesOf, wishOf } from '../devices/chosen.ts';
import type { ReaderState } from '../identity/reader-watch.ts';

export type ViewParts = {
  found: FoundDevices;
  settings: DeskSettings;
  readers: Readonly<Record<'usual' | 'codes', ReaderState>>;
  known: readonly KnownDevice[];
  /** Keys of devices that were put aside. */
  aside: readonly string[];
};

type State = DeviceView['state'];

/** How a device is that answers with this failure. */
const stateOf = (code: string): State => {
  if (/\.busy$|\.access-denied$/.test(code)) return 'claimed';
  if (/\.nonsense$|\.too-long$|\.answer-malformed$/.test(code)) return 'nonsense';
  if (/\.time-out$/.test(code)) return 'silent';
  if (/\.not-reachable$|\.offline$/.test(code)) return 'off';
  if (/\.not-found$|\.unplugged$/.test(code)) return 'absent';
  return 'trouble';
};

/** What was found and what the settings name. A device of the settings stands there wherever it is plugged in, and also when it is gone. */
export function deviceViews(parts: ViewParts): DeviceView[] {
  const views = [...readers(parts), ...scanners(parts), ...printers(parts)];
  return views.map((view) => ({
    ...view,
    isNew:
      view.purposes.length === 0 &&
      view.state !== 'absent' &&
      // A bare serial port is part of the machine; whether anything hangs on it nobody knows.
      !(view.kind === 'reader' && view.vendorId === null) &&
      !parts.aside.includes(view.key),
  }));
}

type Draft = Omit<DeviceView, 'isNew'>;

const draft = (
  of: Identifiable,
  rest: Pick<Draft, 'name' | 'state' | 'trouble' | 'purposes'> & Partial<Draft>,
): Draft => {
  const { key, by } = identityOf(of);
  return {
    key,
    knownBy: by,
    kind: of.kind,
    address: of.kind === 'reader' ? of.path : of.kind === 'scanner' ? of.device : of.uri,
    vendorId: of.kind === 'reader' ? of.vendorId : null,
    productId: of.kind === 'reader' ? of.productId : null,
    serialNumber: of.kind === 'reader' ? of.serialNumber : null,
    selected: rest.purposes.length > 0,
    movedTo: null,
    known: null,
    printer: null,
    ...rest,
  };
};

const knownView = (entry: KnownDevice | undefined): DeviceView['known'] =>
  entry ? { name: entry.name, note: entry.note ?? null, proved: entry.proved } : null;

function readers({ found, settings, readers: states, known }: ViewParts): Draft[] {
  const ports = (found.readerPorts.ok ? found.readerPorts.value : []).map(
    ({ path, identity, manufacturer }) => ({
      kind: 'reader' as const,
      path,
      vendorId: identity?.vendorId ?? null,
      productId: identity?.productId ?? null,
      serialNumber: identity?.serialNumber ?? null,
      manufacturer,
    }),
  );
  const uses = (['usual', 'codes'] as const).flatMap((purpose) => {
    const own = purpose === 'usual' ? settings.reader : settings.others.codes;
    if (own === null) return [];
    const of = { kind: 'reader' as const, ...own };
    const presence = presenceOf(of, ports);
    const { connected, trouble } = states[purpose];
    const state: State = trouble ? stateOf(trouble.code) : connected ? 'ready' : 'absent';
    return [{ purpose, of, port: 'device' in presence ? presence.device : null, state, trouble }];
  });
  const views = ports.map((port) => {
    const entry =
      port.vendorId !== null && port.productId !== null
        ? knownAs(known, { vendorId: port.vendorId, productId: port.productId })
        : undefined;
    const use = uses.find((one) => one.port === port);
    return draft(port, {
      name: port.manufacturer ?? port.path,
      purposes: use ? [use.purpose] : [],
      state: use?.state ?? 'unknown',
      trouble: use?.trouble ?? null,
      known: knownView(entry),
    });
  });
  for (const { purpose, of, port, state, trouble } of uses)
    if (port === null) views.push(draft(of, { name: of.path, purposes: [purpose], state, trouble }));
  return views;
}

function scanners({ found, settings, known }: ViewParts): Draft[] {
  const listed = (found.scanners.ok ? found.scanners.value : []).map((scanner) => ({
    kind: 'scanner' as const,
    ...scanner,
  }));
  const uses: [DevicePurpose, DeskSettings['scanner']][] = [
    ['usual', settings.scanner],
    ['conversions', settings.others.conversions],
  ];
  const purposes = new Map<(typeof listed)[number], DevicePurpose[]>();
  const missing: Draft[] = [];
  for (const [purpose, own] of uses) {
    if (own === null) continue;
    const remembered = { kind: 'scanner' as const, ...own };
    // A name alone is all there is of a scanner that was set up before its make was known.
    const there =
      own.model === null
        ? listed.find(({ device }) => device === own.device)
        : presenceOf(remembered, listed);
    const device = there && 'at' in there ? ('device' in there ? there.device : undefined) : there;
    if (device) purposes.set(device, [...(purposes.get(device) ?? []), purpose]);
    else {
      const trouble = troubleOfMissing(found, own.device);
      missing.push(
        draft(remembered, {
          name: [own.vendor, own.model].filter(Boolean).join(' ') || own.device,
          purposes: [purpose],
          state: trouble ? stateOf(trouble.code) : 'ready',
          trouble,
        }),
      );
    }
  }
  const views = listed.map((scanner) =>
    draft(scanner, {
      name: [scanner.vendor, scanner.model].filter(Boolean).join(' ') || scanner.device,
      purposes: purposes.get(scanner) ?? [],
      state: 'ready',
      trouble: null,
    }),
  );
  return [...views, ...missing, ...announcedScanners(found, missing), ...withoutDriver(found, known, listed)];
}

/** What is wrong with a scanner no list of the system holds; null when it answers at an address of its own. */
function troubleOfMissing(found: FoundDevices, device: string): ContractFailure | null {
  const atAddress = found.networkScanners.find((one) => one.device === device);
  if (atAddress) return atAddress.abilities.ok ? null : atAddress.abilities.error;
  return found.scanners.ok ? { code: 'scanner.not-found' } : found.scanners.error;
}

/** Scanners on the network that announce themselves and are not set up yet. */
function announcedScanners({ announced }: FoundDevices, own: readonly Draft[]): Draft[] {
  return (announced.ok ? announced.value : [])
    .filter(({ kind, uri }) => kind === 'scanner' && !own.some(({ address }) => address === uri))
    .map(({ uri, instance, makeAndModel }) =>
      draft(
        { kind: 'scanner', device: uri, vendor: null, model: null },
        { name: makeAndModel ?? instance, purposes: [], state: 'unknown', trouble: null },
      ),
    );
}

/** Scanners the catalogue knows on USB, of which the system's scanning knows nothing: their driver is missing. */
function withoutDriver(
  found: FoundDevices,
  known: readonly KnownDevice[],
  listed: readonly { model: string }[],
): Draft[] {
  if (!found.scanners.ok || !found.usb.ok) return [];
  return found.usb.value.flatMap((usb) => {
    const entry = knownAs(known, usb);
    if (entry?.kind !== 'scanner') return [];
    const name = entry.name.en.toLowerCase();
    if (listed.some(({ model }) => model !== '' && name.includes(model.toLowerCase()))) return [];
    return [
      draft(
        { kind: 'scanner', device: `usb:${usb.vendorId}:${usb.productId}`, vendor: null, model: null },
        {
          name: usb.product ?? entry.name.cs,
          purposes: [],
          state: 'trouble',
          trouble: { code: 'scanner.no-driver' },
          known: knownView(entry),
        },
      ),
    ];
  });
}

/** A printer's own offers, and what the papers that go to it want and it has not. */
function printerView(
  { offers, loaded, endIsToldBy }: PrinterStatus,
  purpose: 'usual' | 'slips',
  settings: DeskSettings,
): PrinterView {
  const { trays, papers, sides, colours, copies } = offers;
  const wishes = usesOf(purpose, settings).map((use) => ({ use, wish: settings.printing[use] }));
  return {
    trays,
    papers,
    sides,
    colours,
    copies,
    loaded,
    endIsToldBy,
    lacks: wishes.flatMap(({ use, wish: { tray, paper } }) => {
      const needed = { size: A4, tray, paper };
      return isLoaded(loaded, needed) ? [] : [{ use, trouble: lackOf(needed) }];
    }),
    refuses: wishes.flatMap(({ use, wish }) => {
      const trouble = notOffered(offers, wishOf(wish));
      return trouble === null ? [] : [{ use, trouble }];
    }),
  };
}

function printers({ found, settings }: ViewParts): Draft[] {
  const announced = (found.announced.ok ? found.announced.value : []).filter(
    ({ kind }) => kind === 'printer',
  );
  const uses: ['usual' | 'slips', DeskSettings['printer']][] = [
    ['usual', settings.printer],
    ['slips', settings.others.slips],
  ];
  const own = new Map<string, Draft>();
  for (const [purpose, printer] of uses) {
    if (printer === null) continue;
    const other = own.get(printer.uri);
    const status = found.printers.find((one) => one.printer.uri === printer.uri)?.status;
    if (other) {
      other.purposes.push(purpose);
      if (status?.ok && other.printer) {
        const also = printerView(status.value, purpose, settings);
        other.printer.lacks.push(...also.lacks);
        other.printer.refuses.push(...also.refuses);
      }
      continue;
    }
    const blocking = status?.ok ? status.value.conditions.find((condition) => condition.blocking) : undefined;
    const trouble = blocking ? { code: blocking.code } : status && !status.ok ? status.error : null;
    const same = announced.find(({ uuid }) => uuid !== null && uuid === printer.uuid);
    const sleeps = status?.ok && status.value.conditions.some(({ code }) => code === 'printer.asleep');
    own.set(
      printer.uri,
      draft(
        { kind: 'printer', ...printer },
        {
          name: (status?.ok ? status.value.makeAndModel : same?.makeAndModel) ?? printer.uri,
          purposes: [purpose],
          state: trouble ? stateOf(trouble.code) : sleeps ? 'asleep' : status ? 'ready' : 'unknown',
          trouble,
          printer: status?.ok ? printerView(status.value, purpose, settings) : null,
          movedTo: status && !status.ok ? (same && same.uri !== printer.uri ? same.uri : null) : null,
        },
      ),
    );
  }
  const keys = new Set([...own.values()].map(({ key }) => key));
  const others = announced
    .map((one) =>
      draft(
        { kind: 'printer', uri: one.uri, uuid: one.uuid },
        {
          name: one.makeAndModel ?? one.instance,
          purposes: [],
          state: 'unknown',
          trouble: null,
        },
      ),
    )
    .filter(({ key, address }) => !keys.has(key) && !own.has(address));
  return [...own.values(), ...others];
}
