import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Desk, launchDesk } from './electron.ts';

const appFolder = fileURLToPath(new URL('./fixtures/sandboxed-app', import.meta.url));

let desk: Desk | undefined;
const running = (): Desk => {
  if (!desk) throw new Error('the desk did not start');
  return desk;
};
beforeAll(async () => {
  desk = await launchDesk({ appFolder });
});
afterAll(() => desk?.close());

test("the window's process runs in Chromium's sandbox", async () => {
  const pid = await running().app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId(),
  );
  expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/^Seccomp:\s+2$/m);
});

test('nothing of Electron runs as root', () => {
  expect(readFileSync(`/proc/${running().app.process().pid}/status`, 'utf8')).not.toMatch(/^Uid:\s+0\b/m);
});

test('the modules outside the bundles load in a utility process of this Electron', async () => {
  await expect
    .poll(() => running().app.evaluate(() => Reflect.get(globalThis, 'loaded')), { timeout: 30_000 })
    .toEqual({ database: 42, picture: 'function', serial: true, usb: true, pdf: 'function' });
});

test('a killed desk leaves no process behind and can be closed', async () => {
  const doomed = await launchDesk({ appFolder });
  const children = await doomed.app.evaluate(({ app }) => app.getAppMetrics().map(({ pid }) => pid));
  await doomed.kill();
  await expect.poll(() => children.filter((pid) => processIsAlive(pid)), { timeout: 10_000 }).toEqual([]);
  await doomed.close();
});

const processIsAlive = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};
