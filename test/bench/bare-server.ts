import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Database from 'better-sqlite3';

// The limit of `drain`: takes compressed batches of acts and inserts each batch in one durable transaction. It checks
// nothing. Prints its address as one line of JSON.

const folder = mkdtempSync(join(tmpdir(), 'virtuos-bare-'));
const db = new Database(join(folder, 'bare.db'));
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.exec('CREATE TABLE acts (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT');
const insert = db.prepare('INSERT INTO acts (id, body) VALUES (?, ?)');
const insertAll = db.transaction((acts: { id: string }[]) => {
  for (const act of acts) insert.run(act.id, JSON.stringify(act));
});

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    insertAll(JSON.parse(gunzipSync(Buffer.concat(chunks)).toString('utf8')));
    response.end('{}');
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address)
    console.log(JSON.stringify({ url: `http://127.0.0.1:${address.port}` }));
});
process.on('SIGTERM', () => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
});
