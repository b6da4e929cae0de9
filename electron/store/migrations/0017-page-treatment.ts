import type { Migration } from './migration.ts';

/** How a page is shown and bound, beside its picture, which stays as the scanner gave it; NULL until something was done to it. */
export const pageTreatment: Migration = {
  version: 17,
  name: 'page-treatment',
  sql: 'ALTER TABLE pages ADD COLUMN treatment TEXT CHECK (json_valid(treatment));',
};
