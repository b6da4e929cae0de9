import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { createDocumentPool } from '../../../electron/documents/pool.ts';
import { projectRoot } from '../../../scripts/places.ts';
import { chanceOf } from '../../chaos/random.ts';
import { drawnPage } from '../../rigs/page-pictures.ts';
import { startSane } from '../../rigs/sane.ts';
import type { Part } from '../devices.ts';
import { median, percentile, rounded } from '../report.ts';

// From the end of a scan (A4, colour, 300 dpi) to its page cropped, set straight and encoded, by the worker as it ships. What
// scanimage itself takes for such a page is measured beside it, in turns, so that both had the same machine.

const PAGES = 20;
const GOAL = 400;

export const measureScanner: Part = async ({ count = PAGES, seed = 'bench' }) => {
  const pool = createDocumentPool({
    workerUrl: new URL('../../../dist/documents/worker.js', import.meta.url),
    size: 1,
    fontsFolder: join(projectRoot, 'resources', 'fonts'),
  });
  const sane = await startSane();
  const folder = mkdtempSync(join(tmpdir(), 'virtuos-bench-'));
  const scan = () =>
    promisify(execFile)(
      sane.command,
      [
        ...['-d', sane.device, '--format=tiff', '--mode=Color', '--depth=8', '--resolution=300'],
        ...['-x', '210', '-y', '297', '-o', join(folder, 'page.tiff')],
      ],
      { env: { ...process.env, ...sane.env } },
    );
  const took: Record<'scanimage' | 'whole' | 'cpu', number[]> = {
    ...{ scanimage: [], whole: [], cpu: [] },
  };
  let right = 0;
  for (let at = -1; at < count; at += 1) {
    const chance = chanceOf(seed, at);
    const skew = chance.next() * 10 - 5;
    // B5: the largest usual sheet that lies askew on an A4 glass as a whole.
    const page = await drawnPage(chance, { skew, paper: { width: 176, height: 250 } });
    const image = new Uint8Array(await sharp(page.bytes).tiff({ compression: 'none' }).toBuffer());
    const began = performance.now();
    await scan();
    const scanned = performance.now();
    const cpu = process.cpuUsage();
    const looked = await pool.preparePage(
      {
        page: { image, mode: 'colour', dpi: 300 },
        wanted: { crop: true, straighten: true, separators: false },
      },
      { giveAway: true },
    );
    const ended = performance.now();
    const { user, system } = process.cpuUsage(cpu);
    if (!looked.ok) throw new Error(looked.error.code);
    const { found } = looked.value;
    // The first one loads the worker's code.
    if (at < 0) continue;
    if (found.crop !== null && Math.abs(found.skew - skew) < 0.2) right += 1;
    took.scanimage.push(scanned - began);
    took.whole.push(ended - scanned);
    took.cpu.push((user + system) / 1000);
  }
  await pool.close();
  await sane.stop();
  rmSync(folder, { recursive: true, force: true });
  const p50 = median(took.whole);
  return {
    figures: {
      pages: count,
      right,
      p50: rounded(p50, 0),
      p95: rounded(percentile(took.whole, 0.95), 0),
      cpuP50: rounded(median(took.cpu), 0),
      scanimageP50: rounded(median(took.scanimage), 0),
    },
    notes: [
      'milliseconds from the end of a scan to what was found and the page encoded; it is unpacked once',
    ],
    goals: [
      { goal: 'a page in under 400 ms (median)', measured: `${p50.toFixed(0)} ms`, met: p50 < GOAL },
      {
        goal: 'every page cropped and straight to 0.2°',
        measured: `${right} of ${count}`,
        met: right === count,
      },
    ],
  };
};
