// Goes into the runtime as resources/default_app.asar: runs the app folder given as first argument, as the default app
// of the `electron` package does. CommonJS, because Electron loads the default app synchronously.
'use strict';
const { app } = require('electron');
const { readFileSync } = require('node:fs');
const { join, resolve } = require('node:path');
const { pathToFileURL } = require('node:url');

const given = process.argv.slice(1).find((argument) => !argument.startsWith('-'));
if (given === undefined) {
  console.error('usage: electron [switches] <app folder>');
  app.exit(2);
} else {
  const folder = resolve(given);
  /** @type {{ main?: string, name?: string, productName?: string, version?: string }} */
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  Object.defineProperty(process, 'defaultApp', { value: true, enumerable: true });
  if (manifest.version) app.setVersion(manifest.version);
  app.setName(manifest.productName ?? manifest.name ?? 'Electron');
  app.setAppPath(folder);
  import(pathToFileURL(join(folder, manifest.main ?? 'index.js')).href).catch((error) => {
    console.error(error);
    app.exit(1);
  });
}
