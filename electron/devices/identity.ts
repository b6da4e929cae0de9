/** A device as it was found or as settings remember it; what it does not tell is null. */
export type Identifiable =
  | {
      kind: 'reader';
      vendorId: string | null;
      productId: string | null;
      serialNumber: string | null;
      /** The system's name for the port, such as /dev/ttyUSB0. */
      path: string;
    }
  | { kind: 'scanner'; device: string; vendor: string | null; model: string | null }
  | { kind: 'printer'; uri: string; uuid: string | null };

/**
 * Who a device is, and what that rests on: `itself` (a number of its own: the same wherever it is plugged in), its `make` (two pieces
 * cannot be told apart) or its `place` (another device there would be taken for it).
 */
export type DeviceIdentity = { key: string; by: 'itself' | 'make' | 'place' };

const plain = (text: string): string => text.trim().toLowerCase();
const hex = (id: string): string => plain(id).replace(/^0x/, '').padStart(4, '0');

/** Makers leave these where a serial number should be: every piece says the same. */
const isNoSerial = (serial: string): boolean =>
  /^(0+|f+|x+|none|n\/a|1234567890?|0123456789(abcdef)?)?$/.test(plain(serial));

/** SANE names begin with the driver; what follows often is where the device hangs. */
const driverOf = (device: string): string => device.split(':')[0] ?? device;

export const identityOf = (device: Identifiable): DeviceIdentity => {
  switch (device.kind) {
    case 'reader': {
      const { vendorId, productId, serialNumber, path } = device;
      if (vendorId === null || productId === null) return { key: `reader:port:${path}`, by: 'place' };
      const make = `reader:usb:${hex(vendorId)}:${hex(productId)}`;
      return serialNumber === null || isNoSerial(serialNumber)
        ? { key: make, by: 'make' }
        : { key: `${make}:${serialNumber.trim()}`, by: 'itself' };
    }
    case 'scanner':
      return device.vendor === null || device.model === null
        ? { key: `scanner:name:${device.device}`, by: 'place' }
        : {
            key: `scanner:${driverOf(device.device)}:${plain(device.vendor)}:${plain(device.model)}`,
            by: 'make',
          };
    case 'printer':
      return device.uuid === null
        ? { key: `printer:address:${device.uri}`, by: 'place' }
        : { key: `printer:uuid:${plain(device.uuid).replace(/^urn:uuid:/, '')}`, by: 'itself' };
  }
};

export type Presence<T> =
  | { at: 'its-place'; device: T }
  /** The one device of this identity answers elsewhere now. */
  | { at: 'another-place'; device: T }
  | { at: 'no-place' }
  /** Several cannot be told apart: a person has to choose. */
  | { at: 'several-places'; devices: readonly T[] };

const placeOf = (device: Identifiable): string =>
  device.kind === 'reader' ? device.path : device.kind === 'scanner' ? device.device : device.uri;

/**
 * Where a remembered device is now. Its old place counts only if the device there is the same one: the system gives places out
 * anew.
 */
export const presenceOf = <T extends Identifiable>(
  remembered: Identifiable,
  found: readonly T[],
): Presence<T> => {
  const { key } = identityOf(remembered);
  const same = found.filter((device) => identityOf(device).key === key);
  const there = same.find((device) => placeOf(device) === placeOf(remembered));
  if (there) return { at: 'its-place', device: there };
  const [only] = same;
  if (only === undefined) return { at: 'no-place' };
  return same.length === 1 ? { at: 'another-place', device: only } : { at: 'several-places', devices: same };
};
