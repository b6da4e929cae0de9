import { join } from 'node:path';
import { z } from 'zod';
import { type BackupSettings, type BackupsView, backupSettings } from '../../contract/recovery.ts';
import type { ContractFailure } from '../../contract/shared.ts';
import { backupsIn, type Manifest } from '../../store/backup-manifest.ts';
import * as deskValues from '../../store/desk-values.ts';
import type { Reader } from '../../store/open.ts';
import * as recoveries from '../../store/recoveries.ts';
import * as settings from '../../store/settings.ts';
import { isRecoveryPublicKey, recoveryKeyName } from '../../values/recovery-key.ts';
import { err, ok, type Result } from '../../values/result.ts';
import { centralSettings, offices } from '../catalogue/catalogue.ts';
import type { Desk } from '../desk.ts';
import { stackOf } from '../log.ts';
import { before } from '../retention/rules.ts';
import type { RecoveryParts } from './parts.ts';

const DEFAULTS: BackupSettings = { everyHours: 4, keepLast: 6, keepDays: 7, secondPlace: null };
const SETTINGS = 'backups';
const LAST = 'last-backup';
const HOUR_MS = 3_600_000;
/** After a failure it is tried again sooner than the next one would be due. */
const RETRY_MS = 10 * 60_000;
/** A desk that has just started has more to do than to copy itself. */
const FIRST_AFTER_MS = 60_000;

const lastBackup = z.object({
  at: z.iso.datetime(),
  entries: z.int(),
  bytes: z.int(),
  recoverable: z.boolean(),
});

export const backupSettingsOf = (tx: Reader): BackupSettings => {
  const parsed = backupSettings.safeParse(settings.find(tx, SETTINGS)?.value);
  return parsed.success ? parsed.data : DEFAULTS;
};

export const saveBackupSettings = (
  tx: Parameters<typeof settings.save>[0],
  value: BackupSettings,
  by: { at: string; clerkId: string },
): void => settings.save(tx, { key: SETTINGS, value, changedAt: by.at, changedBy: by.clerkId });

/** The folder of backups on this machine. */
export const ownPlace = (folder: string): string => join(folder, 'backups');

export const entryOf = ({ name, manifest }: { name: string; manifest: Manifest }) => ({
  name,
  at: manifest.at,
  reason: manifest.reason,
  deskName: manifest.desk.name,
  entries: manifest.journal.size,
  bytes: manifest.database.size + manifest.blobs.reduce((sum, { size }) => sum + size, 0),
  recoveryKey: manifest.keys.recovery?.name ?? null,
});

/** The office's recovery key as its master data have it. */
function recoveryKeyOf(desk: Desk, tx: Reader): string | null {
  const own = desk.enrolled(tx);
  const key = own ? offices.find(tx, own.officeId)?.recoveryKey : undefined;
  return key !== undefined && isRecoveryPublicKey(key) ? key : null;
}

