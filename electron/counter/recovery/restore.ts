import { dirname } from 'node:path';
import type { BackupPlace, RestorePlace } from '../../contract/recovery.ts';
import type { ContractFailure } from '../../contract/shared.ts';
import { backupsIn } from '../../store/backup-manifest.ts';
import { migrations } from '../../store/migrations/index.ts';
import { readRecoveryKey } from '../../values/recovery-key.ts';
import { err, ok, type Result } from '../../values/result.ts';
import type { Environment } from '../desk.ts';
import { refuse } from '../failure.ts';
import type { Handler } from '../handlers.ts';
import { query } from '../handlers.ts';
import type { Places } from '../places.ts';
import type { BackupSecret } from './backup-reading.ts';
import { entryOf, ownPlace } from './backups.ts';
import type { RecoveryParts } from './parts.ts';
import type { DamagedStore } from './rescue.ts';

/** Choosing a backup, checking it, and putting a new store together from it. Needs no store, so that it works without one. */

export type RestoreParts = {
  parts: RecoveryParts;
  places: Places;
  environment: Environment;
  random: (length: number) => Uint8Array;
  now: () => Date;
  newId: () => string;
  /** The second place of backups, where the settings can be read. */
  secondPlace: () => string | null;
  /** Whether the store that lies here does not open, so that it may be read past SQLite. */
  isDamaged: boolean;
  /** Whether somebody may do it who asks; null when they may. */
  mayNot: (session: { roles: readonly string[] } | null) => ContractFailure | null;
};

type Chosen = { place: RestorePlace; name: string; recoveryKey: string | null };

export function restoreHandlers(of: RestoreParts): Handler[] {
  const { parts } = of;
  let chosenFolder: string | null = null;

  const folderOf = (place: RestorePlace): string | null =>
    place === 'own' ? ownPlace(parts.folder) : place === 'second' ? of.secondPlace() : chosenFolder;

  const listed = (place: RestorePlace): BackupPlace | null => {
    const folder = folderOf(place);
    return folder === null ? null : { place, backups: backupsIn(folder).map(entryOf) };
  };

  /** The backup a person means, with what opens it. */
  function backupOf(
    chosen: Chosen,
  ): Result<
    { place: string; name: string; secret: BackupSecret; environment: Environment; knownSchema: number },
    ContractFailure
  > {
    const place = folderOf(chosen.place);
    // Only a name that is there: what the page says is never taken for a path.
    if (place === null || !backupsIn(place).some(({ name }) => name === chosen.name))
      return refuse('recovery.no-backups');
    const typed = chosen.recoveryKey === null ? null : readRecoveryKey(chosen.recoveryKey);
    if (chosen.recoveryKey !== null && typed === null) return refuse('recovery.key-unreadable');
    const secret: BackupSecret | null =
      typed !== null ? { kind: 'recovery', key: typed } : parts.key && { kind: 'desk', key: parts.key };
    if (secret === null) return refuse('recovery.key-unreadable');
    return ok({
      place,
      name: chosen.name,
      secret,
      environment: of.environment,
      knownSchema: migrations.length,
    });
  }

  const damaged = (): DamagedStore | null =>
    of.isDamaged && parts.key !== null ? { folder: parts.folder, key: parts.key } : null;

  /** A place for the new store, and what marks it as a recovered one. */
  const newTarget = async () => {
    const { folder, key } = await parts.newStore();
    return {
      target: folder,
      targetKey: key,
      nativeBinding: parts.nativeBinding,
      recovery: {
        id: of.newId(),
        at: of.now().toISOString(),
        newToken: Buffer.from(of.random(32)).toString('base64url'),
      },
    };
  };

  const guarded = <T>(
    session: { roles: readonly string[] } | null,
    work: () => T,
  ): T | { ok: false; error: ContractFailure } => {
    const failure = of.mayNot(session);
    return failure ? err(failure) : work();
  };

  return [
    query('restore.places', ({ session }) =>
      guarded(session, () =>
        ok(
          (['own', 'second'] as const)
            .flatMap((place) => listed(place) ?? [])
            .filter((one) => one.backups.length > 0),
        ),
      ),
    ),

    query('restore.choose', async ({ session }) =>
      guarded(session, async () => {
        const path = await of.places.open({ name: 'manifest', extension: 'json' });
        if (path === null) return ok(null);
        // The manifest lies in its backup's folder, and that in the place.
        chosenFolder = dirname(dirname(path));
        const found = listed('chosen');
        return found && found.backups.length > 0 ? ok(found) : refuse('recovery.no-backups');
      }),
    ),

    query('restore.check', async ({ session }, chosen) =>
      guarded(session, async () => {
        const backup = backupOf(chosen);
        if (!backup.ok) return backup;
        const checked = await parts.run({
          task: 'check',
          ...backup.value,
          nativeBinding: parts.nativeBinding,
        });
        if (!checked.ok) return checked;
        const { at, desk, entries, bytes, filesMissing, openVisits, unsent } = checked.value;
        return ok({
          at,
          deskName: desk.name,
          officeId: desk.officeId,
          entries,
          bytes,
          filesMissing,
          openVisits,
          unsent,
        });
      }),
    ),

    query('restore.begin', async ({ session }, { rescue, ...chosen }) =>
      guarded(session, async () => {
        const backup = backupOf(chosen);
        if (!backup.ok) return backup;
        const prepared = await parts.run({
          task: 'prepare',
          ...backup.value,
          ...(await newTarget()),
          damaged: rescue ? damaged() : null,
        });
        if (!prepared.ok) return prepared;
        parts.switchStore();
        return ok({});
      }),
    ),

    query('restore.damaged', async ({ session }) =>
      guarded(session, async () => {
        const store = damaged();
        return store === null ? ok(null) : parts.run({ task: 'look', damaged: store });
      }),
    ),

    query('restore.rescue', async ({ session }) =>
      guarded(session, async () => {
        const store = damaged();
        if (store === null) return refuse('recovery.nothing-rescued');
        const prepared = await parts.run({ task: 'rescue', ...(await newTarget()), damaged: store });
        if (!prepared.ok) return prepared;
        parts.switchStore();
        return ok({});
      }),
    ),
  ];
}
