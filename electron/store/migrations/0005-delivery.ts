import type { Migration } from './migration.ts';

export const delivery: Migration = {
  version: 5,
  name: 'delivery',
  sql: '',
};
