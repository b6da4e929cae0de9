import type { DeskSettings } from '../../contract/settings.ts';
import type { FoundDevices } from '../../devices/discovery.ts';

/**
 * The settings with what was found out about the devices they name: who is behind a port, a name or an address. What they know already
 * stays, and a device that was not found keeps what is known of it.
 */
export function remembered(settings: DeskSettings, found: FoundDevices): DeskSettings {
  const ports = found.readerPorts.ok ? found.readerPorts.value : [];
  const scanners = found.scanners.ok ? found.scanners.value : [];
  const announced = found.announced.ok ? found.announced.value : [];

  const reader = (of: DeskSettings['reader']): DeskSettings['reader'] => {
    const identity = ports.find(({ path }) => path === of?.path)?.identity;
    if (of === null || of.vendorId !== null || identity === undefined) return of;
    const { vendorId, productId, serialNumber } = identity;
    return { ...of, vendorId, productId, serialNumber: serialNumber ?? null };
  };
  const scanner = (of: DeskSettings['scanner']): DeskSettings['scanner'] => {
    const there = scanners.find(({ device }) => device === of?.device);
    if (of === null || of.model !== null || there === undefined) return of;
    return { ...of, vendor: there.vendor, model: there.model };
  };
  const printer = (of: DeskSettings['printer']): DeskSettings['printer'] => {
    const there = announced.find(({ kind, uri }) => kind === 'printer' && uri === of?.uri);
    if (of === null || of.uuid !== null || !there?.uuid) return of;
    return { ...of, uuid: there.uuid };
  };
  return {
    ...settings,
    reader: reader(settings.reader),
    scanner: scanner(settings.scanner),
    printer: printer(settings.printer),
    others: {
      slips: printer(settings.others.slips),
      conversions: scanner(settings.others.conversions),
      codes: reader(settings.others.codes),
    },
  };
}
