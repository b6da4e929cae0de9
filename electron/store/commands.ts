import type { Reader, Tx } from './transaction.ts';

/** The result of a command that was carried out; saved in the command's own transaction. */
export type SavedResult = {
  /** The command's id, made by the window. */
  id: string;
  name: string;
  /** Who sent it; null before a sign-in. */
  clerkId: string | null;
  /** SHA-256 of name and canonical input: the same id with another input is another command. */
  inputHash: Uint8Array;
  /** JSON text. */
  result: string;
  at: string;
};

type Row = {
  id: string;
  name: string;
  clerk_id: string | null;
  input_hash: Uint8Array;
  result: string;
  at: string;
};

/** What the command with this id once returned; undefined when it was not carried out. */
export function find(tx: Reader, id: string): SavedResult | undefined {
  const row = tx.get<Row>('SELECT * FROM commands WHERE id = ?', [id]);
  return (
    row && {
      id: row.id,
      name: row.name,
      clerkId: row.clerk_id,
      inputHash: row.input_hash,
      result: row.result,
      at: row.at,
    }
  );
}

/** Saves a command's result. A second one under the same id is a bug and throws. */
export function save(tx: Tx, saved: SavedResult): void {
  tx.run('INSERT INTO commands (id, name, clerk_id, input_hash, result, at) VALUES (?, ?, ?, ?, ?, ?)', [
    saved.id,
    saved.name,
    saved.clerkId,
    saved.inputHash,
    saved.result,
    saved.at,
  ]);
}

/** Forgets results older than an instant: their window is long gone. Returns how many went. */
export const forgetBefore = (tx: Tx, instant: string): number =>
  tx.run('DELETE FROM commands WHERE at < ?', [instant]);

/** Erases the results that hold all of these texts; the commands stay known, so that none is carried out twice. Returns how many. */
export const eraseResults = (tx: Tx, since: string, texts: readonly [string, ...string[]]): number =>
  tx.run(
    `UPDATE commands SET result = '{"ok":false,"error":{"code":"call.result-erased"}}'
     WHERE at >= ? AND ${texts.map(() => 'instr(result, ?) > 0').join(' AND ')}`,
    [since, ...texts],
  );
