import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { lastSequence } from '../../electron/journal/read.ts';
import { openStore } from '../../electron/store/open.ts';
import { systemClock } from '../../electron/values/clock.ts';
import { systemRandom } from '../../electron/values/ids.ts';
import { contentsOf, flawsOf, unreadable } from '../rigs/store-flaws.ts';
import type { Acknowledged } from './acknowledged.ts';

/** Puts what a cut left on a disk, opens it as a start does and says what is wrong with it. */
export async function flawsAfterCut(
  root: string,
  files: ReadonlyMap<string, Buffer>,
  acknowledged: readonly Acknowledged[],
): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'virtuos-powercut-state-'));
  try {
    for (const [path, content] of files) {
      const file = join(folder, relative(root, path));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    const opened = openStore({
      folder,
      key: new Uint8Array(32).fill(7),
      clock: systemClock,
      random: systemRandom,
    });
    if (!opened.ok) return [`the store does not open: ${opened.error.code}`];
    const store = opened.value;
    try {
      const { wrong, contents } = store.read((tx) => {
        const check = tx.all<{ quick_check: string }>('PRAGMA quick_check');
        const foreign = tx.all('PRAGMA foreign_key_check');
        const found = flawsOf(
          tx,
          acknowledged.flatMap(({ command }) => command ?? []),
        );
        if (check[0]?.quick_check !== 'ok') found.push(`quick_check: ${check[0]?.quick_check}`);
        if (foreign.length > 0) found.push(`rows without what they refer to: ${JSON.stringify(foreign[0])}`);
        const entries = acknowledged.at(-1)?.entries ?? 0;
        if (lastSequence(tx) < entries)
          found.push(`${lastSequence(tx)} entries in the log, ${entries} were acknowledged`);
        return { wrong: found, contents: contentsOf(tx) };
      });
      return [...wrong, ...(await unreadable(store, contents))];
    } finally {
      store.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
