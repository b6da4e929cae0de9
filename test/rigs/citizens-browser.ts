import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { launchDesk, makeDeskFolder } from './electron.ts';

/** A browser of somebody at home: an empty window in its own process, which the desk knows nothing of. */
export async function startCitizensBrowser(): Promise<{ page: Page; close(): Promise<void> }> {
  const appFolder = makeDeskFolder('browser');
  writeFileSync(join(appFolder, 'package.json'), JSON.stringify({ name: 'browser', main: 'main.cjs' }));
  writeFileSync(
    join(appFolder, 'main.cjs'),
    `const { app, BrowserWindow } = require('electron');
app.whenReady().then(() => new BrowserWindow({ webPreferences: { sandbox: true } }).loadURL('about:blank'));
`,
  );
  const browser = await launchDesk({ appFolder, size: { width: 1280, height: 800 } });
  return { page: browser.window, close: browser.close };
}
