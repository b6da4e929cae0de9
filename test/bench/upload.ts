import { recordBlob } from '../../electron/store/blobs.ts';
import * as outbox from '../../electron/store/outbox.ts';
import * as uploads from '../../electron/store/uploads.ts';
import { contentOf } from '../chaos/random.ts';
import { startPortalProcess } from '../rigs/portal-process.ts';
import { eventually, startDesk } from './desk.ts';
import { startLine } from './line.ts';
import { percentile, print, rounded } from './report.ts';

// `npm run bench -- upload`: 20 MB over a thin and a wide line, each behind a modem of its own with a cut in the middle, while acts
// are made. Limit: what the line can carry. On the thin line twenty minutes of the same would say nothing more: so
// much of it is measured as BENCH_SECONDS says, and the rest is left out.

const SIZE = 20 * 1024 * 1024;
const LINES = [
  { name: '128 kb/s', kbps: 128, seconds: Number(process.env['BENCH_SECONDS'] ?? 120) },
  { name: '20 Mb/s', kbps: 20_000, seconds: 60 },
];
const ACT_EVERY_MS = 3000;

type Measured = { share: number; acts: number[] };

async function measure({ kbps, seconds }: (typeof LINES)[number]): Promise<Measured> {
  const portal = await startPortalProcess({ referenceDelayMs: 3_600_000 });
  const line = await startLine(new URL(portal.url()), kbps);
  const desk = await startDesk(line.url, portal.enrolmentCode);
  const staged = await desk.store.blobs.put(contentOf(SIZE, 'upload', kbps));
  if (!staged.ok) throw new Error(staged.error.code);
  const { sha256 } = staged.value;
  desk.sync.start();
  desk.store.write((tx) => recordBlob(tx, staged.value, { mediaType: 'application/pdf', owner: 'bench' }));
  desk.queue(1, 1024, [{ sha256, size: SIZE, mediaType: 'application/pdf', role: 'attachment:enclosure' }]);
  desk.sync.kick();
  const isWaiting = (id: string): boolean =>
    desk.store.read((tx) => outbox.find(tx, id)?.state !== 'accepted');
  const isThere = (): boolean => desk.store.read((tx) => outbox.blobsToUpload(tx)).length === 0;
  await eventually('the upload has begun', () => desk.store.read((tx) => uploads.find(tx, sha256)) !== null);

  const started = performance.now();
  const before = line.carriedUp();
  const acts: number[] = [];
  const own = { bytes: 0 };
  let nextAct = started + ACT_EVERY_MS / 2;
  let cutAt: number | null = started + Math.min(seconds / 2, 4) * 1000;
  let cutsAt = 0;
  const over = started + seconds * 1000;
  const pending: Promise<void>[] = [];
  while (performance.now() < over && !isThere()) {
    const now = performance.now();
    if (cutAt !== null && now >= cutAt) {
      cutAt = null;
      cutsAt = now;
      line.cut();
      desk.sync.kick();
    }
    // An act in the very moment of the cut waits for the line, which is no delay by the upload.
    if (now >= nextAct && (cutsAt === 0 || now - cutsAt > 3000)) {
      nextAct = now + ACT_EVERY_MS;
      const [id = ''] = desk.queue(1, 1024);
      own.bytes += 1024;
      desk.sync.wake();
      pending.push(
        eventually('the act is there', () => !isWaiting(id)).then(
          () => void acts.push(performance.now() - now),
        ),
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const ms = performance.now() - started;
  const carried = isThere() ? SIZE : line.carriedUp() - before - own.bytes;
  await Promise.all(pending);
  await desk.close();
  await line.close();
  await portal.close();
  return { share: (carried * 8) / (kbps * ms), acts };
}

const results: (Measured & { name: string })[] = [];
for (const line of LINES) results.push({ name: line.name, ...(await measure(line)) });
const [thin, wide] = results;
const share = Math.min(...results.map((one) => one.share));
const acts = results.flatMap((one) => one.acts);
print({
  name: 'upload',
  ours: share,
  peer: null,
  limit: 1,
  unit: 'share of the line used, the worse of two lines',
  ratio: null,
  limitRatio: share,
  p50: percentile(acts, 0.5),
  p99: percentile(acts, 0.99),
  goals: results.flatMap((one) => [
    {
      goal: `at least 90 % of ${one.name}`,
      measured: `${rounded(one.share * 100, 1)} %`,
      met: one.share >= 0.9,
    },
    {
      goal: `acts meanwhile within 3 s on ${one.name}`,
      measured: `${rounded(percentile(one.acts, 1))} ms the slowest of ${one.acts.length}`,
      met: one.acts.length > 0 && percentile(one.acts, 1) < 3000,
    },
  ]),
  details: {
    'acts on the thin line': thin?.acts.length ?? 0,
    'acts on the wide line': wide?.acts.length ?? 0,
  },
});
process.exit(0);
