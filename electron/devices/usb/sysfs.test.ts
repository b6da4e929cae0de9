import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sysfsUsb } from './sysfs.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'usb-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const plug = async (name: string, files: Record<string, string>): Promise<void> => {
  await mkdir(join(folder, name));
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, name, file), `${text}\n`);
};

it('lists what hangs on USB, without hubs, interfaces and what was pulled meanwhile', async () => {
  await plug('1-4.2', {
    idVendor: '04c5',
    idProduct: '132e',
    bDeviceClass: '00',
    serial: 'A123',
    product: 'fi-7160',
    manufacturer: 'Fujitsu',
  });
  await plug('1-1', { idVendor: '1d6b', idProduct: '0002', bDeviceClass: '09' });
  await plug('usb1', { idVendor: '1d6b', idProduct: '0002', bDeviceClass: '09' });
  await plug('1-4.2:1.0', { bInterfaceClass: 'ff' });
  await plug('1-5', {});
  await plug('2-1', { idVendor: '0403', idProduct: '6001', bDeviceClass: '00' });
  const found = await sysfsUsb(folder).list();
  expect(found).toEqual({
    ok: true,
    value: expect.arrayContaining([
      {
        vendorId: '04c5',
        productId: '132e',
        serialNumber: 'A123',
        product: 'fi-7160',
        manufacturer: 'Fujitsu',
        socket: '1-4.2',
      },
      {
        vendorId: '0403',
        productId: '6001',
        serialNumber: null,
        product: null,
        manufacturer: null,
        socket: '2-1',
      },
    ]),
  });
  expect(found.ok && found.value).toHaveLength(2);
});

it('is a failure of its own where the system has no such list', async () => {
  expect(await sysfsUsb(join(folder, 'none')).list()).toEqual({ ok: false, error: { code: 'usb.no-list' } });
});
