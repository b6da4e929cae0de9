// The peer's server: express-pouchdb over LevelDB in a folder of its own. Prints its address as one line of JSON.
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const express = require('express');
const PouchDB = require('pouchdb');

const folder = mkdtempSync(join(tmpdir(), 'virtuos-pouch-'));
const Store = PouchDB.defaults({ prefix: `${folder}/` });
const app = express();
app.use(
  '/',
  require('express-pouchdb')(Store, {
    mode: 'minimumForPouchDB',
    inMemoryConfig: true,
    logPath: join(folder, 'log.txt'),
  }),
);
const server = app.listen(0, '127.0.0.1', () =>
  console.log(JSON.stringify({ url: `http://127.0.0.1:${server.address().port}` })),
);
process.on('SIGTERM', () => {
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
});
