import type { Migration } from './migration.ts';

export const master: Migration = {
  version: 6,
  name: 'master',
  sql: '',
};
