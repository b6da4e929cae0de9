import { z } from 'zod';
import { define } from './call.ts';
import { failure, instant, nothing } from './shared.ts';

/** What the frame says of a store that was restored, rescued or taken over and has not settled with the portal yet. */
export const recoveryView = z.strictObject({
  kind: z.enum(['restored', 'rescued', 'taken-over']),
  /** `reconciling`: nothing can be done yet. `numbering`: everything but what allots a number. */
  state: z.enum(['reconciling', 'numbering']),
  backupAt: instant.nullable(),
  /** Why it does not go on by itself. */
  trouble: failure.nullable(),
});
export type RecoveryView = z.output<typeof recoveryView>;

const series = z.strictObject({
  series: z.string().min(1).max(64),
  year: z.int().min(0).max(9999),
  last: z.int().min(0).max(9_999_999),
});

export const backupSettings = z.strictObject({
  everyHours: z.int().min(1).max(24),
  keepLast: z.int().min(1).max(50),
  keepDays: z.int().min(0).max(60),
  secondPlace: z.string().trim().max(500).nullable(),
});
export type BackupSettings = z.output<typeof backupSettings>;

const backupEntry = z.strictObject({
  name: z.string().max(60),
  at: instant,
  reason: z.enum(['closing', 'timer', 'demand', 'retention', 'removal']),
  deskName: z.string(),
  entries: z.int(),
  bytes: z.int(),
  /** Which recovery key opens it; null when only the machine that made it does. */
  recoveryKey: z.string().nullable(),
});
export type BackupEntry = z.output<typeof backupEntry>;

export const backupsView = z.strictObject({
  settings: backupSettings,
  running: z.boolean(),
  last: z
    .strictObject({ at: instant, entries: z.int(), bytes: z.int(), recoverable: z.boolean() })
    .nullable(),
  nextAt: instant.nullable(),
  /** Why the last try did not succeed, or only in part. */
  failure: failure.nullable(),
  /** The folder on this machine; administrators copy it to the desk's documentation. */
  folder: z.string(),
  backups: z.array(backupEntry),
  recoveryKey: z.string().nullable(),
});
export type BackupsView = z.output<typeof backupsView>;

/** Where backups are looked for: this machine's own folder, its second place, or a folder a person chose. */
const place = z.enum(['own', 'second', 'chosen']);
export type RestorePlace = z.output<typeof place>;

const backupPlace = z.strictObject({ place, backups: z.array(backupEntry) });
export type BackupPlace = z.output<typeof backupPlace>;

const chosenBackup = z.strictObject({
  place,
  name: z.string().max(60),
  /** As typed from the sheet; null: with this machine's own key. */
  recoveryKey: z.string().max(200).nullable(),
});

export const checkedBackup = z.strictObject({
  at: instant,
  deskName: z.string(),
  officeId: z.string(),
  entries: z.int(),
  bytes: z.int(),
  filesMissing: z.int(),
  openVisits: z.int(),
  unsent: z.int(),
});
export type CheckedBackup = z.output<typeof checkedBackup>;

/** What can be read of the store that lies here and does not open. */
const damagedStore = z.strictObject({ pages: z.int(), unreadable: z.int() });
export type DamagedStoreView = z.output<typeof damagedStore>;

const supervisors = ['supervisor', 'administrator'] as const;
const administrator = ['administrator'] as const;

export const recoveryCalls = {
  /** What a recovered store found, and the series whose last numbers a person has to read from the paper. */
  'recovery.details': define({
    kind: 'query',
    who: supervisors,
    input: nothing,
    output: z.strictObject({
      recovery: recoveryView.nullable(),
      report: z.record(z.string(), z.json()),
      series: z.array(series),
    }),
  }),
  /** Writes what the window says of a recovery into a file the person chooses; false when they chose none. */
  'recovery.save-report': define({
    kind: 'query',
    who: supervisors,
    input: z.strictObject({ text: z.string().min(1).max(20_000) }),
    output: z.boolean(),
  }),
  /** Asks the portal now instead of waiting for the next try. */
  'recovery.try-now': define({
    kind: 'query',
    who: 'anyone',
    whileLocked: true,
    input: nothing,
    output: recoveryView.nullable(),
  }),
  /** The portal does not take the desk any more: with a code of its administrator this machine takes its place. */
  'recovery.use-code': define({
    kind: 'command',
    who: 'anyone',
    secret: true,
    needsLine: true,
    input: z.strictObject({ code: z.string().trim().min(1).max(200) }),
    output: recoveryView.nullable(),
  }),
  /** The last numbers that stand on paper; those between and the known ones went with the disk. */
  'recovery.finish': define({
    kind: 'command',
    who: supervisors,
    input: z.strictObject({ numbers: z.array(series).max(100) }),
    output: nothing,
  }),

  'backups.get': define({ kind: 'query', who: supervisors, input: nothing, output: backupsView }),
  'backups.save-settings': define({
    kind: 'command',
    who: administrator,
    input: backupSettings,
    output: nothing,
  }),
  'backups.make': define({ kind: 'command', who: supervisors, input: nothing, output: nothing }),

  // What restores does not go through the store, which may be damaged or none: these are no commands of it. At an
  // enrolled desk that works they are an administrator's.
  'restore.places': define({ kind: 'query', who: 'anyone', input: nothing, output: z.array(backupPlace) }),
  /** The person chooses a backup's `manifest.json` in the system's dialog; null when they chose none. */
  'restore.choose': define({ kind: 'query', who: 'anyone', input: nothing, output: backupPlace.nullable() }),
  'restore.check': define({ kind: 'query', who: 'anyone', input: chosenBackup, output: checkedBackup }),
  /** Puts the new store together and starts the desk anew with it. The old one is kept aside. */
  'restore.begin': define({
    kind: 'query',
    who: 'anyone',
    /** `rescue`: also what can be read of the store that lies here. */
    input: chosenBackup.extend({ rescue: z.boolean() }),
    output: nothing,
  }),
  /** Looks how much of the store that lies here can be read; null where it opens, or where its key is gone. */
  'restore.damaged': define({
    kind: 'query',
    who: 'anyone',
    input: nothing,
    output: damagedStore.nullable(),
  }),
  /** Puts the new store together from what can be read of the damaged one alone. */
  'restore.rescue': define({ kind: 'query', who: 'anyone', input: nothing, output: nothing }),

  /** Whether the desk may leave: what is still to be done before. `released`: the portal has let it go already. */
  'removal.get': define({
    kind: 'query',
    who: administrator,
    input: nothing,
    output: z.strictObject({
      unsent: z.int(),
      openVisits: z.int(),
      lineUp: z.boolean(),
      released: z.boolean(),
    }),
  }),
  /** Takes the desk out of service: the portal takes nothing from it any more, the store is sealed or erased. */
  'removal.remove': define({
    kind: 'command',
    who: administrator,
    secret: true,
    needsLine: true,
    input: z.strictObject({ store: z.enum(['sealed', 'erased']), reason: z.string().trim().min(3).max(400) }),
    output: nothing,
  }),
};
