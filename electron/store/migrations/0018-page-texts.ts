import type { Migration } from './migration.ts';

/** What was read on the pages of attachments, so that what is bound of them can be searched. It goes with its page. */
export const pageTexts: Migration = {
  version: 18,
  name: 'page-texts',
  sql: `
    CREATE TABLE page_texts (
      page_id TEXT PRIMARY KEY NOT NULL REFERENCES pages (id) ON DELETE CASCADE,
      -- Which picture of the page it was read from: another has to be read anew.
      picture TEXT NOT NULL,
      -- Lines of words with their places; NULL of a page that could not be read.
      text TEXT CHECK (json_valid(text))
    ) STRICT, WITHOUT ROWID;
  `,
};
