import { z } from 'zod';
import type { PersonName } from '../values/person-name.ts';
import type { Reader, Tx } from './transaction.ts';

const roles = z.array(z.enum(['clerk', 'supervisor', 'administrator']));
const competences = z.array(z.enum(['verification']));
const name = z.strictObject({
  titlesBefore: z.string().exactOptional(),
  givenNames: z.string().exactOptional(),
  surname: z.string(),
  titlesAfter: z.string().exactOptional(),
});

/** An account as the portal verified it last, with what recognises its password without the portal. */
export type ClerkAccount = {
  id: string;
  username: string;
  name: PersonName;
  roles: z.output<typeof roles>;
  competences: z.output<typeof competences>;
  officeId: string;
  verifier: string | null;
  verifiedAt: string | null;
  failedCount: number;
  lockedUntil: string | null;
};

type Row = {
  id: string;
  username: string;
  name: string;
  roles: string;
  competences: string;
  office_id: string;
  verifier: string | null;
  verified_at: string | null;
  failed_count: number;
  locked_until: string | null;
};

const toAccount = (row: Row): ClerkAccount => ({
  id: row.id,
  username: row.username,
  name: name.parse(JSON.parse(row.name)),
  roles: roles.parse(JSON.parse(row.roles)),
  competences: competences.parse(JSON.parse(row.competences)),
  officeId: row.office_id,
  verifier: row.verifier,
  verifiedAt: row.verified_at,
  failedCount: row.failed_count,
  lockedUntil: row.locked_until,
});

export function find(tx: Reader, id: string): ClerkAccount | undefined {
  const row = tx.get<Row>('SELECT * FROM clerk_accounts WHERE id = ?', [id]);
  return row && toAccount(row);
}

export function findByUsername(tx: Reader, username: string): ClerkAccount | undefined {
  const row = tx.get<Row>('SELECT * FROM clerk_accounts WHERE username = ?', [username]);
  return row && toAccount(row);
}

export function save(tx: Tx, account: ClerkAccount): void {
  // A user name may have passed to another account since the desk saw it last.
  tx.run('DELETE FROM clerk_accounts WHERE username = ? AND id <> ?', [account.username, account.id]);
  tx.run(
    `INSERT INTO clerk_accounts
       (id, username, name, roles, competences, office_id, verifier, verified_at, failed_count, locked_until)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET username = excluded.username, name = excluded.name, roles = excluded.roles,
       competences = excluded.competences, office_id = excluded.office_id, verifier = excluded.verifier,
       verified_at = excluded.verified_at, failed_count = excluded.failed_count, locked_until = excluded.locked_until`,
    [
      account.id,
      account.username,
      JSON.stringify(account.name),
      JSON.stringify(account.roles),
      JSON.stringify(account.competences),
      account.officeId,
      account.verifier,
      account.verifiedAt,
      account.failedCount,
      account.lockedUntil,
    ],
  );
}

export const saveAttempts = (
  tx: Tx,
  id: string,
  attempts: { failedCount: number; lockedUntil: string | null },
): void =>
  void tx.run('UPDATE clerk_accounts SET failed_count = ?, locked_until = ? WHERE id = ?', [
    attempts.failedCount,
    attempts.lockedUntil,
    id,
  ]);

/** The portal says that these accounts are still good: what the desk remembers of them holds from then on. */
export const confirm = (tx: Tx, ids: readonly string[], at: string): void =>
  void tx.run(
    `UPDATE clerk_accounts SET verified_at = ?
     WHERE id IN (SELECT value FROM json_each(?)) AND verifier IS NOT NULL AND verified_at < ?`,
    [at, JSON.stringify(ids), at],
  );
