import { z } from 'zod';
import type { Reader, Tx } from './transaction.ts';

const roles = z.array(z.enum(['clerk', 'supervisor', 'administrator']));
const competences = z.array(z.enum(['verification']));
const mode = z.enum(['online', 'offline']);

/** A clerk's session in one window. `keyHash`: hex SHA-256 of the key that binds the window to it. */
export type SessionRow = {
  keyHash: string;
  clerkId: string;
  roles: z.output<typeof roles>;
  competences: z.output<typeof competences>;
  rolesAsOf: string;
  signedInAt: string;
  mode: z.output<typeof mode>;
  lastSeenAt: string;
  lockedAt: string | null;
  endedAt: string | null;
};

type Row = {
  clerk_id: string;
  roles: string;
  competences: string;
  roles_as_of: string;
  signed_in_at: string;
  mode: string;
  last_seen_at: string;
  locked_at: string | null;
  ended_at: string | null;
};

const bytes = (hex: string): Uint8Array => Buffer.from(hex, 'hex');

/** Signs a clerk in at a window; whoever was signed in there before is signed out by it. */
export function start(tx: Tx, session: Omit<SessionRow, 'lastSeenAt' | 'lockedAt' | 'endedAt'>): void {
  tx.run('DELETE FROM sessions WHERE key_hash = ?', [bytes(session.keyHash)]);
  tx.run(
    `INSERT INTO sessions (key_hash, clerk_id, roles, competences, roles_as_of, signed_in_at, mode, last_seen_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      bytes(session.keyHash),
      session.clerkId,
      JSON.stringify(session.roles),
      JSON.stringify(session.competences),
      session.rolesAsOf,
      session.signedInAt,
      session.mode,
      session.signedInAt,
    ],
  );
}

export function find(tx: Reader, keyHash: string): SessionRow | undefined {
  const row = tx.get<Row>('SELECT * FROM sessions WHERE key_hash = ?', [bytes(keyHash)]);
  return (
    row && {
      keyHash,
      clerkId: row.clerk_id,
      roles: roles.parse(JSON.parse(row.roles)),
      competences: competences.parse(JSON.parse(row.competences)),
      rolesAsOf: row.roles_as_of,
      signedInAt: row.signed_in_at,
      mode: mode.parse(row.mode),
      lastSeenAt: row.last_seen_at,
      lockedAt: row.locked_at,
      endedAt: row.ended_at,
    }
  );
}

export const touch = (tx: Tx, keyHash: string, at: string): void =>
  void tx.run('UPDATE sessions SET last_seen_at = ? WHERE key_hash = ? AND locked_at IS NULL', [
    at,
    bytes(keyHash),
  ]);

export const lock = (tx: Tx, keyHash: string, at: string): void =>
  void tx.run('UPDATE sessions SET locked_at = ? WHERE key_hash = ?', [at, bytes(keyHash)]);

export const unlock = (tx: Tx, keyHash: string, at: string): void =>
  void tx.run('UPDATE sessions SET locked_at = NULL, last_seen_at = ? WHERE key_hash = ?', [
    at,
    bytes(keyHash),
  ]);

export const end = (tx: Tx, keyHash: string, at: string): void =>
  void tx.run('UPDATE sessions SET ended_at = ? WHERE key_hash = ?', [at, bytes(keyHash)]);
