import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { z } from 'zod';
import * as outbox from '../../electron/store/outbox.ts';
import { projectRoot } from '../../scripts/places.ts';
import { startPortalProcess } from '../rigs/portal-process.ts';
import { startChild } from './child.ts';
import { eventually, startDesk } from './desk.ts';
import { median, print } from './report.ts';

// `npm run bench -- drain`: a desk that was without a line sends what waits: the day log and the effects, durable at
// both ends. Limit: the same acts as compressed batches to a server that only inserts them. Peer: PouchDB.

const ACTS = Number(process.env['BENCH_ACTS'] ?? 10_000);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const ACT_BYTES = 1024;
const BATCH = 500;
const LEFT = "SELECT 1 AS one FROM outbox WHERE state IN ('waiting', 'sending', 'incomplete') LIMIT 1";
const address = z.object({ url: z.string() });
const gzipped = promisify(gzip);

const folder = mkdtempSync(join(tmpdir(), 'virtuos-bench-'));
const perSecond = (ms: number): number => (ACTS * 1000) / ms;

async function ours(): Promise<{ speed: number; acts: object[] }> {
  const portal = await startPortalProcess({ referenceDelayMs: 3_600_000 });
  const desk = await startDesk(portal.url(), portal.enrolmentCode);
  const ids = desk.queue(ACTS, ACT_BYTES);
  const acts = desk.store.read((tx) => ids.map((id) => ({ id, payload: outbox.payloadOf(tx, id) })));
  // A queue made act by act lies in the database, not in its write-ahead log.
  desk.store.cutLog();
  const at = performance.now();
  desk.sync.start();
  // Counting all of it every few milliseconds would be a good part of what is measured.
  await eventually('the queue is empty', () => !desk.store.read((tx) => tx.get(LEFT)));
  const ms = performance.now() - at;
  const there = portal.effects().length;
  const leaves = portal.leaves().length;
  if (there !== ACTS || leaves !== ACTS)
    throw new Error(`The portal has ${there} acts and ${leaves} leaves.`);
  await desk.close();
  await portal.close();
  return { speed: perSecond(ms), acts };
}

async function bare(acts: object[]): Promise<number> {
  const server = await startChild('bare-server.ts');
  const { url } = address.parse(server.said);
  const at = performance.now();
  for (let i = 0; i < acts.length; i += BATCH) {
    const body = await gzipped(JSON.stringify(acts.slice(i, i + BATCH)), { level: 1 });
    const response = await fetch(url, { method: 'POST', body });
    if (!response.ok) throw new Error(String(response.status));
    await response.arrayBuffer();
  }
  const ms = performance.now() - at;
  await server.stop();
  return perSecond(ms);
}

async function pouch(acts: object[]): Promise<number> {
  const file = join(folder, 'acts.json');
  writeFileSync(file, JSON.stringify(acts));
  const server = await startChild('peers/pouch-server.cjs');
  const { url } = address.parse(server.said);
  const out = execFileSync(
    process.execPath,
    [join(projectRoot, 'test/bench/peers/pouch-client.cjs'), url, file],
    {
      encoding: 'utf8',
    },
  );
  await server.stop();
  return perSecond(z.object({ ms: z.number() }).parse(JSON.parse(out.trim().split('\n').at(-1) ?? '')).ms);
}

const speeds = { ours: [] as number[], bare: [] as number[], pouch: [] as number[] };
for (let round = 0; round < ROUNDS; round += 1) {
  const { speed, acts } = await ours();
  speeds.ours.push(speed);
  speeds.bare.push(await bare(acts));
  speeds.pouch.push(await pouch(acts));
}
rmSync(folder, { recursive: true, force: true });

const limitRatio = median(speeds.ours) / median(speeds.bare);
const ratio = median(speeds.ours) / median(speeds.pouch);
print({
  name: 'drain',
  ours: median(speeds.ours),
  peer: median(speeds.pouch),
  limit: median(speeds.bare),
  unit: 'acts per second',
  ratio,
  limitRatio,
  p50: null,
  p99: null,
  goals: [
    { goal: 'at least half the limit', measured: limitRatio.toFixed(2), met: limitRatio >= 0.5 },
    { goal: 'twice the peer', measured: ratio.toFixed(2), met: ratio >= 2 },
  ],
  details: { acts: ACTS, rounds: ROUNDS, 'bytes per act': ACT_BYTES },
});
process.exit(0);
