import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { A4_NAME } from '../../electron/devices/printer/paper.ts';
import { freePort, type RigProcess, requireProgram, startProcess, until } from './process.ts';

/** A virtual printer: CUPS' own IPP Everywhere printer, with what it printed kept as files. */
export type IppPrinterRig = {
  uri: string;
  /** The same printer over TLS, with a certificate it made itself. */
  secureUri: string;
  port: number;
  /** The documents that came out, in the order of their jobs, byte by byte as they were sent. */
  printed(): Promise<Buffer[]>;
  /** A printer-state-reason that keeps jobs waiting, such as `media-empty-error`; undefined: goes on. */
  condition(reason: string | undefined): Promise<void>;
  /** What lies in the main tray, by its name (PWG 5101.1) and kind; A4 of plain paper at first. */
  load(size: string, paper?: string): Promise<void>;
  /** How the last job was to be printed: its attributes, as the printer told them to its command. */
  asked(): Promise<string>;
  /** Jobs are aborted. */
  fail(on: boolean): Promise<void>;
  /** The printer hangs: connections open, nothing answers. */
  freeze(on: boolean): void;
  /** Off the network; `plugIn` starts it anew on the same port, with no memory of its jobs. */
  unplug(): Promise<void>;
  /** The same without a word: whatever it was doing ends there. */
  cutPower(): Promise<void>;
  plugIn(): Promise<void>;
  stop(): Promise<void>;
};

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path: '/', agent: false, timeout: 1_000 }, (response) => {
      response.resume();
      resolve(response.statusCode !== undefined);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });

// ippeveprinter wants a system bus for announcing itself, even when told not to announce. A private one that allows
// everything serves: no service of the machine is used, none need run, and rigs do not get in each other's way.
const busConfiguration = (socket: string): string => `<!DOCTYPE busconfig PUBLIC
 "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path=${socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`;

/** Avahi on the rig's own bus, on the first interface that leads out of the machine. One can run at a time. */
const startAvahi = async (folder: string, bus: string): Promise<RigProcess> => {
  const [card] =
    Object.entries(networkInterfaces()).find(([, at]) => at?.some(({ internal }) => !internal)) ?? [];
  if (card === undefined) throw new Error('no network interface to announce a printer on');
  const configuration = join(folder, 'avahi.conf');
  await writeFile(
    configuration,
    `[server]\nhost-name=rig\nallow-interfaces=${card}\nuse-ipv6=no\n[wide-area]\nenable-wide-area=no\n`,
  );
  const avahi = startProcess(
    requireProgram('avahi-daemon'),
    ['-f', configuration, '--no-drop-root', '--no-chroot', '--no-proc-title'],
    { DBUS_SYSTEM_BUS_ADDRESS: bus },
  );
  await until('avahi', () => {
    if (avahi.exited()) throw new Error(`avahi-daemon ended: ${avahi.output()}`);
    return avahi.output().includes('Server startup complete');
  });
  return avahi;
};

/** `announced`: the printer tells the local network of itself, through a real Avahi. */
export const startIppPrinter = async (
  options: { formats?: readonly string[]; twoSided?: boolean; announced?: boolean } = {},
): Promise<IppPrinterRig> => {
  const program = requireProgram('ippeveprinter');
  const busProgram = requireProgram('dbus-daemon');
  const command = join(import.meta.dirname, 'ipp-printer-command.sh');
  const folder = await mkdtemp(join(tmpdir(), 'rig-ipp-'));
  const control = join(folder, 'control');
  for (const name of ['spool', 'control', 'printed', 'keys']) await mkdir(join(folder, name));
  const socket = join(folder, 'bus');
  await writeFile(join(folder, 'bus.conf'), busConfiguration(socket));
  const bus = startProcess(busProgram, [
    `--config-file=${join(folder, 'bus.conf')}`,
    '--nofork',
    '--nopidfile',
    '--print-address=1',
  ]);
  await until('the private bus', () => {
    if (bus.exited()) throw new Error(`dbus-daemon ended: ${bus.output()}`);
    return bus.output().includes('unix:path=');
  });

  const avahi = options.announced ? await startAvahi(folder, `unix:path=${socket}`) : undefined;
  let printer: RigProcess | undefined;
  const start = async (port: number): Promise<boolean> => {
    const started = startProcess(
      program,
      [
        ...[
          // A named host is the only one it listens on.
          ...(options.announced ? [] : ['-r', 'off', '-n', 'localhost']),
          '-p',
          String(port),
          '-d',
          join(folder, 'spool'),
          '-k',
          '-s',
          '600,600',
        ],
        ...['-K', join(folder, 'keys'), '-c', command],
        ...['-f', (options.formats ?? ['application/pdf', 'image/pwg-raster', 'image/urf']).join(',')],
        ...(options.twoSided ? ['-2'] : []),
        'Rig printer',
      ],
      { DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${socket}` },
    );
    const ready = await until('the printer', async () => {
      if (started.exited()) return 'ended';
      return (await answers(port)) && 'ready';
    });
    // Somebody else's server may have answered on a port that was taken in the meantime.
    if (ready === 'ended' || started.exited()) return false;
    printer = started;
    return true;
  };

  const startSomewhere = async (): Promise<number> => {
    for (let tries = 0; tries < 5; tries += 1) {
      const port = await freePort();
      if (await start(port)) return port;
    }
    throw new Error('ippeveprinter does not start');
  };

  /** By the printer's own page for it, which knows the main tray as its first. */
  const load = async (at: number, size: string, paper = 'stationery'): Promise<void> => {
    const answer = await fetch(
      `http://localhost:${at}/media?${new URLSearchParams({ size1: size, type1: paper, level1: '-2', size2: '', type2: '', level2: '-2' })}`,
    );
    if (!answer.ok) throw new Error(`paper cannot be loaded: ${answer.status}`);
    await answer.text();
  };

  const port = await startSomewhere();
  await load(port, A4_NAME);

  const unplug = async () => {
    const stopping = printer;
    printer = undefined;
    await stopping?.stop();
  };
  const cutPower = async () => {
    printer?.child.kill('SIGKILL');
    await unplug();
  };
  const set = async (name: string, content: string | undefined) => {
    const path = join(control, name);
    if (content === undefined) return rm(path, { force: true });
    await writeFile(`${path}.new`, content);
    return rename(`${path}.new`, path);
  };

  return {
    uri: `ipp://localhost:${port}/ipp/print`,
    secureUri: `ipps://localhost:${port}/ipp/print`,
    port,
    printed: async () => {
      const names = await readdir(join(folder, 'printed'));
      // Spool files are named by the job's number first.
      names.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
      return Promise.all(names.map((name) => readFile(join(folder, 'printed', name))));
    },
    condition: (reason) => set('condition', reason),
    load: (size, paper) => load(port, size, paper),
    asked: () => readFile(join(folder, 'asked'), 'utf8'),
    fail: (on) => set('fail', on ? 'yes' : undefined),
    freeze: (on) => {
      printer?.child.kill(on ? 'SIGSTOP' : 'SIGCONT');
    },
    unplug,
    cutPower,
    plugIn: async () => {
      if (printer) return;
      // The port may still be held by the old one's connections for a moment.
      await until('the printer on its old port', () => start(port));
      await load(port, A4_NAME);
    },
    stop: async () => {
      await unplug();
      await avahi?.stop();
      await bus.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
