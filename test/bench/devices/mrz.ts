import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createDocumentPool } from '../../../electron/documents/pool.ts';
import { projectRoot } from '../../../scripts/places.ts';
import { chanceOf } from '../../chaos/random.ts';
import { type ZonePicture, zonePicture } from '../../rigs/zone-pictures.ts';
import type { Part } from '../devices.ts';
import { median, percentile, rounded } from '../report.ts';

// The zone out of pictures of A4 sheets in colour at 300 dpi, by the worker as it ships, beside Tesseract with its usual English
// data on the same pictures. A line is right when all of its characters are; one not read is wrong.

const PICTURES = 500;
const GOALS = { share: 0.99, p95: 500 };
const run = promisify(execFile);

async function peerLines(picture: ZonePicture, folder: string): Promise<string[]> {
  const file = join(folder, 'picture');
  writeFileSync(file, picture.bytes);
  // Psm 1: it also finds out which way up the page is, as ours does.
  const { stdout } = await run('tesseract', [file, 'stdout', '--psm', '1', '-l', 'eng'], {
    env: { ...process.env, OMP_THREAD_LIMIT: '2' },
    timeout: 60_000,
  }).catch(() => ({ stdout: '' }));
  return stdout.split('\n').map((line) => line.replace(/\s/g, ''));
}

const hasPeer = (): Promise<boolean> =>
  run('tesseract', ['--version']).then(
    () => true,
    () => false,
  );

export const measureMrz: Part = async ({ count = PICTURES, seed = 'bench', peerCount = count }) => {
  const pool = createDocumentPool({
    workerUrl: new URL('../../../dist/documents/worker.js', import.meta.url),
    size: 1,
    fontsFolder: join(projectRoot, 'resources', 'fonts'),
  });
  const folder = mkdtempSync(join(tmpdir(), 'virtuos-bench-'));
  const peer = await hasPeer();
  const took: number[] = [];
  /** Processor time of the whole process: what remains of it on a busy machine. */
  const burnt: number[] = [];
  const peerTook: number[] = [];
  const tally = {
    lines: 0,
    right: 0,
    peerLines: 0,
    peerRight: 0,
    unread: 0,
    wrong: 0,
    corrected: 0,
    failed: 0,
  };
  // The first one loads the worker's code.
  await pool.readZone({
    image: Uint8Array.from((await zonePicture(chanceOf(seed, 'warm'))).bytes),
    today: '2026-11-29' as never,
  });
  for (let at = 0; at < count; at += 1) {
    const picture = await zonePicture(chanceOf(seed, at));
    const image = Uint8Array.from(picture.bytes);
    const cpu = process.cpuUsage();
    const from = performance.now();
    const read = await pool.readZone({ image, today: '2026-11-29' as never }, { giveAway: true });
    took.push(performance.now() - from);
    const { user, system } = process.cpuUsage(cpu);
    burnt.push((user + system) / 1000);
    tally.lines += picture.lines.length;
    if (!read.ok) {
      tally.failed += 1;
      console.error(`  ${seed} ${at}: ${read.error.code}`);
    }
    for (const [line, { characters }] of read.ok ? read.value.lines.entries() : []) {
      const wanted = picture.lines[line] ?? '';
      if (characters.map(({ character }) => character ?? '?').join('') === wanted) tally.right += 1;
      for (const [column, { character, seen }] of characters.entries()) {
        if (character === null) tally.unread += 1;
        else if (character !== wanted[column]) tally.wrong += 1;
        else if (seen !== null) tally.corrected += 1;
      }
    }
    if (peer && at < peerCount) {
      tally.peerLines += picture.lines.length;
      const start = performance.now();
      const lines = await peerLines(picture, folder);
      peerTook.push(performance.now() - start);
      tally.peerRight += picture.lines.filter((line) => lines.includes(line)).length;
    }
    if (at % 25 === 24)
      console.error(`  ${at + 1} of ${count}: ${tally.right} of ${tally.lines} lines right`);
  }
  await pool.close();
  rmSync(folder, { recursive: true, force: true });
  const linesRight = tally.right / tally.lines;
  const p95 = percentile(took, 0.95);
  return {
    figures: {
      pictures: count,
      lines: tally.lines,
      linesRight: rounded(linesRight, 4),
      p50: rounded(median(took), 0),
      p95: rounded(p95, 0),
      cpuP50: rounded(median(burnt), 0),
      cpuP95: rounded(percentile(burnt, 0.95), 0),
      peerLinesRight: tally.peerLines > 0 ? rounded(tally.peerRight / tally.peerLines, 4) : null,
      peerP50: tally.peerLines > 0 ? rounded(median(peerTook), 0) : null,
      peerLines: tally.peerLines,
      picturesNotRead: tally.failed,
      charactersNotRead: tally.unread,
      charactersWrong: tally.wrong,
      charactersCorrected: tally.corrected,
    },
    notes: peer ? [] : ['no peer: tesseract is missing (apt-get install tesseract-ocr)'],
    goals: [
      {
        goal: 'at least 99 % of lines right',
        measured: `${(100 * linesRight).toFixed(2)} %`,
        met: linesRight >= GOALS.share,
      },
      { goal: 'a zone in under 500 ms (p95)', measured: `${p95.toFixed(0)} ms`, met: p95 < GOALS.p95 },
    ],
  };
};
