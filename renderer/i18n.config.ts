import { fileURLToPath } from 'node:url';
import type { CompilerOptions } from '@inlang/paraglide-js';

/** How the window's texts are compiled: by the build, by its watcher and before type checking alike. */
export const i18n: CompilerOptions = {
  project: fileURLToPath(new URL('../project.inlang', import.meta.url)),
  outdir: fileURLToPath(new URL('./src/i18n/generated', import.meta.url)),
  // The window says which language it is in; nothing is guessed from cookies or addresses.
  strategy: ['globalVariable', 'baseLocale'],
  outputStructure: 'locale-modules',
  emitTsDeclarations: true,
  emitReadme: false,
  disableAsyncLocalStorage: true,
  isServer: 'false',
};
