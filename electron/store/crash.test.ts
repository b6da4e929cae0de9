import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import * as journal from '../journal/read.ts';
import * as commands from './commands.ts';
import * as numbers from './numbers.ts';
import type { Store } from './open.ts';
import * as outbox from './outbox.ts';
import { mustOpen, openTestStore, temporaryFolder } from './testing/temporary-store.ts';

// SIGKILL leaves what the process had handed to the system; what a power cut would leave is another test's matter.

const KILLS = 15;
const child = fileURLToPath(new URL('../journal/testing/crash-child.ts', import.meta.url));

type Acknowledged = { actId: string; sha256: string; sequence: number; number: number };
type Said = { acts: Acknowledged[]; released: string[] };

/** Lets the child work until it has said so many things and then for some milliseconds more, and kills it. */
function workAndDie(
  folder: string,
  { things, milliseconds }: { things: number; milliseconds: number },
): Promise<Said> {
  return new Promise((resolve, reject) => {
    const working = spawn(process.execPath, [child, folder], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    let complaints = '';
    const kill = () => setTimeout(() => working.kill('SIGKILL'), milliseconds);
    if (things === 0) kill();
    working.stdout.setEncoding('utf8').on('data', (text: string) => {
      const before = said.split('\n').length - 1;
      said += text;
      const after = said.split('\n').length - 1;
      if (before < things && after >= things) kill();
    });
    working.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaints += text;
    });
    working.on('error', reject);
    working.on('close', (_code, signal) => {
      if (signal !== 'SIGKILL') return reject(new Error(`The child ended by itself: ${complaints}`));
      // A line cut by the kill was not acknowledged.
      const lines = said.split('\n').slice(0, -1);
      const told: (Acknowledged | { released: string })[] = lines.map((line) => JSON.parse(line));
      resolve({
        acts: told.flatMap((one) => ('actId' in one ? [one] : [])),
        released: told.flatMap((one) => ('released' in one ? [one.released] : [])),
      });
    });
  });
}

async function examine(store: Store, all: Said): Promise<void> {
  const released = new Set(all.released);
  for (const { actId, sha256, sequence, number } of all.acts) {
    const found = store.read((tx) => ({
      entry: journal.entry(tx, sequence),
      result: commands.find(tx, actId)?.result,
      effect: outbox.find(tx, actId),
      blobs: outbox.blobsOf(tx, actId).map((blob) => blob.sha256),
    }));
    expect(found.entry).toMatchObject({ actId, isIntact: true });
    expect(found).toMatchObject({ result: String(number), effect: { state: 'waiting' }, blobs: [sha256] });
    if (released.has(actId)) expect(await store.blobs.read(sha256)).toMatchObject({ ok: false });
  }
  const entries = store.read((tx) => journal.lastSequence(tx));
  expect(store.read((tx) => journal.checkEntries(tx))).toEqual({ ok: true, value: entries });
  // One number for each entry: also of what was committed and no longer acknowledged.
  const allotted = store.read((tx) => numbers.fates(tx, 'vidimace', 2026)).map(({ number }) => number);
  expect(allotted).toEqual(Array.from({ length: entries }, (_, index) => index + 1));
  const referred = store.read((tx) => tx.all<{ sha256: string }>('SELECT sha256 FROM blobs'));
  for (const { sha256 } of referred) expect((await store.blobs.read(sha256)).ok).toBe(true);
}

it(`loses nothing it acknowledged, whenever the process is killed (${KILLS} times)`, async () => {
  const { folder, remove } = temporaryFolder();
  try {
    const all: Said = { acts: [], released: [] };
    for (let kill = 0; kill < KILLS; kill += 1) {
      // The first ones die while the store is being made.
      const isEarly = kill < 3;
      const said = await workAndDie(folder, {
        things: isEarly ? 0 : randomInt(1, 12),
        milliseconds: isEarly ? randomInt(60, 300) : randomInt(0, 6),
      });
      all.acts.push(...said.acts);
      all.released.push(...said.released);
      const opened = openTestStore(folder);
      if (!opened.ok) throw new Error(`After kill ${kill}: ${opened.error.code}`);
      await examine(opened.value, all);
      await opened.value.blobs.sweep();
      const kept = opened.value.read((tx) => tx.all<{ file_name: string }>('SELECT file_name FROM blobs'));
      expect(readdirSync(join(folder, 'blobs')).sort()).toEqual(kept.map((row) => row.file_name).sort());
      opened.value.close();
    }
    expect(all.acts.length).toBeGreaterThan(KILLS);
    mustOpen(folder).close();
  } finally {
    remove();
  }
});
