import type { Migration } from './migration.ts';

export const recovery: Migration = {
  version: 10,
  name: 'recovery',
  sql: '',
};
