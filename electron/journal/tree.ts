import type { Reader, Tx } from '../store/transaction.ts';
import {
  consistencyPath,
  frontierOf,
  inclusionPath,
  type NodeSource,
  nodeHash,
  rootOf,
} from '../values/merkle.ts';

/**
 * The hash tree of RFC 6962 § 2.1 over the log's leaves. The leaf of the entry with sequence s has the index s - 1. Hashes
 * of complete subtrees are kept when they come to be, so that the root of any earlier size and every proof read some
 * log2(size) rows.
 */

type HashRow = { hash: Uint8Array };

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function leafHashAt(tx: Reader, index: number): Buffer {
  const row = tx.get<HashRow>('SELECT leaf_hash AS hash FROM journal_leaves WHERE sequence = ?', [index + 1]);
  if (row === undefined) throw new Error(`The log has no entry ${index + 1}.`);
  return asBuffer(row.hash);
}

const storedNode = (tx: Reader, level: number, position: number): Buffer | undefined => {
  const row = tx.get<HashRow>('SELECT hash FROM journal_nodes WHERE level = ? AND position = ?', [
    level,
    position,
  ]);
  return row && asBuffer(row.hash);
};

/** Nodes as stored; what is not stored yet (a log from before the tree) is computed from what lies under it. */
function nodesOf(tx: Reader): NodeSource {
  const node: NodeSource = (level, position) =>
    level === 0
      ? leafHashAt(tx, position)
      : (storedNode(tx, level, position) ??
        nodeHash(node(level - 1, position * 2), node(level - 1, position * 2 + 1)));
  return node;
}

const addNode = (tx: Tx, level: number, position: number, hash: Buffer): void =>
  void tx.run('INSERT INTO journal_nodes (level, position, hash) VALUES (?, ?, ?)', [level, position, hash]);

/** Adds the nodes that the leaf at `index` completes. */
function complete(tx: Tx, index: number, leafHash: Buffer): void {
  const node = nodesOf(tx);
  let hash = leafHash;
  let position = index;
  for (let level = 0; position % 2 === 1; level += 1) {
    hash = nodeHash(node(level, position - 1), hash);
    position = (position - 1) / 2;
    addNode(tx, level + 1, position, hash);
  }
}

/** Takes in every entry that the tree lacks: all there are, where the log is older than its tree. */
export function growTree(tx: Tx): void {
  const size = treeSize(tx);
  const last = tx.get<{ position: number | null }>(
    'SELECT max(position) AS position FROM journal_nodes WHERE level = 1',
  )?.position;
  const firstPair = (last ?? -1) + 1;
  for (let index = firstPair * 2 + 1; index < size; index += 2) complete(tx, index, leafHashAt(tx, index));
}

/** Takes the entry just appended into the tree, in its own transaction. */
export function addLeaf(tx: Tx, sequence: number, leafHash: Buffer): void {
  const index = sequence - 1;
  // Every second leaf completes a pair.
  if (index % 2 === 0) return;
  if (index > 1 && storedNode(tx, 1, (index - 3) / 2) === undefined) growTree(tx);
  else complete(tx, index, leafHash);
}

/** How many leaves the log has. */
export const treeSize = (tx: Reader): number =>
  tx.get<{ last: number | null }>('SELECT max(sequence) AS last FROM journal_leaves')?.last ?? 0;

function mustBeSize(tx: Reader, size: number): void {
  if (!Number.isSafeInteger(size) || size < 0 || size > treeSize(tx))
    throw new Error(`The log never had the size ${size}.`);
}

/** Root over the first `size` entries; 32 bytes. Throws for a size the log has not reached. */
export function rootHash(tx: Reader, size: number): Buffer {
  mustBeSize(tx, size);
  return rootOf(nodesOf(tx), size);
}

/** What a tree of the first `size` entries is made of: its complete subtrees, the largest first. */
export function frontier(tx: Reader, size: number): Buffer[] {
  mustBeSize(tx, size);
  return frontierOf(nodesOf(tx), size);
}

/** The audit path of an entry in the tree over the first `size` entries, from the leaf up. */
export function inclusionProof(tx: Reader, of: { sequence: number; size: number }): Buffer[] {
  mustBeSize(tx, of.size);
  if (!Number.isSafeInteger(of.sequence) || of.sequence < 1 || of.sequence > of.size)
    throw new Error(`The entry ${of.sequence} is not among the first ${of.size}.`);
  return inclusionPath(nodesOf(tx), of.sequence - 1, of.size);
}

/** That the tree over the first `from` entries is the beginning of the one over the first `to`. */
export function consistencyProof(tx: Reader, of: { from: number; to: number }): Buffer[] {
  mustBeSize(tx, of.to);
  if (!Number.isSafeInteger(of.from) || of.from < 0 || of.from > of.to)
    throw new Error(`A tree of ${of.from} is no beginning of one of ${of.to}.`);
  return consistencyPath(nodesOf(tx), of.from, of.to);
}
