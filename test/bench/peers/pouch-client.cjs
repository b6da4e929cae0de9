// The peer's desk: fills a local PouchDB (LevelDB) with payloads and times their replication to the server.
// usage: node pouch-client.cjs URL FILE-OF-PAYLOADS ; prints the milliseconds as one line of JSON.
const { mkdtempSync, readFileSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const PouchDB = require('pouchdb');

(async () => {
  const [url, file] = process.argv.slice(2);
  const folder = mkdtempSync(join(tmpdir(), 'virtuos-pouch-'));
  const local = new PouchDB(join(folder, 'desk'));
  const payloads = JSON.parse(readFileSync(file, 'utf8'));
  await local.bulkDocs(payloads.map((payload) => ({ _id: payload.id, ...payload })));
  const remote = new PouchDB(`${url}/desk`);
  await remote.info();
  const at = performance.now();
  const result = await local.replicate.to(remote, { batch_size: 500, batches_limit: 4 });
  const ms = performance.now() - at;
  if (result.docs_written !== payloads.length) throw new Error(JSON.stringify(result));
  console.log(JSON.stringify({ ms }));
  await local.close();
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
})();
