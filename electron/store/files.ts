import { closeSync, fsyncSync, openSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';

/**
 * The mode of a file in the store: readable by whoever may use the folder, never by others. The store belongs
 * to the machine, so an installation with a shared group on the folder shares the files too.
 */
export const fileMode = (folder: string): number => (statSync(folder).mode & 0o660) | 0o600;

/** Makes the names in a folder durable. Windows has no such call; its file system journals names by itself. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** As `syncFolder`, without holding up the process. */
export async function syncFolderLater(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
