import type { Migration } from './migration.ts';

export const dayLog: Migration = {
  version: 7,
  name: 'day-log',
  sql: '',
};
