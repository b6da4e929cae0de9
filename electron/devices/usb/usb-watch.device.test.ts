import { afterAll, beforeAll, expect, it } from 'vitest';
import { manualTime } from '../../../test/rigs/manual-time.ts';
import { until } from '../../../test/rigs/process.ts';
import { startUsbBus, type UsbBusRig } from '../../../test/rigs/usb-bus.ts';
import type { UsbProcess } from './messages.ts';
import { nodeUsb } from './node-usb.ts';
import { sysfsUsb } from './sysfs.ts';
import { usbWatch } from './usb-watch.ts';

const entry = new URL('./hotplug.ts', import.meta.url);
/** Tells what there is, and then nothing any more: as a driver that never comes back. */
const hanging = new URL('../../../test/rigs/hanging-usb.ts', import.meta.url);
const noList = sysfsUsb('/nowhere');

let bus: UsbBusRig;
beforeAll(async () => {
  bus = await startUsbBus();
});
afterAll(() => bus?.stop());

it('is told at once what is plugged and pulled, also where the system has no list of its own', async () => {
  let changes = 0;
  const watch = usbWatch({ start: () => nodeUsb(entry, bus.env), system: noList });
  const listIs = (length: number) =>
    until(`${length} devices`, async () => {
      const now = await watch.list();
      return now.ok && now.value.length === length && now.value;
    });
  watch.start(() => {
    changes += 1;
  });
  await listIs(0);
  await bus.plug();
  expect(await listIs(1)).toMatchObject([{ vendorId: '04c5', productId: '132e', socket: '1-4' }]);
  expect(await sysfsUsb(bus.sysfs).list()).toMatchObject({
    ok: true,
    value: [{ vendorId: '04c5', productId: '132e', serialNumber: 'A123', product: 'fi-7160', socket: '1-4' }],
  });
  await bus.pull();
  await listIs(0);
  expect(changes).toBe(3);
  watch.stop();
});

it('whose process ends is started again, ever later and as often as it takes', async () => {
  const { timers } = manualTime();
  const running: UsbProcess[] = [];
  const watch = usbWatch({
    start: () => {
      const own = nodeUsb(entry, bus.env);
      running.push(own);
      return own;
    },
    system: noList,
    timers,
  });
  watch.start(() => {});
  for (const [at, pause] of [1_000, 10_000, 60_000, 60_000, 60_000].entries()) {
    await until('it tells what there is', async () => (await watch.list()).ok);
    expect(watch.trouble()).toBeNull();
    running[at]?.kill();
    await until('its end is noticed', () => watch.trouble()?.code === 'usb.not-watched');
    expect((await watch.list()).ok).toBe(false);
    timers.advance(pause - 1);
    expect(running).toHaveLength(at + 1);
    timers.advance(1);
    expect(running).toHaveLength(at + 2);
  }
  watch.stop();
  expect(timers.count()).toBe(0);
});

it('whose process hangs is ended and started again, and says so meanwhile', async () => {
  const { timers } = manualTime();
  const entries = [hanging, entry];
  const watch = usbWatch({
    start: () => nodeUsb(entries.shift() ?? entry, bus.env),
    system: noList,
    timers,
  });
  const changes: (string | null)[] = [];
  watch.start(() => changes.push(watch.trouble()?.code ?? null));
  await until('it tells what there is', async () => (await watch.list()).ok);
  timers.advance(19_999);
  expect(watch.trouble()).toBeNull();
  timers.advance(1);
  expect(watch.trouble()).toEqual({ code: 'usb.not-watched' });
  expect((await watch.list()).ok).toBe(false);
  timers.advance(1_000);
  await until('the next one tells it', async () => (await watch.list()).ok);
  expect(changes).toEqual([null, 'usb.not-watched', null]);
  watch.stop();
});
