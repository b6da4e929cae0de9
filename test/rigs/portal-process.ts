import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import Sqlite from 'better-sqlite3';
import { z } from 'zod';
import { projectRoot } from '../../scripts/places.ts';

const ready = z.object({ ready: z.literal(true), url: z.string() });

const effect = z.object({
  id: z.string(),
  visitId: z.string(),
  kind: z.string(),
  state: z.string(),
  content: z.string(),
  references: z.int(),
  referenceNumber: z.string().nullable(),
});
export type PortalEffect = z.output<typeof effect>;

/**
 * The portal as a process of its own, which can be stopped and started again with its data and on its port, and whose
 * database is read from outside: what it holds is not taken from what the desk was told.
 */
export async function startPortalProcess(options: { referenceDelayMs?: number } = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'virtuos-portal-'));
  const enrolmentCode = 'zapis-cvicne-prepazky';
  const anotherEnrolmentCode = 'zapis-druhe-prepazky';
  let child: ChildProcess | null = null;
  let port = 0;
  let url = '';

  const start = async (): Promise<void> => {
    const started = spawn(process.execPath, [join(projectRoot, 'portal', 'server.ts')], {
      env: {
        ...process.env,
        PORT: String(port),
        DATA_DIR: dataDir,
        PORTAL_ENVIRONMENT: 'training',
        PORTAL_REFERENCE_DELAY_MS: String(options.referenceDelayMs ?? 200),
        PORTAL_LOG_LEVEL: 'error',
        // A code is used up by the desk that comes with it.
        ...(port === 0 ? { PORTAL_ENROLMENT_CODE: `${enrolmentCode},${anotherEnrolmentCode}` } : {}),
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child = started;
    const ended = once(started, 'exit').then(() => {
      throw new Error('the portal ended before it listened');
    });
    const [line] = await Promise.race([once(createInterface(started.stdout), 'line'), ended]);
    ended.catch(() => {});
    url = ready.parse(JSON.parse(String(line))).url;
    port = Number(new URL(url).port);
  };

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = child;
    child = null;
    if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return;
    const gone = once(ending, 'exit');
    ending.kill(signal);
    await gone;
  };

  const read = <T>(sql: string, row: z.ZodType<T>): T[] => {
    const db = new Sqlite(join(dataDir, 'portal.sqlite'), { readonly: true });
    try {
      return z.array(row).parse(db.prepare(sql).all());
    } finally {
      db.close();
    }
  };

  await start();
  return {
    url: () => url,
    enrolmentCode,
    /** For a second desk of the same office. */
    anotherEnrolmentCode,
    dataDir,
    start,
    stop: () => end('SIGTERM'),
    /** Everything desks have sent for somebody to act on, with how many reference numbers each was given. */
    effects: (): PortalEffect[] =>
      read(
        `SELECT e.id, e.visit_id AS visitId, e.kind, e.state, e.content,
           (SELECT count(*) FROM answers a WHERE a.effect_id = e.id AND a.kind = 'reference-number') AS "references",
           (SELECT max(a.reference_number) FROM answers a WHERE a.effect_id = e.id) AS referenceNumber
         FROM effects e ORDER BY e.received_at, e.id`,
        effect,
      ),
    /** Sequences of the leaves of the first desk's day log, as they were received. */
    leaves: (): number[] =>
      read(
        `SELECT sequence FROM log_leaves
         WHERE desk_id = (SELECT desk_id FROM log_leaves ORDER BY received_at, sequence LIMIT 1) ORDER BY sequence`,
        z.object({ sequence: z.int() }),
      ).map(({ sequence }) => sequence),
    close: async (): Promise<void> => {
      await end('SIGTERM');
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
export type PortalProcess = Awaited<ReturnType<typeof startPortalProcess>>;
