import type { Migration } from './migration.ts';

export const closing: Migration = {
  version: 8,
  name: 'closing',
  sql: '',
};
