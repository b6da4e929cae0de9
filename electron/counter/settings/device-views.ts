import type { DeskSettings, DeviceView } from '../../contract/settings.ts';
import type { FoundDevices } from '../../devices/discovery.ts';
import type { ScannerAbilities, ScannerFailure } from '../../devices/scanner/port.ts';
import type { Result } from '../../values/result.ts';
import type { ReaderState } from '../identity/reader-watch.ts';

const blank = { vendorId: null, productId: null, serialNumber: null };

/**
 * What was found and what the settings name, as the settings screen lists it. `atAddress`: the answer of the scanner the settings name
 * by its address, which no list of the system holds.
 */
export function deviceViews(
  found: FoundDevices,
  settings: DeskSettings,
  reader: ReaderState,
  atAddress: Result<ScannerAbilities, ScannerFailure> | null,
): DeviceView[] {
  const views: DeviceView[] = [];
  const ports = found.readerPorts.ok ? found.readerPorts.value : [];
  for (const port of ports) {
    const selected = settings.reader?.path === port.path;
    views.push({
      kind: 'reader',
      address: port.path,
      name: port.manufacturer ?? port.path,
      vendorId: port.identity?.vendorId ?? null,
      productId: port.identity?.productId ?? null,
      serialNumber: port.identity?.serialNumber ?? null,
      selected,
      state: selected ? (reader.connected ? 'ready' : reader.trouble ? 'trouble' : 'absent') : 'unknown',
      trouble: selected ? reader.trouble : null,
    });
  }
  if (settings.reader && !ports.some(({ path }) => path === settings.reader?.path))
    views.push({
      ...blank,
      kind: 'reader',
      address: settings.reader.path,
      name: settings.reader.path,
      selected: true,
      state: reader.connected ? 'ready' : 'absent',
      trouble: reader.trouble,
    });

  const scanners = found.scanners.ok ? found.scanners.value : [];
  for (const scanner of scanners)
    views.push({
      ...blank,
      kind: 'scanner',
      address: scanner.device,
      name: [scanner.vendor, scanner.model].filter(Boolean).join(' ') || scanner.device,
      selected: settings.scanner?.device === scanner.device,
      state: 'ready',
      trouble: null,
    });
  if (settings.scanner && !scanners.some(({ device }) => device === settings.scanner?.device))
    views.push({
      ...blank,
      kind: 'scanner',
      address: settings.scanner.device,
      name: settings.scanner.device,
      selected: true,
      state: atAddress?.ok ? 'ready' : 'absent',
      trouble: atAddress
        ? atAddress.ok
          ? null
          : atAddress.error
        : found.scanners.ok
          ? { code: 'scanner.not-found' }
          : found.scanners.error,
    });

  for (const { printer, status } of found.printers) {
    const blocking = status.ok ? status.value.conditions.find((condition) => condition.blocking) : undefined;
    views.push({
      ...blank,
      kind: 'printer',
      address: printer.uri,
      name: (status.ok ? status.value.makeAndModel : undefined) ?? printer.uri,
      selected: true,
      state: status.ok ? (blocking ? 'trouble' : 'ready') : 'absent',
      trouble: status.ok ? (blocking ? { code: blocking.code } : null) : status.error,
    });
  }
  return views;
}
