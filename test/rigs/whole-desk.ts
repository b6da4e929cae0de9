import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { CallInput, CallName, CallOutput } from '../../electron/contract/index.ts';
import { calls } from '../../electron/contract/index.ts';
import { newId, startPortal } from './counter.ts';
import { deskPages } from './desk-pages.ts';
import { type LaunchOptions, launchDesk } from './electron.ts';
import { until } from './process.ts';
import { counterPid, killCounter as killCounterOf } from './training-desk.ts';
import { startVirtualDevices } from './virtual-devices.ts';

const outputs: { readonly [N in CallName]: { output: { parse(value: unknown): CallOutput<N> } } } = calls;

const passwords = {
  novakova: 'Cvicna-Prepazka-1',
  cizek: 'Cvicna-Prepazka-2',
  dvorak: 'Cvicna-Prepazka-3',
  hajickova: 'Cvicna-Prepazka-4',
} as const;
export type TrainingClerk = keyof typeof passwords;

/**
 * A desk with everything around it: real Electron, reader, scanner and printer as real peers, a portal in this process
 * that can be stopped and started. The administrator has set the devices.
 */
export async function startWholeDesk({
  catalogue,
  ...options
}: LaunchOptions & {
  /** Another catalogue at the portal than the one that ships. */ catalogue?: string;
} = {}) {
  const devices = await startVirtualDevices({ shared: true });
  if ('missing' in devices)
    throw new Error(`missing: ${devices.missing.map((one) => one.debianPackage).join(' ')}`);
  const portal = await startPortal(200, catalogue === undefined ? {} : { catalogue });
  const desk = await launchDesk({
    size: { width: 1280, height: 800 },
    ...options,
    env: {
      VIRTUOS_PORTAL_URL: portal.url(),
      VIRTUOS_ENROLMENT_CODE: portal.enrolmentCode(),
      ...devices.settings.scanner.env,
      VIRTUOS_SCANIMAGE: devices.settings.scanner.command,
      ...options.env,
    },
  });
  const { window } = desk;

  /** A call as the page makes it, for looking behind the window; the session is the window's. */
  async function call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
    const id = calls[name].kind === 'command' ? newId() : null;
    const reply = await until(`an answer to ${name}`, async () => {
      const asked = [name, id, input].map((part) => JSON.stringify(part)).join(', ');
      const answer = await window.evaluate(`window.counter.call(${asked}).catch((error) => String(error))`);
      // The counter went away meanwhile: the same call again, under the same id, as the window does it.
      return typeof answer === 'string' && answer.includes('counter-gone') ? undefined : { answer };
    }).then(({ answer }) => answer);
    if (
      typeof reply !== 'object' ||
      reply === null ||
      !('ok' in reply) ||
      reply.ok !== true ||
      !('value' in reply)
    )
      throw new Error(`${name}: ${JSON.stringify(reply)}`);
    return outputs[name].output.parse(reply.value);
  }

  const pages = deskPages(window);
  const signIn = (username: TrainingClerk): Promise<void> => pages.signIn(username, passwords[username]);

  await signIn('hajickova');
  await call('settings.save', {
    ...(await call('settings.get', {})),
    reader: {
      path: devices.settings.reader.path,
      vendorId: null,
      productId: null,
      serialNumber: null,
      baudRate: 9600,
    },
    scanner: { device: devices.settings.scanner.device },
    printer: { uri: devices.settings.printer.uri },
  });
  await until('the reader is ready', async () =>
    (await call('devices.list', {})).some(
      ({ kind, selected, state }) => kind === 'reader' && selected && state === 'ready',
    ),
  );
  await pages.signOut();

  return {
    desk,
    window,
    pages,
    portal,
    devices: devices.controls,
    call,
    signIn,
    /** A picture of the window in its smallest size, and one as on a big screen, in `out/look`. */
    look: async (name: string) => {
      for (const size of [
        { width: 1920, height: 1080 },
        { width: 1280, height: 800 },
      ]) {
        await desk.app.evaluate(({ BrowserWindow }, { width, height }) => {
          for (const shown of BrowserWindow.getAllWindows()) shown.setContentSize(width, height);
        }, size);
        await window.screenshot({ path: `out/look/${name}-${size.width}.png` });
      }
    },
    close: async () => {
      await desk.close();
      await devices.stop();
      await portal.close();
    },
  };
}
export type WholeDesk = Awaited<ReturnType<typeof startWholeDesk>>;

/**
 * Kills the counter as the kernel would, and waits for the next one to serve the window. Main gives up after five deaths in
 * a minute, so a desk takes no more of this.
 */
export async function killCounter({ desk, call }: WholeDesk): Promise<void> {
  await killCounterOf(desk.app);
  await call('desk.frame', {});
}

// Runs beside the test, because nothing that awaits is fast enough: spins until the store's log of writes changes.
const watcher = `
  const [file, pid, microseconds] = process.argv.slice(1);
  const { statSync } = require('node:fs');
  const changed = () => { const { mtimeNs, size } = statSync(file, { bigint: true }); return mtimeNs + ':' + size; };
  const before = changed();
  process.stdout.write('watching');
  while (changed() === before);
  const until = process.hrtime.bigint() + BigInt(microseconds) * 1000n;
  while (process.hrtime.bigint() < until);
  process.kill(Number(pid), 'SIGKILL');
`;

/**
 * Kills the counter with SIGKILL so many microseconds after it began to write to its store: the commit takes some hundred,
 * and only after it the window has its answer. `act` does what makes it write.
 */
export async function killAtWrite(
  whole: WholeDesk,
  microseconds: number,
  act: () => Promise<unknown>,
): Promise<void> {
  const { desk, call } = whole;
  const pid = await until('the counter process', async () => (await counterPid(desk.app)) ?? undefined);
  const wal = join(desk.dataDir, 'desk.db-wal');
  const watching = spawn(process.execPath, ['-e', watcher, wal, String(pid), String(microseconds)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(watching, 'exit');
  await once(watching.stdout, 'data');
  await act();
  await ended;
  await until('another counter process', async () => {
    const now = await counterPid(desk.app);
    return now !== null && now !== pid;
  });
  await call('desk.frame', {});
}
