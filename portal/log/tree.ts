import { leafHashOf, type NodeSource, nodeHash, rootOf } from '../../electron/values/merkle.ts';
import type { Database } from '../database.ts';

/** The hash tree over a desk's log as the portal has it; computed here, never taken from the desk. */

type HashRow = { hash: Buffer };

export const logSize = (db: Database, deskId: string): number =>
  db
    .prepare<[string], { last: number | null }>(
      'SELECT max(sequence) AS last FROM log_leaves WHERE desk_id = ?',
    )
    .get(deskId)?.last ?? 0;

/** Nodes as stored; those of a log older than its tree are computed. */
function nodesOf(db: Database, deskId: string): NodeSource {
  const stored = db.prepare<[string, number, number], HashRow>(
    'SELECT hash FROM log_nodes WHERE desk_id = ? AND level = ? AND position = ?',
  );
  const leaf = db.prepare<[string, number], { bytes: Buffer }>(
    'SELECT bytes FROM log_leaves WHERE desk_id = ? AND sequence = ?',
  );
  const node: NodeSource = (level, position) => {
    if (level > 0)
      return (
        stored.get(deskId, level, position)?.hash ??
        nodeHash(node(level - 1, position * 2), node(level - 1, position * 2 + 1))
      );
    const row = leaf.get(deskId, position + 1);
    if (row === undefined) throw new Error(`The log has no entry ${position + 1}.`);
    return leafHashOf(row.bytes);
  };
  return node;
}

/** Root over the first `size` leaves, which must be there. */
export const logRoot = (db: Database, deskId: string, size: number): Buffer =>
  rootOf(nodesOf(db, deskId), size);

/** Takes the leaves up to the last one into the tree, in the transaction that stores them. */
export function growLogTree(db: Database, deskId: string): void {
  const size = logSize(db, deskId);
  const last = db
    .prepare<[string], { position: number | null }>(
      'SELECT max(position) AS position FROM log_nodes WHERE desk_id = ? AND level = 1',
    )
    .get(deskId)?.position;
  const node = nodesOf(db, deskId);
  const add = db.prepare('INSERT INTO log_nodes (desk_id, level, position, hash) VALUES (?, ?, ?, ?)');
  for (let index = ((last ?? -1) + 1) * 2 + 1; index < size; index += 2) {
    let hash = node(0, index);
    let position = index;
    for (let level = 0; position % 2 === 1; level += 1) {
      hash = nodeHash(node(level, position - 1), hash);
      position = (position - 1) / 2;
      add.run(deskId, level + 1, position, hash);
    }
  }
}
