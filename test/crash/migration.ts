import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { checkEntries } from '../../electron/journal/read.ts';
import { migrations } from '../../electron/store/migrations/index.ts';
import { openStore } from '../../electron/store/open.ts';
import { systemClock } from '../../electron/values/clock.ts';
import { systemRandom } from '../../electron/values/ids.ts';
import type { Chance } from '../chaos/random.ts';

const fixtures = fileURLToPath(new URL('../fixtures/store', import.meta.url));
const opener = fileURLToPath(new URL('./open-store.ts', import.meta.url));
export const FIXTURE_KEY = new Uint8Array(32).fill(7);

/** How many rows the log of a stored database has, read without the store's own code. */
function leavesIn(folder: string): number {
  const db = new Database(join(folder, 'desk.db'));
  try {
    db.pragma("cipher = 'sqlcipher'");
    db.pragma('legacy = 4');
    db.pragma(`key = "x'${Buffer.from(FIXTURE_KEY).toString('hex')}'"`);
    const row = db.prepare<[], { n: number }>('SELECT count(*) AS n FROM journal_leaves').get();
    return row?.n ?? -1;
  } finally {
    db.close();
  }
}

/** Kills the process that brings an older store up to date, and opens what it left. */
export async function killMigrations(of: {
  parent: string;
  chance: Chance;
  kills: number;
  killed: () => void;
}): Promise<string[]> {
  const findings: string[] = [];
  for (let turn = 0; turn < of.kills; turn += 1) {
    const version = of.chance.pick(['v1', 'v2']);
    const folder = join(of.parent, `migration-${Buffer.from(systemRandom(6)).toString('hex')}`);
    mkdirSync(folder, { recursive: true });
    cpSync(join(fixtures, version), folder, { recursive: true });
    const before = leavesIn(folder);
    const child = spawn(process.execPath, [opener, folder], { stdio: ['ignore', 'pipe', 'ignore'] });
    const end = once(child, 'exit');
    // It says when it is about to open; the migrations take some tens of milliseconds.
    await Promise.race([once(child.stdout, 'data'), end]);
    await new Promise((resolve) => setTimeout(resolve, of.chance.whole(0, 60)));
    child.kill('SIGKILL');
    await end;
    of.killed();
    const opened = openStore({ folder, key: FIXTURE_KEY, clock: systemClock, random: systemRandom });
    if (!opened.ok) findings.push(`a store of ${version} killed while migrating: ${opened.error.code}`);
    else {
      const store = opened.value;
      const leaves = store.read((tx) => tx.get<{ n: number }>('SELECT count(*) AS n FROM journal_leaves'))?.n;
      const flaw = store.read((tx) => checkEntries(tx));
      if (leaves !== before || !flaw.ok || store.schemaVersion !== migrations.at(-1)?.version)
        findings.push(`a store of ${version}: ${leaves} of ${before} leaves, ${JSON.stringify(flaw)}`);
      store.close();
    }
    rmSync(folder, { recursive: true, force: true });
  }
  return findings;
}
