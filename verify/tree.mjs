// @ts-check
// The hash tree of RFC 6962 and the checks of its proofs (RFC 9162 § 2.1). Written from the RFCs alone; nothing of the
// counter is used here, so that a mistake of the one is found by the other.
import { createHash } from 'node:crypto';

/** @param {...Uint8Array} parts */
const sha256 = (...parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);

/** @param {Uint8Array} leaf */
export const hashLeaf = (leaf) => sha256(LEAF, leaf);
/** @param {Uint8Array} left @param {Uint8Array} right */
export const hashNode = (left, right) => sha256(NODE, left, right);
/** @param {Uint8Array} salt @param {Uint8Array} payload */
export const hashPayload = (salt, payload) => sha256(salt, payload).toString('base64url');

/**
 * A tree that leaves are added to. It may begin with complete subtrees of what was before, the largest first.
 * @param {{ size: number, hashes: Buffer[] } | null} before
 */
export function growTree(before) {
  /** @type {{ width: number, hash: Buffer }[]} */
  const subtrees = [];
  let size = 0;
  if (before !== null) {
    let rest = before.size;
    for (const hash of before.hashes) {
      let width = 1;
      while (width * 2 <= rest) width *= 2;
      if (rest < 1) throw new Error('too many subtrees');
      subtrees.push({ width, hash });
      rest -= width;
    }
    if (rest !== 0) throw new Error('too few subtrees');
    size = before.size;
  }
  return {
    size: () => size,
    /** @param {Buffer} leafHash */
    add(leafHash) {
      size += 1;
      let last = { width: 1, hash: leafHash };
      for (let left = subtrees.at(-1); left?.width === last.width; left = subtrees.at(-1)) {
        subtrees.pop();
        last = { width: last.width * 2, hash: hashNode(left.hash, last.hash) };
      }
      subtrees.push(last);
    },
    root() {
      if (subtrees.length === 0) return sha256();
      return subtrees.map(({ hash }) => hash).reduceRight((right, left) => hashNode(left, right));
    },
  };
}

/**
 * The root an audit path leads to, null when the path is too short or too long.
 * @param {Buffer} leafHash @param {number} index @param {number} size @param {Buffer[]} path
 * @returns {Buffer | null}
 */
export function rootOfPath(leafHash, index, size, path) {
  if (index < 0 || index >= size) return null;
  let fn = index;
  let sn = size - 1;
  let r = leafHash;
  for (const p of path) {
    if (sn === 0) return null;
    if (fn % 2 === 1 || fn === sn) {
      r = hashNode(p, r);
      if (fn % 2 === 0) {
        do {
          fn = Math.floor(fn / 2);
          sn = Math.floor(sn / 2);
        } while (fn % 2 === 0 && fn !== 0);
      }
    } else r = hashNode(r, p);
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  return sn === 0 ? r : null;
}

/**
 * Whether a consistency proof holds between two roots.
 * @param {number} first @param {Buffer} firstRoot @param {number} second @param {Buffer} secondRoot @param {Buffer[]} path
 */
export function proofHolds(first, firstRoot, second, secondRoot, path) {
  if (first < 1 || first > second) return false;
  if (first === second) return path.length === 0 && firstRoot.equals(secondRoot);
  const steps = [...path];
  let power = 1;
  while (power < first) power *= 2;
  if (power === first) steps.unshift(firstRoot);
  const begin = steps.shift();
  if (begin === undefined) return false;
  let fn = first - 1;
  let sn = second - 1;
  while (fn % 2 === 1) {
    fn = (fn - 1) / 2;
    sn = Math.floor(sn / 2);
  }
  let fr = begin;
  let sr = begin;
  for (const c of steps) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      fr = hashNode(c, fr);
      sr = hashNode(c, sr);
      while (fn % 2 === 0 && fn !== 0) {
        fn = Math.floor(fn / 2);
        sn = Math.floor(sn / 2);
      }
    } else sr = hashNode(sr, c);
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  return sn === 0 && fr.equals(firstRoot) && sr.equals(secondRoot);
}
