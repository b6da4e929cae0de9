// Goes into the runtime as resources/default_app.asar: runs the app folder given as first argument, as the default app
// of the `electron` package does. Awaits the app's entry, because Electron is not ready before its first module is done.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

const given = process.argv.slice(1).find((argument) => !argument.startsWith('-'));
if (given === undefined) {
  console.error('usage: electron [switches] <app folder>');
  process.exit(2);
}
const folder = resolve(given);
/** @type {{ main?: string, name?: string, productName?: string, version?: string }} */
const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
Object.defineProperty(process, 'defaultApp', { value: true, enumerable: true });
if (manifest.version) app.setVersion(manifest.version);
app.setName(manifest.productName ?? manifest.name ?? 'Electron');
app.setAppPath(folder);
try {
  await import(pathToFileURL(join(folder, manifest.main ?? 'index.js')).href);
} catch (error) {
  console.error(error);
  process.exit(1);
}
