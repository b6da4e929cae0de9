import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BrowserWindow, type Session, screen } from 'electron';
import { type PageNote, pageAddress } from './addresses.ts';
import { confinedPreferences } from './confinement.ts';
import type { Language } from './language.ts';
import type { MainLog } from './log.ts';
import { afterDeath, windowLimits } from './restarts.ts';
import { parseWindowState, placeWindow, smallest, type WindowState } from './window-place.ts';

/** How long the page may give no answer before it is taken for hung. */
const hungAfterMs = 15_000;

const readState = (file: string): WindowState | null => {
  try {
    return parseWindowState(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
};

const keepState = (window: BrowserWindow, file: string, log: MainLog): void => {
  const state: WindowState = { bounds: window.getNormalBounds(), maximised: window.isMaximized() };
  try {
    writeFileSync(`${file}.new`, JSON.stringify(state), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  } catch {
    log.warn('the place of the window could not be kept');
  }
};

/** Shows the page again after it crashed or hung, up to a limit; then a person is asked. */
const recoverPage = (
  window: BrowserWindow,
  given: { log: MainLog; load(note: PageNote): void; afterTooMany(): void },
): void => {
  const { log } = given;
  let crashes: number[] = [];
  let hung: NodeJS.Timeout | null = null;
  const notHung = (): void => {
    if (hung) clearTimeout(hung);
    hung = null;
  };
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    notHung();
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    const next = afterDeath(crashes, performance.now(), windowLimits);
    crashes = next.deaths;
    log.error('the page ended by itself', { reason, exitCode, attempt: crashes.length });
    if (next.delayMs === null) {
      crashes = [];
      given.afterTooMany();
    } else given.load({ note: 'window.recovered' });
  });
  window.on('unresponsive', () => {
    log.warn('the page does not answer');
    hung ??= setTimeout(() => window.webContents.forcefullyCrashRenderer(), hungAfterMs);
  });
  window.on('responsive', notHung);
  window.once('closed', notHung);
};

export type DeskWindow = {
  readonly window: BrowserWindow;
  load(note: PageNote): void;
};

/** Opens the desk's window, where it stood last time, and keeps it alive. The page is loaded by `load`. */
export const openWindow = (given: {
  folder: string;
  preload: string;
  session: Session;
  fromSource: boolean;
  title: string;
  language: Language;
  log: MainLog;
  afterTooManyCrashes(): void;
}): DeskWindow => {
  const { log, language } = given;
  const stateFile = join(given.folder, 'window-state.json');
  const [primary, ...others] = [
    screen.getPrimaryDisplay().workArea,
    ...screen.getAllDisplays().map(({ workArea }) => workArea),
  ];
  const place = placeWindow(readState(stateFile), [primary, ...others]);
  const window = new BrowserWindow({
    ...place.bounds,
    minWidth: Math.min(smallest.width, place.bounds.width),
    minHeight: Math.min(smallest.height, place.bounds.height),
    title: given.title,
    show: false,
    backgroundColor: '#ffffff',
    webPreferences: confinedPreferences({
      preload: given.preload,
      session: given.session,
      devTools: given.fromSource,
    }),
  });
  window.once('ready-to-show', () => {
    if (place.maximised) window.maximize();
    window.show();
  });
  window.on('close', () => keepState(window, stateFile, log));
  // The page's own title would be the same for both environments; main's says which one it is.
  window.on('page-title-updated', (event) => event.preventDefault());

  const load = (note: PageNote): void => {
    if (window.isDestroyed()) return;
    window.loadURL(pageAddress(language, note)).catch((error: { code?: string }) => {
      // A later load takes the place of one under way.
      if (error.code !== 'ERR_ABORTED' && !window.isDestroyed()) log.error('the page could not be loaded');
    });
  };
  recoverPage(window, { log, load, afterTooMany: given.afterTooManyCrashes });
  return { window, load };
};
