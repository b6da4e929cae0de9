import { renameSync, writeFileSync } from 'node:fs';
import type { BrowserWindow } from 'electron';

/** Tells whoever waits for the file (tests of the packaged application) that the window shows its first page. */
export const announceReadiness = (window: BrowserWindow, file: string): void => {
  let waitsFor = 2;
  const step = (): void => {
    waitsFor -= 1;
    if (waitsFor > 0) return;
    const facts = {
      pid: process.pid,
      electron: process.versions.electron,
      windowShownAt: new Date().toISOString(),
    };
    writeFileSync(`${file}.new`, JSON.stringify(facts));
    renameSync(`${file}.new`, file);
  };
  window.once('show', step);
  window.webContents.once('did-finish-load', step);
};
