import { safeStorage } from 'electron';
import type { SystemSecrets } from './key.ts';

/**
 * The operating system's key store. On Linux without a keyring Electron would "encrypt" with a fixed password
 * (`basic_text`): that counts as none.
 */
export const systemSecrets = (): SystemSecrets => ({
  available: () =>
    safeStorage.isEncryptionAvailable() &&
    (process.platform !== 'linux' ||
      !['basic_text', 'unknown'].includes(safeStorage.getSelectedStorageBackend())),
  wrap: (text) => safeStorage.encryptString(text),
  unwrap: (wrapped) => safeStorage.decryptString(Buffer.from(wrapped)),
});
