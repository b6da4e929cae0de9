import { type BackupDone, type BackupJob, makeBackup } from '../../store/backup.ts';
import type { StoreFailure } from '../../store/failures.ts';
import type { Result } from '../../values/result.ts';
import {
  type Checked,
  type CheckJob,
  checkBackup,
  type PrepareJob,
  prepareRestore,
} from './backup-reading.ts';

/** What runs on the recovery thread. */
export type RecoveryTask =
  | ({ task: 'backup' } & BackupJob)
  | ({ task: 'check' } & CheckJob)
  | ({ task: 'prepare' } & PrepareJob);

export type TaskResults = { backup: BackupDone; check: Checked; prepare: { entries: number } };

export function runTask(
  task: RecoveryTask,
): Promise<Result<TaskResults[RecoveryTask['task']], StoreFailure>> {
  switch (task.task) {
    case 'backup':
      return makeBackup(task);
    case 'check':
      return checkBackup(task);
    case 'prepare':
      return prepareRestore(task);
  }
}
