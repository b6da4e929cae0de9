import { foundation } from './0001-foundation.ts';
import { visits } from './0002-visits.ts';
import type { Migration } from './migration.ts';

/** All steps in order, numbered from 1 without a gap. */
export const migrations: readonly Migration[] = [foundation, visits];
