import { beforeAll, describe, expect, it } from 'vitest';
import { type BrokenName, brokenVariants } from './broken.ts';
import { createDisk, SECTOR } from './disk.ts';
import type { Op } from './record.ts';
import { cutPower, missed, type Recorded, record } from './run.ts';

const write = (descriptor: number, offset: number, text: string): Op => ({
  op: 'write',
  descriptor,
  offset,
  data: Buffer.from(text),
});
const open = (descriptor: number, path: string): Op => ({ op: 'open', descriptor, path, truncate: false });
const sync = (descriptor: number): Op => ({ op: 'sync', descriptor });

function left(ops: readonly Op[], names: number, keep: (index: number) => 'whole' | 'torn' | 'lost') {
  const disk = createDisk('/d');
  for (const op of ops) disk.apply(op);
  return Object.fromEntries(
    [...disk.after({ names, keep })].map(([path, bytes]) => [path, bytes.toString()]),
  );
}
const none = () => 'lost' as const;
const all = () => 'whole' as const;

describe('a disk after a power cut', () => {
  const named = [open(1, '/d'), open(3, '/d/a'), sync(1)];

  it('has what was synced and any part of the rest', () => {
    const ops = [...named, write(3, 0, 'one'), sync(3), write(3, 3, 'two'), write(3, 6, 'three')];
    expect(left(ops, 0, none)).toEqual({ '/d/a': 'one' });
    expect(left(ops, 0, all)).toEqual({ '/d/a': 'onetwothree' });
    expect(left(ops, 0, (index) => (index === 0 ? 'lost' : 'whole'))).toEqual({ '/d/a': 'one\0\0\0three' });
  });

  it('tears a write at a sector', () => {
    const ops = [...named, write(3, 0, 'x'.repeat(2 * SECTOR))];
    expect(left(ops, 0, () => 'torn')).toEqual({ '/d/a': 'x'.repeat(SECTOR) });
  });

  it('knows a file only by a name that was synced in its folder', () => {
    const ops = [open(1, '/d'), open(3, '/d/a'), write(3, 0, 'one'), sync(3)];
    expect(left(ops, 0, all)).toEqual({});
    expect(left(ops, 1, none)).toEqual({ '/d/a': 'one' });
    const renamed: Op[] = [...ops, { op: 'rename', from: '/d/a', to: '/d/b' }];
    expect(left([...renamed, sync(1)], 0, none)).toEqual({ '/d/b': 'one' });
    expect(left([...ops, sync(1), { op: 'rename', from: '/d/a', to: '/d/b' }], 0, none)).toEqual({
      '/d/a': 'one',
    });
    expect(left([...ops, sync(1), { op: 'unlink', path: '/d/a' }], 0, none)).toEqual({ '/d/a': 'one' });
  });

  it('has nothing of a folder whose own name was not synced', () => {
    const ops: Op[] = [
      { op: 'mkdir', path: '/d/in' },
      open(2, '/d/in'),
      open(3, '/d/in/a'),
      write(3, 0, 'one'),
      sync(3),
      sync(2),
    ];
    expect(left(ops, 0, all)).toEqual({});
    expect(left([...ops, open(1, '/d'), sync(1)], 0, none)).toEqual({ '/d/in/a': 'one' });
  });
});

describe('the power cut under a working desk', () => {
  let recorded: Recorded;
  beforeAll(async () => {
    recorded = await record(1);
  }, 60_000);

  it('is recorded whole: what the record says is what lies in the folder', () => {
    expect(missed(recorded)).toEqual([]);
  });

  it('loses nothing that was acknowledged, and the desk opens', async () => {
    const result = await cutPower(recorded, { seed: 'ci', states: 150 });
    expect(result.findings).toEqual([]);
    expect(result.states).toBeGreaterThan(100);
    expect(result.acknowledged).toBeGreaterThan(10);
  }, 60_000);

  it.each(Object.keys(brokenVariants) as BrokenName[])(
    'is found out: %s',
    async (name) => {
      const result = await cutPower(recorded, { seed: 'ci', states: 150, broken: brokenVariants[name]() });
      expect(result.findings).toHaveLength(1);
    },
    60_000,
  );
});
