import type { Migration } from './migration.ts';

/** The papers of a number: one list for every kind of service, where certified copies had a clause and a row. */
export const outputs: Migration = {
  version: 12,
  name: 'outputs',
  sql: `
    UPDATE services SET record = json_set(
      json_remove(record, '$.certification.clauseDocumentId', '$.certification.rowDocumentId'),
      '$.certification.documentIds', json_array(
        json_extract(record, '$.certification.clauseDocumentId'),
        json_extract(record, '$.certification.rowDocumentId')))
    WHERE json_extract(record, '$.certification.clauseDocumentId') IS NOT NULL;
  `,
};
