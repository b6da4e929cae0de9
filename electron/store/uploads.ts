import type { Reader, Tx } from './transaction.ts';

/** Where the portal keeps what has arrived of a content: kept over restarts, so that a large one never begins again. */
export const find = (tx: Reader, sha256: string): string | null =>
  tx.get<{ upload_id: string }>('SELECT upload_id FROM uploads WHERE sha256 = ?', [sha256])?.upload_id ??
  null;

export const save = (tx: Tx, of: { sha256: string; uploadId: string; size: number; at: string }): void =>
  void tx.run(
    `INSERT INTO uploads (sha256, upload_id, size, made_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (sha256) DO UPDATE SET upload_id = excluded.upload_id, made_at = excluded.made_at`,
    [of.sha256, of.uploadId, of.size, of.at],
  );

export const forget = (tx: Tx, sha256: string): void =>
  void tx.run('DELETE FROM uploads WHERE sha256 = ?', [sha256]);

/** Forgets the uploads of contents nobody waits for any more. */
export const keepOnly = (tx: Tx, wanted: readonly string[]): number =>
  tx.run('DELETE FROM uploads WHERE sha256 NOT IN (SELECT value FROM json_each(?))', [
    JSON.stringify(wanted),
  ]);
