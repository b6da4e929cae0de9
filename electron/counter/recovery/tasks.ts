import { type BackupDone, type BackupJob, makeBackup } from '../../store/backup.ts';
import type { StoreFailure } from '../../store/failures.ts';
import type { Result } from '../../values/result.ts';
import {
  type Checked,
  type CheckJob,
  checkBackup,
  lookAtDamaged,
  type PrepareJob,
  prepareRescue,
  prepareRestore,
  type RescueJob,
} from './backup-reading.ts';
import type { DamagedStore } from './rescue.ts';

/** What runs on the recovery thread. */
export type RecoveryTask =
  | ({ task: 'backup' } & BackupJob)
  | ({ task: 'check' } & CheckJob)
  | ({ task: 'prepare' } & PrepareJob)
  | ({ task: 'rescue' } & RescueJob)
  | { task: 'look'; damaged: DamagedStore };

export type TaskResults = {
  backup: BackupDone;
  check: Checked;
  prepare: { entries: number };
  rescue: { entries: number };
  look: { pages: number; unreadable: number };
};

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
    case 'rescue':
      return prepareRescue(task);
    case 'look':
      return lookAtDamaged(task.damaged);
  }
}
