import type { Migration } from './migration.ts';

/** Bookings and the waiting line of the office, as the portal told them and as this desk went on without it; breaks of the counter. */
export const bookings: Migration = {
  version: 16,
  name: 'bookings',
  sql: `
    CREATE TABLE bookings (
      id TEXT PRIMARY KEY NOT NULL,
      -- As the portal told it last; NULL of one it has not told of.
      told TEXT CHECK (json_valid(told)),
      -- Of what was told: an answer that was overtaken changes nothing.
      revision INTEGER,
      -- As this desk made it by steps the portal has not taken in yet; this one is shown.
      own TEXT CHECK (json_valid(own)),
      day TEXT NOT NULL,
      -- The visit in which whoever was called is served here.
      visit_id TEXT REFERENCES visits (id),
      CHECK (coalesce(own, told) IS NOT NULL)
    ) STRICT;
    CREATE INDEX bookings_by_day ON bookings (day);
    CREATE UNIQUE INDEX bookings_by_visit ON bookings (visit_id) WHERE visit_id IS NOT NULL;

    CREATE TABLE counter_breaks (
      id TEXT PRIMARY KEY NOT NULL,
      reason TEXT NOT NULL,
      clerk_id TEXT NOT NULL,
      started_at TEXT NOT NULL,
      planned_until TEXT NOT NULL,
      ended_at TEXT
    ) STRICT;
    CREATE UNIQUE INDEX counter_breaks_one ON counter_breaks ((ended_at IS NULL)) WHERE ended_at IS NULL;
  `,
};
