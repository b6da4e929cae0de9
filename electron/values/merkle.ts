import { sha256 } from './sha256.ts';

// The hash tree of RFC 6962 § 2.1, apart from where its nodes are kept. Not for the window: it hashes with Node.

const NODE_PREFIX = Uint8Array.of(1);

/** SHA-256(0x01 || left || right). */
export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => sha256(NODE_PREFIX, left, right);

/** The root over no leaf: the hash of nothing. */
export const emptyRoot = (): Buffer => sha256();

/** Where a complete subtree's hash comes from: it covers 2^level leaves from `position` * 2^level on. */
export type NodeSource = (level: number, position: number) => Buffer;

/** The largest power of two smaller than `size`, as its exponent; `size` is 2 at least. */
function splitLevel(size: number): number {
  let level = 0;
  while (2 ** (level + 1) < size) level += 1;
  return level;
}

/** MTH of the leaves [from, from + count), where `from` is a multiple of the subtree's own width. */
function subtree(node: NodeSource, from: number, count: number): Buffer {
  const level = count === 1 ? 0 : splitLevel(count);
  const half = 2 ** level;
  if (count === 1) return node(0, from);
  if (half * 2 === count) return node(level + 1, from / count);
  return nodeHash(node(level, from / half), subtree(node, from + half, count - half));
}

/** MTH(D[size]) of § 2.1. */
export const rootOf = (node: NodeSource, size: number): Buffer =>
  size === 0 ? emptyRoot() : subtree(node, 0, size);

/** PATH(index, D[size]) of § 2.1.1, from the leaf up. */
export function inclusionPath(node: NodeSource, index: number, size: number): Buffer[] {
  const path: Buffer[] = [];
  let from = 0;
  let count = size;
  while (count > 1) {
    const half = 2 ** splitLevel(count);
    if (index < from + half) {
      path.unshift(subtree(node, from + half, count - half));
      count = half;
    } else {
      path.unshift(subtree(node, from, half));
      from += half;
      count -= half;
    }
  }
  return path;
}

/** PROOF(from, D[to]) of § 2.1.2; empty for equal sizes and for the empty tree, which every tree continues. */
export function consistencyPath(node: NodeSource, from: number, to: number): Buffer[] {
  const path: Buffer[] = [];
  if (from === 0) return path;
  let begin = 0;
  let count = to;
  let old = from;
  let isWholeOld = true;
  while (old !== count) {
    const half = 2 ** splitLevel(count);
    if (old <= half) {
      path.unshift(subtree(node, begin + half, count - half));
      count = half;
    } else {
      path.unshift(subtree(node, begin, half));
      begin += half;
      count -= half;
      old -= half;
      isWholeOld = false;
    }
  }
  if (!isWholeOld) path.unshift(subtree(node, begin, count));
  return path;
}

/** The complete subtrees that a tree of this size is made of, the largest first. */
export function frontierOf(node: NodeSource, size: number): Buffer[] {
  const hashes: Buffer[] = [];
  let from = 0;
  for (let level = Math.floor(Math.log2(Math.max(1, size))) + 1; level >= 0; level -= 1) {
    const width = 2 ** level;
    if (size - from < width) continue;
    hashes.push(node(level, from / width));
    from += width;
  }
  return hashes;
}

/** Root of a tree that grows leaf by leaf, kept as the hashes of its complete subtrees (at most one per level). */
export function growingRoot(): { add(leafHash: Buffer): void; root(): Buffer; size(): number } {
  const levels: (Buffer | undefined)[] = [];
  let size = 0;
  return {
    add(leafHash) {
      size += 1;
      let hash = leafHash;
      let level = 0;
      for (let left = levels[0]; left !== undefined; left = levels[level]) {
        hash = nodeHash(left, hash);
        levels[level] = undefined;
        level += 1;
      }
      levels[level] = hash;
    },
    root() {
      let root: Buffer | undefined;
      for (const hash of levels) {
        if (hash !== undefined) root = root === undefined ? hash : nodeHash(hash, root);
      }
      return root ?? emptyRoot();
    },
    size: () => size,
  };
}

/** SHA-256(0x00 || leaf). */
export const leafHashOf = (leaf: Uint8Array): Buffer => sha256(Uint8Array.of(0), leaf);

/**
 * The root that an audit path leads to from a leaf's hash (RFC 9162 § 2.1.3.2); null when the path does not have the
 * length it must have.
 */
export function rootFromInclusion(of: {
  leafHash: Uint8Array;
  index: number;
  size: number;
  path: readonly Uint8Array[];
}): Buffer | null {
  const { index, size, path } = of;
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return null;
  let at = index;
  let last = size - 1;
  let hash: Buffer = Buffer.from(of.leafHash);
  for (const sibling of path) {
    if (last === 0) return null;
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(sibling, hash);
      while (at % 2 === 0 && at !== 0) {
        at /= 2;
        last = Math.floor(last / 2);
      }
    } else hash = nodeHash(hash, sibling);
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? hash : null;
}

/** Whether the path shows that the second tree begins with the first (RFC 9162 § 2.1.4.2). */
export function isConsistent(of: {
  from: number;
  fromRoot: Uint8Array;
  to: number;
  toRoot: Uint8Array;
  path: readonly Uint8Array[];
}): boolean {
  const { from, to, path } = of;
  if (from === 0) return path.length === 0 && emptyRoot().equals(of.fromRoot);
  if (from > to) return false;
  if (from === to) return path.length === 0 && Buffer.from(of.fromRoot).equals(of.toRoot);
  const isWhole = Number.isInteger(Math.log2(from));
  const [first, ...others] = isWhole ? [of.fromRoot, ...path] : path;
  if (first === undefined) return false;
  let at = from - 1;
  let last = to - 1;
  while (at % 2 === 1) {
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  let old: Buffer = Buffer.from(first);
  let now: Buffer = Buffer.from(first);
  for (const hash of others) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      old = nodeHash(hash, old);
      now = nodeHash(hash, now);
      while (at % 2 === 0 && at !== 0) {
        at /= 2;
        last = Math.floor(last / 2);
      }
    } else now = nodeHash(now, hash);
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && old.equals(of.fromRoot) && now.equals(of.toRoot);
}
