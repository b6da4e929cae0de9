import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Failure, fail, type Result } from '../values/result.ts';
import type { Environment } from './environment.ts';

/**
 * Marks a data folder as one environment's, the first time it is used; refuses a folder marked as the other's, which
 * a hand-set VIRTUOS_DATA_DIR could otherwise mix.
 */
export const markFolder = (
  folder: string,
  environment: Environment,
): Result<null, Failure<'environment.folder-of-other'>> => {
  const file = join(folder, 'environment');
  try {
    writeFileSync(file, environment, { flag: 'wx', mode: 0o600 });
    return { ok: true, value: null };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return readFileSync(file, 'utf8').trim() === environment
    ? { ok: true, value: null }
    : fail('environment.folder-of-other');
};
