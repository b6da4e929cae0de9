import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { type Chance, chanceOf } from '../chaos/random.ts';
import { onePage } from '../fixtures/pdf/make.ts';
import { newId, type PortalRig, startPortal, type TestWindow, until } from '../rigs/counter.ts';
import { acceptSubmission, certifyCopy, copyCount, settlePrints, verify } from '../rigs/visits.ts';
import { createKilledDesk, Finding, type KilledDesk } from './killed-desk.ts';
import { killMigrations } from './migration.ts';

const SUPERVISOR_PASSWORD = 'Cvicna-Prepazka-3';
/** A desk's log grows with what is done at it: after so many kills a new one begins. */
const KILLS_A_DESK = 40;
const DELIVERED_WITHIN_MS = 120_000;

type Windows = { clerk: TestWindow; supervisor: TestWindow };
type Path = (desk: KilledDesk, windows: Windows, chance: Chance) => Promise<void>;

/** A PDF with so many bytes of something in it. */
function pdfOf(bytes: number, chance: Chance): Uint8Array<ArrayBuffer> {
  const filling = Buffer.from(chance.bytes(bytes)).toString('base64');
  return new Uint8Array(onePage('', [`<< /Length ${filling.length} >>\nstream\n${filling}\nendstream`]));
}

/** What happens at a desk, each a path along which it writes. */
const paths: Readonly<Record<string, Path>> = {
  accept: async (desk, { clerk }) => {
    const visit = await clerk.must('visits.open', {});
    await verify(clerk, visit.id);
    await acceptSubmission(clerk, visit.id);
    desk.on('print');
    await settlePrints(clerk, visit.id);
    await clerk.must('visits.hand-over', { visitId: visit.id });
  },
  cash: async (_desk, { clerk }) => {
    const visit = await clerk.must('visits.open', {});
    await certifyCopy(clerk, visit.id);
    await clerk.must('visits.pay', {
      visitId: visit.id,
      method: 'cash',
      expectedTotal: copyCount.feePages * 30,
    });
    await settlePrints(clerk, visit.id);
    await clerk.must('visits.hand-over', { visitId: visit.id });
  },
  upload: async (desk, { clerk }, chance) => {
    const visit = await clerk.must('visits.open', {});
    await verify(clerk, visit.id);
    const bytes = pdfOf(chance.pick([1_000, 40_000, 400_000]), chance);
    // Before the step of the attachments is over, a file is added.
    const withFile: TestWindow = {
      ...clerk,
      must: async (name, input, id) => {
        if (name === 'services.complete-attachments' && 'serviceId' in input)
          await clerk.must('attachments.add-file', {
            serviceId: input.serviceId,
            slotId: 'enclosure',
            name: 'priloha.pdf',
            bytes,
          });
        return clerk.must(name, input, id);
      },
    };
    await acceptSubmission(withFile, visit.id);
    await settlePrints(clerk, visit.id);
    await clerk.must('visits.hand-over', { visitId: visit.id });
    desk.killIn(chance.whole(0, 300));
  },
  sync: async (desk, { clerk }, chance) => {
    await clerk.must('cash-desk.move', { direction: 'in', purpose: 'float', amount: 100, reason: '' });
    await clerk.call('desk.try-line', {});
    desk.killIn(chance.whole(0, 150));
    await new Promise((resolve) => setTimeout(resolve, 160));
  },
  closing: async (_desk, { supervisor }) => {
    const closingId = newId();
    for (let tries = 0; tries < 20; tries += 1) {
      const state = await supervisor.must('closing.state', {});
      if (state.entries === 0) return;
      const reply = await supervisor.call('closing.close', {
        closingId,
        password: SUPERVISOR_PASSWORD,
        expected: state.cash.expected,
        counts: countsOf(state.cash.expected),
        differenceReason: null,
        carried: state.open.map(({ kind, id }) => ({ kind, id, reason: 'dořeší se zítra' })),
      });
      if (reply.ok) return;
      // Sync and prints change what is open while it is being counted; the supervisor looks again.
      if (!/^closing\.(changed|items-open)$|^clerk\.too-soon$/.test(reply.error.code))
        throw new Finding(`closing.close: ${JSON.stringify(reply.error)}`);
    }
  },
  backup: async (_desk, { supervisor }) => {
    await supervisor.call('backups.make', {});
  },
};

function countsOf(amount: number): Record<string, number> {
  const counts: Record<string, number> = {};
  let rest = amount;
  for (const piece of [5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1]) {
    const pieces = Math.floor(rest / piece);
    if (pieces > 0) counts[String(piece)] = pieces;
    rest -= pieces * piece;
  }
  return counts;
}

async function signIn(desk: KilledDesk, username: string): Promise<TestWindow> {
  const window = desk.window(newId().repeat(2));
  const account = (await window.must('clerks.training-accounts', {})).find(
    (one) => one.username === username,
  );
  if (!account) throw new Error(`no account ${username}`);
  await window.must('clerks.sign-in', { username, password: account.password });
  return window;
}

