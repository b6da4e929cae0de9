import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seedAccounts } from '../accounts/training.ts';
import type { Schemas } from '../api.ts';
import { putItem, readItem } from '../catalogue/master.ts';
import { usernameKey } from '../clerks/sign-in.ts';
import { type Database, inTransaction } from '../database.ts';
import { seedMailbox } from '../mailbox/training.ts';
import { seedSubmissions } from '../tracking/training.ts';
import { seedBookings, type TrainingBooking } from './bookings.ts';
import type { RegisterCases } from './register-service.ts';

/**
 * A training account: its password is no secret, the sign-in screen offers it. So its hash is cheap: no cost would guard
 * it, and every training sign-in and every test would pay.
 */
type TrainingClerk = Schemas['DirectoryClerk'] & { password: string; passwordHash: string };

const read = <T>(resources: string, name: string): T =>
  JSON.parse(readFileSync(join(resources, 'training', `${name}.json`), 'utf8'));

/**
 * Puts the fictitious offices, clerks, accounts, submissions and messages where they are missing. What was changed since, such as a blocked
 * account, stays.
 */
export function seedTraining(db: Database, resources: string, now: Date): void {
  const offices = read<Schemas['Office'][]>(resources, 'offices');
  const clerks = read<TrainingClerk[]>(resources, 'clerks');
  const timetables = read<Schemas['Timetable'][]>(resources, 'timetables');
  inTransaction(db, () => {
    for (const office of offices) {
      if (readItem(db, 'offices', office.id) === undefined) putItem(db, 'offices', office.id, office);
    }
    for (const one of timetables) {
      if (readItem(db, 'timetables', one.id) === undefined) putItem(db, 'timetables', one.id, one);
    }
    seedBookings(db, read<TrainingBooking[]>(resources, 'bookings'), now);
    for (const { password: _, passwordHash, ...clerk } of clerks) {
      if (readItem(db, 'clerks', clerk.id) === undefined) putItem(db, 'clerks', clerk.id, clerk);
      db.prepare(
        'INSERT INTO clerk_passwords (clerk_id, username, password_hash) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
      ).run(clerk.id, usernameKey(clerk.username), passwordHash);
    }
    seedAccounts(db, resources);
    seedSubmissions(db, resources);
    seedMailbox(db, resources);
  });
}

/** The made-up documents of the training register. */
export const trainingDocuments = (resources: string): RegisterCases =>
  read<RegisterCases>(resources, 'invalid-documents');
