import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import Database from 'better-sqlite3';
import * as master from '../../electron/store/master.ts';
import { systemRandom } from '../../electron/values/ids.ts';
import { putItem } from '../../portal/catalogue/master.ts';
import { inTransaction, openDatabase } from '../../portal/database.ts';
import { startCounter, until } from '../rigs/counter.ts';
import { startPortalProcess } from '../rigs/portal-process.ts';
import { median, percentile, print } from './report.ts';

// `npm run bench -- masterdata`: a delta of 100,000 offices comes from a portal in another process to a whole counter at which
// a clerk works: read over loopback, every signature and every hash checked, durable, in force at once. The limit is the bare
// insertion of the same rows in one transaction of an encrypted database.

const ROWS = Number(process.env['BENCH_ROWS'] ?? 100_000);
const KEY = Buffer.alloc(32, 7).toString('hex');
/** The clerk's window asks so often meanwhile. */
const CALL_EVERY_MS = 20;
/** How finely the event loop is looked at; it is part of every figure it gives. */
const RESOLUTION_MS = 1;

const idOf = (n: number): string => `office-${String((n * 7919) % ROWS).padStart(6, '0')}`;
const officeOf = (n: number) => ({
  id: idOf(n),
  name: { cs: `Obecní úřad ${n}`, en: `Municipal office ${n}` },
  shortName: `OU${n}`,
  kind: 'municipality',
  ico: String(10_000_000 + n),
  address: { street: 'Náměstí Míru', number: String(n), municipality: `Obec ${n}`, postalCode: '33901' },
  fictitious: true,
});

async function bare(rows: readonly object[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'virtuos-bench-'));
  const db = new Database(join(folder, 'bare.db'));
  db.pragma("cipher = 'sqlcipher'");
  db.pragma('legacy = 4');
  db.pragma(`key = "x'${KEY}'"`);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec('CREATE TABLE master (id TEXT PRIMARY KEY, data TEXT NOT NULL) STRICT');
  const texts = rows.map((row, n) => [idOf(n), JSON.stringify(row)] as const);
  const insert = db.prepare('INSERT INTO master (id, data) VALUES (?, ?)');
  const at = performance.now();
  db.transaction(() => {
    for (const row of texts) insert.run(...row);
  })();
  const ms = performance.now() - at;
  db.close();
  rmSync(folder, { recursive: true });
  return ms;
}

const portal = await startPortalProcess();
const desk = await startCounter({ portal: { url: portal.url, enrolmentCode: () => portal.enrolmentCode } });
const window = await desk.signedIn('novakova');
const { sync } = desk.counter.desk;
const count = (): number =>
  desk.store.read(
    (tx) => tx.get<{ n: number }>("SELECT count(*) AS n FROM master WHERE collection = 'offices'")?.n ?? 0,
  );
await until('the desk has its first master data', async () => (await sync.readMaster()).ok);
const before = count();

const rows = Array.from({ length: ROWS }, (_, n) => officeOf(n));
const db = openDatabase(portal.dataDir, systemRandom);
inTransaction(db, () => {
  for (const row of rows) putItem(db, 'offices', row.id, row);
});
db.close();

const bareMs = [await bare(rows), await bare(rows)];

/** What the loop and a clerk's calls come to until told to stop. */
function watch() {
  const loop = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  const calls: number[] = [];
  let isOver = false;
  const ask = async (): Promise<void> => {
    if (isOver) return;
    const at = performance.now();
    await window.must('desk.frame', {});
    calls.push(performance.now() - at);
    setTimeout(ask, CALL_EVERY_MS);
  };
  loop.enable();
  void ask();
  return () => {
    isOver = true;
    loop.disable();
    const ms = (nanoseconds: number): number => nanoseconds / 1e6 - RESOLUTION_MS;
    return { p99: ms(loop.percentile(99)), max: ms(loop.max), calls };
  };
}

// What the preparation left behind is not the counter's.
await new Promise((resolve) => setTimeout(resolve, 500));
const idle = watch();
await new Promise((resolve) => setTimeout(resolve, 2000));
const quiet = idle();

const applying = watch();
const at = performance.now();
const answer = await sync.readMaster();
const oursMs = performance.now() - at;
const during = applying();
if (!answer.ok) throw new Error(answer.error.code);
if (count() !== before + ROWS) throw new Error(`${count()} rows are in force.`);

const settling = watch();
const settledAt = performance.now();
await until(
  'put in its place',
  async () => desk.store.read((tx) => master.packageOf(tx, 'offices')) === null,
);
const settledMs = performance.now() - settledAt;
const after = settling();
if (count() !== before + ROWS) throw new Error('Settling changed what is in force.');
if (desk.problems.length > 0) throw new Error(desk.problems.join('; '));
await desk.close();
await portal.close();

const worst = Math.max(during.max, after.max);
print({
  name: 'masterdata',
  ours: oursMs / 1000,
  peer: null,
  limit: median(bareMs) / 1000,
  unit: `s for a delta of ${ROWS} rows`,
  ratio: null,
  limitRatio: oursMs / median(bareMs),
  p50: median(during.calls),
  p99: percentile(during.calls, 0.99),
  goals: [
    {
      goal: 'a delta of 100,000 rows under 3 s',
      measured: `${(oursMs / 1000).toFixed(2)} s`,
      met: oursMs < 3000,
    },
    { goal: 'the counter never deaf for 50 ms', measured: `${worst.toFixed(1)} ms at most`, met: worst < 50 },
  ],
  details: {
    'event loop p99, max (ms)': `${during.p99.toFixed(1)}, ${during.max.toFixed(1)}`,
    'settling afterwards (s)': settledMs / 1000,
    'event loop then: p99, max (ms)': `${after.p99.toFixed(1)}, ${after.max.toFixed(1)}`,
    'a window’s call then: p99 (ms)': percentile(after.calls, 0.99),
    'idle event loop: p99, max (ms)': `${quiet.p99.toFixed(1)}, ${quiet.max.toFixed(1)}`,
  },
});
process.exit(0);
