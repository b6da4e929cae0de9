import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { failureOf, type StoreFailure } from '../store/failures.ts';

/** Writes a text where a person chose; why it is not there, when it is not. */
export async function writeText(path: string, text: string): Promise<StoreFailure | null> {
  try {
    await writeFile(path, text, { mode: 0o600, flush: true });
    return null;
  } catch (error) {
    const failure = failureOf(error, dirname(path));
    if (failure === undefined) throw error;
    return failure;
  }
}
