import type { Migration } from './migration.ts';

/**
 * What the portal last said of a person's affairs, so that it can be told without a line: submissions with their states, and
 * messages of the information mailbox. By person and by who they were shown to; thrown away with the content of visits.
 */
export const affairs: Migration = {
  version: 15,
  name: 'affairs',
  sql: `
    CREATE TABLE known_submissions (
      person TEXT NOT NULL,
      submission_id TEXT NOT NULL,
      -- The visit it was last shown in.
      visit_id TEXT NOT NULL REFERENCES visits (id),
      as_of TEXT NOT NULL,
      body TEXT NOT NULL CHECK (json_valid(body)),
      PRIMARY KEY (person, submission_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX known_submissions_by_age ON known_submissions (as_of);

    -- An opened message has its text; one that was only listed has none.
    CREATE TABLE known_messages (
      person TEXT NOT NULL,
      message_id TEXT NOT NULL,
      visit_id TEXT NOT NULL REFERENCES visits (id),
      as_of TEXT NOT NULL,
      header TEXT NOT NULL CHECK (json_valid(header)),
      content TEXT CHECK (json_valid(content)),
      PRIMARY KEY (person, message_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX known_messages_by_age ON known_messages (as_of);
  `,
};
