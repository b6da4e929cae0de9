import { fileURLToPath } from 'node:url';
import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { i18n } from './i18n.config.ts';

/** The window's bundle, served by main from app://desk/. */
export default defineConfig(({ command }) => ({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  plugins: [
    // A build finds the texts compiled (npm run messages): the compiler takes its time where its native part is missing.
    ...(command === 'serve' ? [paraglideVitePlugin(i18n)] : []),
    svelte({ configFile: false }),
  ],
  build: {
    target: 'chrome130',
    outDir: fileURLToPath(new URL('../dist/renderer', import.meta.url)),
    emptyOutDir: true,
    // A font or picture inlined as data: would need a wider CSP.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000,
  },
}));
