/**
 * Entry of the process that is told by the system what is plugged into USB: an Electron utility process that main starts, or a child of plain
 * Node. The driver (libusb) is native code of others and lists devices without opening any; where it cannot work this process ends.
 */
import { type Device, getDeviceList, usb } from 'usb';
import { ALIVE_EVERY_MS, type FromUsb } from './messages.ts';
import type { UsbDevice } from './sysfs.ts';

const HUB = 0x09;
/** What one plug sets off (a hub with all that hangs on it) is told once. */
const SETTLE_MS = 200;

const hex = (id: number): string => id.toString(16).padStart(4, '0');

/** Names and serial numbers stand in the device itself, which would have to be opened: they stay unknown. */
const told = ({ deviceDescriptor, busNumber, portNumbers }: Device): UsbDevice => ({
  vendorId: hex(deviceDescriptor.idVendor),
  productId: hex(deviceDescriptor.idProduct),
  serialNumber: null,
  product: null,
  manufacturer: null,
  socket: `${busNumber}-${(portNumbers ?? []).join('.')}`,
});

function watch(tell: (message: FromUsb) => void): void {
  let settling = false;
  const tellAll = (): void => {
    settling = false;
    const devices = getDeviceList().filter(({ deviceDescriptor }) => deviceDescriptor.bDeviceClass !== HUB);
    tell({ type: 'devices', devices: devices.map(told) });
  };
  const soon = (): void => {
    if (settling) return;
    settling = true;
    setTimeout(tellAll, SETTLE_MS);
  };
  usb.on('attach', soon);
  usb.on('detach', soon);
  tellAll();
  setInterval(() => tell({ type: 'alive' }), ALIVE_EVERY_MS);
}

const { parentPort } = process;
if (parentPort) {
  parentPort.once('message', ({ ports: [port] }) => {
    port?.start();
    watch((message) => port?.postMessage(message));
  });
} else {
  process.once('disconnect', () => process.exit(0));
  watch((message) => process.send?.(message));
}
