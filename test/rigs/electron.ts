import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { _electron, type ElectronApplication, errors, type Page } from 'playwright';
import { deskCommand, readableApp } from '../../scripts/desk.ts';
import { giveToElectronUser, makeElectronUserFolder } from '../../scripts/places.ts';
import { preparedDesk } from '../../scripts/prepare.ts';

export type LaunchOptions = {
  /** The desk's store; kept after close when given, else a fresh one that goes away with the desk. */
  dataDir?: string;
  /** VIRTUOS_PORTAL_URL, VIRTUOS_LANGUAGE and the like; undefined takes a variable away. */
  env?: Readonly<Record<string, string | undefined>>;
  args?: readonly string[];
  /** Of the window's content, in pixels. */
  size?: { width: number; height: number };
  /** Another app folder than the desk's. */
  appFolder?: string;
};

export type Desk = {
  app: ElectronApplication;
  window: Page;
  dataDir: string;
  /** Its home, gone after close. */
  home: string;
  /** What the desk's processes wrote to standard output and error. */
  output(): string;
  /** A copy of a file that the desk, which may run as another user, can read; gone with the desk. */
  handOver(file: string): string;
  /** Ends the desk as a person does, and removes what it left behind. */
  close(): Promise<void>;
  /** Ends main and all its processes at once, as a power cut does; the data folder stays until close. */
  kill(): Promise<void>;
};

const endLimitMs = 20_000;
/** A launch takes one or two seconds, ten on a machine with much else to do. */
const launchLimitMs = 40_000;

/** A fresh folder that the user the desk runs as owns. */
export const makeDeskFolder = (purpose: string): string =>
  makeElectronUserFolder(mkdtempSync(join(tmpdir(), `virtuos-${purpose}-`)));

/**
 * Starts the desk in real Electron with Chromium's sandbox on, and waits for its window. As root it runs as nobody. Its
 * home, profile and data are its own, so that desks never meet. Without a display it uses a virtual screen.
 */
export const launchDesk = async (options: LaunchOptions = {}): Promise<Desk> => {
  const prepared = await preparedDesk();
  const home = makeDeskFolder('home');
  const dataDir = options.dataDir ? makeElectronUserFolder(options.dataDir) : makeDeskFolder('data');
  const command = deskCommand(prepared, options.appFolder ?? readableApp(), home, {
    VIRTUOS_DATA_DIR: dataDir,
    VIRTUOS_ENVIRONMENT: 'training',
    ...options.env,
  });
  const removeFolders = () => {
    rmSync(home, { recursive: true, force: true });
    if (!options.dataDir) rmSync(dataDir, { recursive: true, force: true });
  };

  let output = '';
  const launch = (): Promise<ElectronApplication> =>
    _electron.launch({
      executablePath: command.executable,
      args: [...command.args, ...(options.args ?? [])],
      env: command.env,
      cwd: home,
      chromiumSandbox: true,
      timeout: launchLimitMs,
    });
  let app: ElectronApplication;
  try {
    // Seen once in hundreds of launches: both of Playwright's lines to a new Electron are there, and neither side goes on.
    app = await launch().catch((error) => {
      if (error instanceof errors.TimeoutError) return launch();
      throw error;
    });
  } catch (error) {
    removeFolders();
    throw error;
  }
  const process = app.process();
  process.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  process.stderr?.on('data', (chunk) => {
    output += chunk;
  });
  const ended = new Promise<void>((done) => {
    if (process.exitCode !== null || process.signalCode !== null) done();
    else process.once('exit', () => done());
  });

  const kill = async (): Promise<void> => {
    process.kill('SIGKILL');
    await ended;
  };
  const close = async (): Promise<void> => {
    const limit = setTimeout(() => process.kill('SIGKILL'), endLimitMs);
    // A desk that was killed or has crashed has nothing left to close.
    await app.close().catch(() => {});
    await ended;
    clearTimeout(limit);
    removeFolders();
  };

  try {
    const window = await app.firstWindow({ timeout: 60_000 });
    if (options.size) {
      await app.evaluate(({ BrowserWindow }, size) => {
        for (const shown of BrowserWindow.getAllWindows()) shown.setContentSize(size.width, size.height);
      }, options.size);
    }
    return {
      app,
      window,
      dataDir,
      home,
      output: () => output,
      handOver: (file) => {
        const copy = join(home, basename(file));
        copyFileSync(file, copy);
        giveToElectronUser(copy);
        return copy;
      },
      close,
      kill,
    };
  } catch (error) {
    await kill();
    removeFolders();
    throw new Error(`the desk showed no window; it wrote:\n${output}`, { cause: error });
  }
};
