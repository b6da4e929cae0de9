import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { projectRoot } from '../../scripts/places.ts';
import { type Chance, chanceOf } from '../chaos/random.ts';
import { startPortal } from '../rigs/counter.ts';
import { ACKNOWLEDGED, type Acknowledged } from './acknowledged.ts';
import type { BrokenVariant } from './broken.ts';
import { flawsAfterCut } from './check.ts';
import { createDisk, type Selection } from './disk.ts';
import { compiledRecorder, type Op, recordDesk } from './record.ts';

/** The shared memory of a write-ahead log is mapped, not written; SQLite makes it anew from the log. */
const isRemade = (path: string): boolean => path.endsWith('-shm');

export type Recorded = { root: string; ops: Op[]; real: Map<string, Buffer> };

/** Records a desk's work of so many rounds and reads the folder it left. */
export async function record(rounds: number): Promise<Recorded> {
  const parent = mkdtempSync(join(tmpdir(), 'virtuos-powercut-'));
  const portal = await startPortal();
  try {
    const root = join(parent, 'desk');
    mkdirSync(root);
    const ops = await recordDesk({
      recorder: compiledRecorder(join(projectRoot, 'out', 'powercut')),
      folder: root,
      record: join(parent, 'record'),
      portalUrl: portal.url(),
      enrolmentCode: portal.enrolmentCode(),
      rounds,
    });
    const real = new Map<string, Buffer>();
    for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
      const path = join(root, name);
      if (lstatSync(path).isFile()) real.set(path, readFileSync(path));
    }
    return { root, ops, real };
  } finally {
    await portal.close();
    rmSync(parent, { recursive: true, force: true });
  }
}

/** Where the record differs from what really lay in the folder: the recorder missed a call. */
export function missed({ root, ops, real }: Recorded): string[] {
  const disk = createDisk(root);
  for (const op of ops) disk.apply(op);
  const all = disk.after({ names: Number.POSITIVE_INFINITY, keep: () => 'whole' });
  return [...new Set([...real.keys(), ...all.keys()])]
    .filter((path) => !isRemade(path))
    .filter((path) => {
      const there = real.get(path);
      const recorded = all.get(path);
      return there === undefined || recorded === undefined || !there.equals(recorded);
    })
    .map((path) => relative(root, path));
}

/** Selections worth a look at one moment: the plain ones first, then what only chance finds. */
function* selections(open: { names: number; changes: number }, chance: Chance): Generator<Selection> {
  const { names, changes } = open;
  yield { names: 0, keep: () => 'lost' };
  yield { names, keep: () => 'whole' };
  yield { names, keep: () => 'lost' };
  yield { names: 0, keep: () => 'whole' };
  if (changes === 0) return;
  for (;;) {
    const one = chance.whole(0, changes - 1);
    const some = chance.whole(0, names);
    yield { names: some, keep: (index) => (index === one ? 'lost' : 'whole') };
    yield { names: some, keep: (index) => (index === one ? 'whole' : 'lost') };
    yield { names: some, keep: (index) => (index < one ? 'whole' : index === one ? 'torn' : 'lost') };
    yield { names: some, keep: (index) => (index === one ? 'torn' : 'whole') };
    const share = chance.next();
    const kept = Array.from({ length: changes }, () => chance.yes(share));
    yield { names: some, keep: (index) => (kept[index] ? 'whole' : 'lost') };
  }
}

const hashOf = (files: ReadonlyMap<string, Buffer>): string => {
  const hash = createHash('sha1');
  for (const path of [...files.keys()].sort())
    hash
      .update(`${path}\0`)
      .update(files.get(path) ?? '')
      .update('\0');
  return hash.digest('hex');
};

export type PowercutResult = {
  ops: number;
  moments: number;
  states: number;
  acknowledged: number;
  findings: string[];
  seconds: number;
};

/**
 * Cuts the power before each sync to disk and looks at so many of the states it could leave, evenly over the record.
 * Stops at the first finding.
 */
export async function cutPower(
  { root, ops }: Recorded,
  options: {
    seed: string;
    states: number;
    broken?: BrokenVariant | null;
    onProgress?: (states: number) => void;
  },
): Promise<PowercutResult> {
  const { seed, states, broken, onProgress } = options;
  const started = performance.now();
  const chance = chanceOf('powercut', seed);
  const disk = createDisk(root);
  const acknowledged: Acknowledged[] = [];
  const notes = new Set<number>();
  const seen = new Set<string>();
  const findings: string[] = [];
  const done = ops.flatMap((op) => broken?.(op) ?? [op]);
  const syncs = done.filter(({ op }) => op === 'sync').length;
  let moments = 0;

  async function look(): Promise<void> {
    moments += 1;
    const due = Math.ceil((states * moments) / (syncs + 1)) - seen.size;
    let tries = due * 4;
    const before = seen.size;
    for (const selection of selections(disk.open(), chance)) {
      if (seen.size - before >= due || tries <= 0 || findings.length > 0) return;
      tries -= 1;
      const files = disk.after(selection);
      for (const path of files.keys()) if (isRemade(path)) files.delete(path);
      const hash = hashOf(files);
      // A state that an earlier moment could leave too owes less than it does now.
      const key = `${hash} ${acknowledged.length}`;
      if (seen.has(key)) continue;
      seen.add(key);
      onProgress?.(seen.size);
      const flaws = await flawsAfterCut(root, files, acknowledged);
      if (flaws.length > 0)
        findings.push(`cut before sync ${moments}, ${acknowledged.length} acknowledged: ${flaws.join('; ')}`);
    }
  }

  for (const op of done) {
    if (op.op === 'open' && op.path === join(root, ACKNOWLEDGED)) {
      notes.add(op.descriptor);
      continue;
    }
    if ('descriptor' in op && notes.has(op.descriptor)) {
      if (op.op === 'close' || op.op === 'open') notes.delete(op.descriptor);
      if (op.op === 'write') acknowledged.push(JSON.parse(op.data.toString('utf8')));
      if (op.op !== 'open') continue;
    }
    if (op.op === 'sync') await look();
    if (findings.length > 0) break;
    disk.apply(op);
  }
  if (findings.length === 0) await look();
  return {
    ops: ops.length,
    moments,
    states: seen.size,
    acknowledged: acknowledged.length,
    findings,
    seconds: (performance.now() - started) / 1000,
  };
}
