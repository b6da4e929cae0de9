import type { Migration } from './migration.ts';

export const evidence: Migration = {
  version: 4,
  name: 'evidence',
  sql: '',
};
