import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type UtilityProcess, utilityProcess } from 'electron';
import { eachLine } from './lines.ts';
import { type MainLog, technicalPart } from './log.ts';
import { parsePort, parseReadyLine } from './portal-line.ts';
import { afterDeath, processLimits } from './restarts.ts';

export type TrainingPortal = { url: string; enrolmentCode: string };

export type PortalKeeper = {
  /** Where the portal is, once it listens; null when it does not start within `limitMs` or at all. */
  whenReady(limitMs: number): Promise<TrainingPortal | null>;
  stop(): void;
};

const rememberedPort = (file: string): number => {
  try {
    return parsePort(readFileSync(file, 'utf8'));
  } catch {
    return 0;
  }
};

/**
 * Runs the bundled portal for the training environment and keeps it running. It listens on the same port at every start
 * where that is free, because the desk remembers its portal's address.
 */
export const keepTrainingPortal = (given: {
  /** The portal's bundle. */
  file: string;
  /** The desk's data folder; the portal's own lies in it. */
  folder: string;
  resources: string;
  log: MainLog;
  /** Also show its output to whoever started the desk from source. */
  echo: boolean;
}): PortalKeeper => {
  const { log } = given;
  const portFile = join(given.folder, 'portal-port');
  const enrolmentCode = randomBytes(12).toString('hex');
  const waiting = new Set<(portal: TrainingPortal | null) => void>();
  let port = rememberedPort(portFile);
  let portal: TrainingPortal | null = null;
  let child: UtilityProcess | null = null;
  let timer: NodeJS.Timeout | null = null;
  let deaths: number[] = [];
  let over = false;

  const settle = (): void => {
    for (const tell of waiting) tell(portal);
    waiting.clear();
  };

  const onReady = (url: string): void => {
    const listening = parsePort(new URL(url).port);
    if (listening !== port) writeFileSync(portFile, String(listening), { mode: 0o600 });
    port = listening;
    portal = { url, enrolmentCode };
    log.info('training portal ready');
    settle();
  };

  const onExit = (exitCode: number): void => {
    if (over) return;
    log.error('training portal ended by itself', { exitCode });
    // It never listened: the remembered port may be somebody else's now.
    if (portal === null) port = 0;
    const next = afterDeath(deaths, performance.now(), processLimits);
    deaths = next.deaths;
    if (next.delayMs !== null) {
      timer = setTimeout(launch, next.delayMs);
      return;
    }
    log.error('training portal keeps ending; it is not started again');
    over = true;
    portal = null;
    settle();
  };

  const launch = (): void => {
    child = utilityProcess.fork(given.file, [], {
      serviceName: 'VIRTUOS training portal',
      stdio: 'pipe',
      env: {
        ...process.env,
        PORT: String(port),
        DATA_DIR: join(given.folder, 'portal'),
        PORTAL_ENVIRONMENT: 'training',
        PORTAL_ENROLMENT_CODE: enrolmentCode,
        VIRTUOS_RESOURCES: given.resources,
      },
    });
    eachLine(child.stdout, (line) => {
      const url = parseReadyLine(line);
      if (url !== null) onReady(url);
    });
    eachLine(child.stderr, (line) => {
      if (given.echo) process.stderr.write(`${line}\n`);
      const where = technicalPart(line);
      if (where) log.warn('training portal reported an error', { where });
    });
    child.once('exit', onExit);
  };

  launch();
  return {
    whenReady: (limitMs) => {
      if (portal !== null || over) return Promise.resolve(portal);
      return new Promise((resolve) => {
        const limit = setTimeout(() => {
          waiting.delete(tell);
          log.warn('training portal is not ready in time');
          resolve(null);
        }, limitMs);
        const tell = (found: TrainingPortal | null): void => {
          clearTimeout(limit);
          resolve(found);
        };
        waiting.add(tell);
      });
    },
    stop: () => {
      over = true;
      if (timer) clearTimeout(timer);
      child?.kill();
    },
  };
};
