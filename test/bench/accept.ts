import { spawnSync } from 'node:child_process';
import { accessSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { projectRoot } from '../../scripts/places.ts';
import { startCounter, startPortal, until } from '../rigs/counter.ts';
import { generalForm, verify } from '../rigs/visits.ts';
import { median, percentile, print } from './report.ts';

// `npm run bench -- accept`: what it costs to accept a submission, from the window's call to its reply: the input
// checked, the act in the day log, the receipt number, the record, the effects, the result under the command's id, all
// durable. The limit is a bare encrypted commit of as many bytes, taken in turns with it.

const ACTS = Number(process.env['BENCH_ACTS'] ?? 150);
/** The system calls between these two marks are those of one act. */
const MARKS = { begin: '/bench-act-begins', end: '/bench-act-ends' } as const;
const isTraced = process.argv.includes('--traced');
const KEY = Buffer.alloc(32, 7).toString('hex');

function mark(name: string): void {
  if (!isTraced) return;
  try {
    accessSync(name);
  } catch {
    // It is never there; the call itself is the mark.
  }
}

/** CPU of this thread in milliseconds: what workers and the system do meanwhile is not the act's. */
const cpuMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

function bareDatabase(folder: string) {
  const db = new Database(join(folder, 'bare.db'));
  db.pragma("cipher = 'sqlcipher'");
  db.pragma('legacy = 4');
  db.pragma(`key = "x'${KEY}'"`);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec('CREATE TABLE acts (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT');
  const insert = db.prepare('INSERT INTO acts (bytes) VALUES (?)');
  return { commit: (bytes: Buffer) => void insert.run(bytes), close: () => db.close() };
}

const portal = await startPortal();
const desk = await startCounter({ portal });
const window = await desk.signedIn('novakova');

/** A visit that stands right before acceptance: its clerk has only to press the button. */
async function ready(): Promise<{ visitId: string; serviceId: string }> {
  const visit = await window.must('visits.open', {});
  const visitId = visit.id;
  await verify(window, visitId);
  const started = await window.must('services.start', { visitId, definitionId: 'general-submission' });
  const serviceId = started.id;
  await window.must('services.complete-form', { serviceId, data: generalForm, addresseeId: 'nyrsko' });
  await window.call('services.complete-attachments', { serviceId });
  await window.must('services.print-request', { serviceId });
  await until('the request is printed', async () => {
    const now = await window.must('visits.get', { visitId });
    const last = now.services.find(({ id }) => id === serviceId)?.request?.prints.at(-1);
    if (last?.state === 'failed')
      await window.call('outputs.resolve-print', { jobId: last.jobId, printed: true });
    return last?.state === 'confirmed-by-clerk';
  });
  await window.must('services.confirm-signed', { serviceId });
  await window.must('visits.park', { visitId, note: '' });
  return { visitId, serviceId };
}

/** Bytes of all rows an act wrote, as they lie in the tables. */
const bytesOf = (serviceId: string, before: number): number =>
  desk.store.read(
    (tx) =>
      tx.get<{ n: number }>(
        `SELECT (SELECT coalesce(sum(length(leaf) + 32 + length(payload) + 32), 0) FROM journal_leaves JOIN journal_payloads USING (sequence) WHERE sequence > :before)
          + (SELECT coalesce(sum(length(payload)), 0) FROM outbox WHERE leaf_sequence > :before)
          + (SELECT length(record) FROM services WHERE id = :id)
          + (SELECT coalesce(sum(length(data)), 0) FROM outputs WHERE service_id = :id AND kind <> 'request')
          + (SELECT max(length(result)) FROM (SELECT result FROM commands WHERE name = 'services.accept' ORDER BY at DESC LIMIT 1)) AS n`
          .replaceAll(':before', String(before))
          .replaceAll(':id', `'${serviceId}'`),
      )?.n ?? 0,
  );

const lastLeaf = (): number =>
  desk.store.read((tx) => tx.get<{ n: number }>('SELECT max(sequence) AS n FROM journal_leaves')?.n ?? 0);

const visits: Awaited<ReturnType<typeof ready>>[] = [];
for (let i = 0; i < ACTS; i += 1) visits.push(await ready());
// The line plays no part: what is measured is the desk's own promise.
await portal.stop();

const folder = mkdtempSync(join(tmpdir(), 'virtuos-bench-'));
const bare = bareDatabase(folder);
const times = { ours: [] as number[], bare: [] as number[] };
const cpu = { ours: [] as number[], bare: [] as number[] };
const sizes: number[] = [];

/** Everything that ran beside has ended. */
const quiet = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

for (const { visitId, serviceId } of visits) {
  await window.must('visits.take-up', { visitId });
  await quiet();
  const before = lastLeaf();
  mark(MARKS.begin);
  let cpuAt = cpuMs();
  let at = performance.now();
  const reply = window.raw('services.accept', crypto.randomUUID(), { serviceId });
  const accepted = await reply;
  times.ours.push(performance.now() - at);
  cpu.ours.push(cpuMs() - cpuAt);
  mark(MARKS.end);
  if (!accepted.ok) throw new Error(JSON.stringify(accepted.error));
  const bytes = Buffer.alloc(bytesOf(serviceId, before), 1);
  sizes.push(bytes.length);
  await quiet();
  cpuAt = cpuMs();
  at = performance.now();
  bare.commit(bytes);
  times.bare.push(performance.now() - at);
  cpu.bare.push(cpuMs() - cpuAt);
  await window.must('visits.park', { visitId, note: '' });
}

bare.close();
rmSync(folder, { recursive: true, force: true });
await desk.close();
await portal.close();

/** Syncs to disk of each act, counted by the kernel's own record of this benchmark run once more. */
function syncsOfActs(): number[] {
  const trace = join(mkdtempSync(join(tmpdir(), 'virtuos-trace-')), 'calls');
  const run = spawnSync(
    'strace',
    [
      '-f',
      '-qq',
      '-e',
      'trace=fsync,fdatasync,access,faccessat,faccessat2',
      '-o',
      trace,
      process.execPath,
      join(projectRoot, 'test/bench/accept.ts'),
      '--traced',
    ],
    { env: { ...process.env, BENCH_ACTS: '5' }, encoding: 'utf8' },
  );
  if (run.status !== 0) throw new Error(`strace ended with ${run.status}: ${run.stderr}`);
  const counts: number[] = [];
  let current: number | null = null;
  for (const line of readFileSync(trace, 'utf8').split('\n')) {
    if (line.includes(MARKS.begin)) current = 0;
    else if (line.includes(MARKS.end) && current !== null) {
      counts.push(current);
      current = null;
    } else if (current !== null && /\bf(data)?sync\(/.test(line)) current += 1;
  }
  rmSync(trace);
  return counts;
}

if (!isTraced) {
  const syncs = syncsOfActs();
  const cpuRatio = median(cpu.ours) / median(cpu.bare);
  const p99 = percentile(times.ours, 0.99);
  print({
    name: 'accept',
    ours: median(times.ours),
    peer: null,
    limit: median(times.bare),
    unit: 'ms per act, from call to reply',
    ratio: null,
    limitRatio: median(times.ours) / median(times.bare),
    p50: median(times.ours),
    p99,
    goals: [
      {
        goal: 'exactly one sync to disk per act',
        measured: `${syncs.join(', ')} in ${syncs.length} acts`,
        met: syncs.length > 0 && syncs.every((n) => n === 1),
      },
      { goal: 'CPU at most 3x the bare commit', measured: `${cpuRatio.toFixed(2)}x`, met: cpuRatio <= 3 },
      { goal: 'p99 under 25 ms', measured: `${p99.toFixed(2)} ms`, met: p99 < 25 },
    ],
    details: {
      acts: ACTS,
      'bytes per act': median(sizes),
      'CPU per act (ms)': median(cpu.ours),
      'CPU per bare commit (ms)': median(cpu.bare),
      'bare commit p99 (ms)': percentile(times.bare, 0.99),
    },
  });
}
process.exit(0);