/** Holds what the portal has against what the desk has, once everything is delivered. */
async function judge(desk: KilledDesk, portal: PortalRig): Promise<void> {
  const seen = await until(
    'everything is delivered',
    async () => {
      const now = await desk.look();
      const open = now.effects.filter(({ state }) => state !== 'accepted' && state !== 'closed');
      const stuck = open.filter(({ state }) => state === 'needs-person');
      if (stuck.length > 0) throw new Finding(`needs a person: ${JSON.stringify(stuck)}`);
      return open.length === 0 && now.acknowledgedTo >= now.leaves && now;
    },
    DELIVERED_WITHIN_MS,
  );
  if (seen.wrong.length > 0) throw new Finding(seen.wrong.join('\n'));
  const counted = {
    'submission-accepted': desk.acknowledged('services.accept'),
    'copy-certified': desk.acknowledged('services.issue'),
    'fee-paid': desk.acknowledged('visits.pay'),
    'visit-closed': desk.acknowledged('visits.hand-over'),
  };
  for (const [kind, times] of Object.entries(counted))
    if ((seen.kinds[kind] ?? 0) !== times)
      throw new Finding(`${kind}: ${seen.kinds[kind] ?? 0} in the log, ${times} acknowledged`);
  const db = new Database(join(portal.dataDir, 'portal.sqlite'), { readonly: true });
  try {
    const ids = seen.effects.map(({ id }) => id);
    const there = db
      .prepare<[string], { id: string; state: string; desk_id: string }>(
        `SELECT id, state, desk_id FROM effects WHERE visit_id IN
         (SELECT visit_id FROM effects WHERE id IN (SELECT value FROM json_each(?)))`,
      )
      .all(JSON.stringify(ids));
    const wanted = seen.effects.filter(({ state }) => state === 'accepted').map(({ id }) => id);
    if (JSON.stringify(there.map(({ id }) => id).sort()) !== JSON.stringify(wanted.sort()))
      throw new Finding(`${there.length} effects at the portal, ${wanted.length} at the desk`);
    const half = there.filter(({ state }) => state !== 'complete');
    if (half.length > 0) throw new Finding(`not complete at the portal: ${JSON.stringify(half)}`);
    const deskId = there[0]?.desk_id;
    if (deskId === undefined) return;
    const hash = createHash('sha256');
    for (const { bytes } of db
      .prepare<[string], { bytes: Buffer }>(
        'SELECT bytes FROM log_leaves WHERE desk_id = ? ORDER BY sequence',
      )
      .all(deskId))
      hash.update(bytes);
    if (hash.digest('hex') !== seen.logHash) throw new Finding('the portal has another log');
  } finally {
    db.close();
  }
}

export type CrashOptions = {
  seed: string;
  kills: number;
  jobs: number;
  onProgress?: (kills: number, of: number) => void;
};
export type CrashResult = {
  kills: number;
  byPath: Record<string, number>;
  desks: number;
  findings: string[];
  seconds: number;
};

/** Kills desks until so many kills are reached or something is found. */
export async function runCrashes({ seed, kills, jobs, onProgress }: CrashOptions): Promise<CrashResult> {
  const started = performance.now();
  const parent = mkdtempSync(join(tmpdir(), 'virtuos-crash-'));
  const byPath: Record<string, number> = {};
  const findings: string[] = [];
  let total = 0;
  let desks = 0;
  const killed = (path: string): void => {
    total += 1;
    byPath[path] = (byPath[path] ?? 0) + 1;
    onProgress?.(total, kills);
  };
  const goOn = (): boolean => total < kills && findings.length === 0;

  async function oneDesk(portal: PortalRig, name: string): Promise<void> {
    const chance = chanceOf(seed, name);
    const folder = join(parent, `desk-${name}`);
    let here = 0;
    const desk = createKilledDesk({
      folder,
      portalUrl: portal.url(),
      enrolmentCode: portal.enrolmentCode(),
      chance,
      mayKill: () => goOn() && here < KILLS_A_DESK,
      killed: (path) => {
        here += 1;
        killed(path);
      },
    });
    desks += 1;
    try {
      desk.on('start');
      const windows = { clerk: await signIn(desk, 'novakova'), supervisor: await signIn(desk, 'dvorak') };
      let last = 'start';
      try {
        while (goOn() && here < KILLS_A_DESK) {
          last = chance.pick([
            'accept',
            'accept',
            'cash',
            'cash',
            'upload',
            'upload',
            'sync',
            'closing',
            'backup',
          ]);
          desk.on(last);
          await paths[last]?.(desk, windows, chance);
        }
        await judge(desk, portal);
      } catch (error) {
        const what = error instanceof Error ? `${error.message}\n${error.stack}` : String(error);
        findings.push(`desk ${name}, after ${here} kills, in ${last}: ${what}`);
      }
    } finally {
      await desk.end();
      if (findings.length === 0) rmSync(folder, { recursive: true, force: true });
    }
  }

  const portal = await startPortal();
  try {
    await Promise.all(
      Array.from({ length: jobs }, async (_, job) => {
        for (let round = 0; goOn(); round += 1) {
          await oneDesk(portal, `${job}.${round}`);
          if (!goOn()) break;
          const found = await killMigrations({
            parent,
            chance: chanceOf(seed, 'migration', job, round),
            kills: Math.min(3, Math.max(0, kills - total)),
            killed: () => killed('migration'),
          });
          findings.push(...found);
        }
      }),
    );
  } finally {
    await portal.close();
    if (findings.length === 0 && existsSync(parent)) rmSync(parent, { recursive: true, force: true });
  }
  return { kills: total, byPath, desks, findings, seconds: (performance.now() - started) / 1000 };
}