/** Makes backups every so many hours, at a closing and when asked, one at a time. */
export function createBackups(desk: Desk, parts: RecoveryParts | null, onChange: () => void) {
  const { store, clock, timers, log } = desk;
  let running: Promise<Result<null, ContractFailure>> | null = null;
  let failure: ContractFailure | null = null;
  let cancel = (): void => {};
  let dueAt: Date | null = null;
  let stopped = false;

  async function make(reason: Manifest['reason']): Promise<Result<null, ContractFailure>> {
    if (parts?.key == null) return ok(null);
    const at = clock.now();
    const job = store.read((tx) => {
      const own = desk.enrolled(tx);
      const { keepLast, keepDays, secondPlace } = backupSettingsOf(tx);
      return own && !recoveries.open(tx)
        ? {
            places: [ownPlace(parts.folder), ...(secondPlace ? [secondPlace] : [])],
            desk: { id: own.deskId, name: own.deskName, officeId: own.officeId },
            recoveryKey: recoveryKeyOf(desk, tx),
            keep: {
              last: keepLast,
              days: keepDays,
              // An older one would bring back what was erased since.
              notBefore: before(at, centralSettings(tx).retention.backups),
            },
          }
        : null;
    });
    // A desk that is none yet, or has not settled what it is, has nothing a backup could stand for.
    if (job === null) return ok(null);
    const began = clock.monotonicMs();
    const made = await parts.run({
      task: 'backup',
      ...job,
      folder: parts.folder,
      key: parts.key,
      nativeBinding: parts.nativeBinding,
      id: desk.newId(),
      at: at.toISOString(),
      reason,
      environment: desk.environment,
      program: desk.version,
    });
    if (stopped) return ok(null);
    if (!made.ok) {
      log.error({ call: 'backup', code: made.error.code }, 'backup failed');
      failure = { code: 'recovery.backup-failed' };
      // A backup reads every page: often it is the first to meet one that is damaged.
      if (made.error.code === 'store.damaged') parts.storeDamaged();
      return err(made.error);
    }
    const { entries, bytes, recoverable, places } = made.value;
    store.write((tx) => deskValues.set(tx, LAST, { at: at.toISOString(), entries, bytes, recoverable }));
    const isAway = places.some((one) => one.failure !== null);
    failure = isAway ? { code: 'recovery.second-place' } : null;
    log.info(
      { call: 'backup', count: entries, ms: Math.round(clock.monotonicMs() - began) },
      isAway ? 'backup made, in one place only' : 'backup made',
    );
    return ok(null);
  }

  /**
   * Begins a backup unless one runs; resolves when it is made. That of a closing comes after one that runs: it may have
   * begun before the closing.
   */
  function request(reason: Manifest['reason']): Promise<Result<null, ContractFailure>> {
    if (stopped) return Promise.resolve(ok(null));
    if (reason === 'closing' && running !== null) return running.then(() => request(reason));
    cancel();
    running ??= make(reason)
      .catch((thrown: unknown) => {
        log.error({ call: 'backup', stack: stackOf(thrown) }, 'backup failed');
        failure = { code: 'recovery.backup-failed' };
        return err(failure);
      })
      .finally(() => {
        running = null;
        schedule();
        onChange();
      });
    return running;
  }

  const last = (tx: Reader): z.output<typeof lastBackup> | null => {
    const parsed = lastBackup.safeParse(deskValues.get(tx, LAST));
    return parsed.success ? parsed.data : null;
  };

  /** Looks when the next one is due: so long after the last one, whatever the clock has been through since. */
  function schedule(first = false): void {
    cancel();
    if (stopped || parts?.key == null) return;
    const { everyMs, lastMs } = store.read((tx) => ({
      everyMs: backupSettingsOf(tx).everyHours * HOUR_MS,
      lastMs: Date.parse(last(tx)?.at ?? '1970-01-01T00:00:00Z'),
    }));
    const now = clock.now().getTime();
    const due = failure?.code === 'recovery.backup-failed' ? RETRY_MS : lastMs + everyMs - now;
    const wait = Math.min(everyMs, Math.max(first ? FIRST_AFTER_MS : 1000, due));
    dueAt = new Date(now + wait);
    cancel = timers.after(wait, () => void request('timer'));
  }

  return {
    request,
    start: () => schedule(true),
    settingsChanged: () => schedule(),
    async stop(): Promise<void> {
      stopped = true;
      cancel();
      await running;
    },
    /** Standing warnings for the frame. */
    warnings: (tx: Reader): ContractFailure[] => [
      ...(failure ? [failure] : []),
      ...(parts?.key != null && desk.enrolled(tx) && recoveryKeyOf(desk, tx) === null
        ? [{ code: 'recovery.no-recovery-key' }]
        : []),
    ],
    view(): BackupsView {
      const folder = parts ? ownPlace(parts.folder) : '';
      return store.read((tx) => {
        const recoveryKey = recoveryKeyOf(desk, tx);
        return {
          settings: backupSettingsOf(tx),
          running: running !== null,
          last: last(tx),
          nextAt: dueAt?.toISOString() ?? null,
          failure,
          folder,
          backups: backupsIn(folder).map(entryOf),
          recoveryKey: recoveryKey && recoveryKeyName(recoveryKey),
        };
      });
    },
  };
}

export type Backups = ReturnType<typeof createBackups>;
