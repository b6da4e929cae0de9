import type { Migration } from './migration.ts';

export const retention: Migration = {
  version: 9,
  name: 'retention',
  sql: '',
};
