import { join } from 'node:path';
import { app, type BrowserWindow, dialog } from 'electron';
import type { PlaceAsked } from './counter.ts';

/** Shows the system's own dialog over the window; null when the person chose no file. */
export async function choosePlace(
  window: BrowserWindow,
  { to, name, extension }: PlaceAsked,
): Promise<string | null> {
  if (window.isDestroyed()) return null;
  const filters = [{ name: extension.toUpperCase(), extensions: [extension] }];
  if (to === 'open') {
    const { filePaths } = await dialog.showOpenDialog(window, { filters, properties: ['openFile'] });
    return filePaths[0] ?? null;
  }
  const { canceled, filePath } = await dialog.showSaveDialog(window, {
    defaultPath: join(app.getPath('documents'), name),
    filters,
    properties: ['createDirectory', 'showOverwriteConfirmation'],
  });
  return canceled || filePath === '' ? null : filePath;
}
