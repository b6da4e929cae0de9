import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '../../values/result.ts';

/** A USB device as the kernel tells of it. `socket` is the way of sockets to it, such as `1-4.2`. */
export type UsbDevice = {
  vendorId: string;
  productId: string;
  serialNumber: string | null;
  product: string | null;
  manufacturer: string | null;
  socket: string;
};

export type UsbFailure = { code: 'usb.no-list' };

/** USB devices at this machine. */
export type UsbList = { list(options?: { signal?: AbortSignal }): Promise<Result<UsbDevice[], UsbFailure>> };

/**
 * USB devices from the kernel's own files (Linux): plain reading, with no driver and no device opened. Other systems have no such
 * folder, and neither has a machine without USB; both are a failure of their own.
 */
export const sysfsUsb = (folder = '/sys/bus/usb/devices'): UsbList => ({
  list: async () => {
    const names = await readdir(folder).catch(() => undefined);
    if (names === undefined) return err({ code: 'usb.no-list' });
    // `1-4.2` is a device; `usb1` a root hub, `1-4.2:1.0` an interface.
    const devices = names
      .filter((name) => /^\d+-[\d.]+$/.test(name))
      .map((socket) => deviceAt(folder, socket));
    return ok((await Promise.all(devices)).filter((device) => device !== undefined));
  },
});

const HUB = '09';

async function deviceAt(folder: string, socket: string): Promise<UsbDevice | undefined> {
  const read = (name: string): Promise<string | null> =>
    readFile(join(folder, socket, name), 'utf8').then(
      (text) => text.trim().slice(0, 200) || null,
      () => null,
    );
  const [vendorId, productId, kind, serialNumber, product, manufacturer] = await Promise.all(
    ['idVendor', 'idProduct', 'bDeviceClass', 'serial', 'product', 'manufacturer'].map(read),
  );
  // Pulled while it was read.
  if (!vendorId || !productId || kind === HUB) return undefined;
  return {
    vendorId,
    productId,
    serialNumber: serialNumber ?? null,
    product: product ?? null,
    manufacturer: manufacturer ?? null,
    socket,
  };
}
