import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  beginSwitch,
  eraseSigningKeys,
  eraseStoreKeys,
  finishSwitch,
  isRemoved,
  markRemoved,
  restoringFolder,
} from './store-switch.ts';

const NOW = new Date('2026-04-01T08:00:00.000Z');
const ASIDE = 'aside-2026-04-01T08-00-00Z';
const OLD = ['desk.db', 'desk.db-wal', 'desk.keycheck', 'desk.lock', 'key.plain', 'signing.plain'];
const NEW = ['desk.db', 'desk.keycheck', 'key.plain'];

function folderWith(ready = true): string {
  const folder = mkdtempSync(join(tmpdir(), 'desk-switch-'));
  for (const name of OLD) writeFileSync(join(folder, name), `old ${name}`);
  mkdirSync(join(folder, 'blobs'));
  writeFileSync(join(folder, 'blobs', 'a'), 'old blob');
  for (const other of ['log', 'window', 'backups']) mkdirSync(join(folder, other));
  writeFileSync(join(folder, 'environment'), 'training');
  const restoring = restoringFolder(folder);
  mkdirSync(join(restoring, 'blobs'), { recursive: true });
  for (const name of NEW) writeFileSync(join(restoring, name), `new ${name}`);
  writeFileSync(join(restoring, 'blobs', 'b'), 'new blob');
  if (ready) writeFileSync(join(restoring, 'ready.json'), '{}');
  return folder;
}

function expectSwitched(folder: string): void {
  for (const name of NEW) expect(readFileSync(join(folder, name), 'utf8')).toBe(`new ${name}`);
  expect(readdirSync(join(folder, 'blobs'))).toEqual(['b']);
  // The old store is whole, with its keys, and signs nothing here any more.
  for (const name of OLD) expect(readFileSync(join(folder, ASIDE, name), 'utf8')).toBe(`old ${name}`);
  expect(readdirSync(join(folder, ASIDE, 'blobs'))).toEqual(['a']);
  expect(readdirSync(folder).sort()).toEqual(
    [ASIDE, 'backups', 'blobs', 'environment', 'log', 'window', ...NEW].sort(),
  );
}

test('the new store takes the old one’s place, and the old one is kept', () => {
  const folder = folderWith();
  expect(beginSwitch(folder, NOW)).toBe(true);
  expectSwitched(folder);
  finishSwitch(folder);
  expectSwitched(folder);
});

test('a store that is not whole takes nobody’s place', () => {
  const folder = folderWith(false);
  const before = readdirSync(folder);
  expect(beginSwitch(folder, NOW)).toBe(false);
  expect(readdirSync(folder)).toEqual(before);
});

test('a death at any point is gone on from at the next start', () => {
  const moved = fc.record({
    phase: fc.constantFrom('out', 'in'),
    out: fc.nat({ max: OLD.length + 1 }),
    inwards: fc.nat({ max: NEW.length + 1 }),
    halfWritten: fc.boolean(),
  });
  fc.assert(
    fc.property(moved, ({ phase, out, inwards, halfWritten }) => {
      const folder = folderWith();
      const aside = join(folder, ASIDE);
      const all = [...OLD, 'blobs'];
      // As far as the one that died had come.
      const gone = phase === 'out' ? all.slice(0, out) : all;
      if (gone.length > 0) mkdirSync(aside);
      for (const name of gone) renameSync(join(folder, name), join(aside, name));
      if (phase === 'in')
        for (const name of [...NEW, 'blobs'].slice(0, inwards))
          renameSync(join(restoringFolder(folder), name), join(folder, name));
      writeFileSync(join(folder, 'switch.json'), JSON.stringify({ aside: ASIDE, phase }));
      if (halfWritten) writeFileSync(join(folder, 'switch.json.next'), '{"as');
      finishSwitch(folder);
      expectSwitched(folder);
      rmSync(folder, { recursive: true });
    }),
    { numRuns: 60 },
  );
});

test('a desk out of service stays so, and keeps or loses its keys as it was decided', () => {
  const folder = folderWith();
  expect(isRemoved(folder)).toBe(false);
  markRemoved(folder);
  markRemoved(folder);
  eraseSigningKeys(folder);
  expect(isRemoved(folder)).toBe(true);
  expect(existsSync(join(folder, 'key.plain'))).toBe(true);
  expect(existsSync(join(folder, 'signing.plain'))).toBe(false);
  eraseStoreKeys(folder);
  expect(existsSync(join(folder, 'key.plain'))).toBe(false);
  expect(existsSync(join(folder, 'desk.db'))).toBe(true);
});
