import type { ElectronApplication } from 'playwright';
import { type ChaosProxy, startChaosProxy } from './chaos-proxy.ts';
import { deskPages, said } from './desk-pages.ts';
import { type Desk, launchDesk } from './electron.ts';
import { type PortalProcess, startPortalProcess } from './portal-process.ts';
import { until } from './process.ts';
import { startVirtualDevices, type VirtualDevices } from './virtual-devices.ts';

/** Accounts of the training seed. */
export const clerks = {
  clerk: ['novakova', 'Cvicna-Prepazka-1'],
  supervisor: ['dvorak', 'Cvicna-Prepazka-3'],
  administrator: ['hajickova', 'Cvicna-Prepazka-4'],
} as const satisfies Record<string, readonly [username: string, password: string]>;

/** The process id of the counter behind a desk's window; null while there is none. */
export const counterPid = async (app: ElectronApplication): Promise<number | null> =>
  (await app.evaluate(
    ({ app: electron }) =>
      electron.getAppMetrics().find(({ type, name }) => type === 'Utility' && name === 'VIRTUOS counter')
        ?.pid,
  )) ?? null;

/** Ends the counter process as a power cut would, and waits until main has started another. */
export async function killCounter(app: ElectronApplication): Promise<void> {
  const pid = await until('the counter process', async () => (await counterPid(app)) ?? undefined);
  process.kill(pid, 'SIGKILL');
  await until('another counter process', async () => {
    const now = await counterPid(app);
    return now !== null && now !== pid;
  });
}

/**
 * A desk in real Electron with a portal of its own and a desk's worth of virtual devices, nothing set yet. `line` is the
 * desk's own: what is done to it leaves the portal to other desks and browsers.
 */
export async function startTrainingDesk(options: { referenceDelayMs?: number } = {}) {
  const devices: VirtualDevices = await startVirtualDevices({ shared: true }).then((started) => {
    if (!('missing' in started)) return started;
    const packages = started.missing.map(({ debianPackage }) => debianPackage);
    throw new Error(`Programs are missing. Install: apt-get install ${packages.join(' ')}`);
  });
  let portal: PortalProcess | null = null;
  let line: ChaosProxy | null = null;
  let desk: Desk | null = null;
  const close = async (): Promise<void> => {
    await desk?.close();
    await line?.close();
    await portal?.close();
    await devices.stop();
  };
  try {
    portal = await startPortalProcess(options);
    line = await startChaosProxy(portal.url);
    desk = await launchDesk({
      env: {
        VIRTUOS_PORTAL_URL: line.url,
        VIRTUOS_ENROLMENT_CODE: portal.enrolmentCode,
        VIRTUOS_LANGUAGE: 'cs',
        VIRTUOS_SCANIMAGE: devices.settings.scanner.command,
        ...devices.settings.scanner.env,
      },
      size: { width: 1280, height: 800 },
    });
  } catch (error) {
    await close();
    throw error;
  }
  const pages = deskPages(desk.window);
  return { desk, app: desk.app, page: desk.window, pages, portal, line, devices, close };
}
export type TrainingDesk = Awaited<ReturnType<typeof startTrainingDesk>>;

/** Sets the devices through the settings screen, as the administrator does; the administrator stays signed in. */
export async function setDevices({ pages, page, devices }: TrainingDesk): Promise<void> {
  const { settings } = devices;
  await pages.signIn(...clerks.administrator);
  await pages.go('F6', said('settings_title'));
  const scanner = page.getByRole('combobox', { name: said('settings_device_kind_scanner') });
  await pages.seen(scanner);
  await pages.choose(said('settings_device_kind_reader'), said('settings_other_address'));
  await pages.type(pages.field(said('settings_reader_path')), settings.reader.path);
  await pages.tabTo(scanner);
  // Behind "none" there is one scanner, then the choice of an address.
  await pages.keyboard.press('Home');
  await pages.keyboard.press('ArrowDown');
  await pages.choose(said('settings_device_kind_printer'), said('settings_other_address'));
  await pages.type(pages.field(said('settings_printer_address')), settings.printer.uri);
  await pages.primary(said('action_save'), 'Control+S');
  await pages.seen(page.getByText(said('settings_saved')));
  await pages.seen(page.getByText(said('settings_device_state_ready')).nth(2));
}
