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

const HASH = 32;

/** Hashes one after the other in one piece of memory: a log has millions, and an object each would not fit. */
function hashList() {
  let bytes = Buffer.alloc(64 * HASH);
  let length = 0;
  return {
    length: () => length,
    /** @param {Uint8Array} hash */
    push(hash) {
      if ((length + 1) * HASH > bytes.length) bytes = Buffer.concat([bytes], bytes.length * 2);
      bytes.set(hash, length * HASH);
      length += 1;
    },
    /** @param {number} index @returns {Buffer} */
    at: (index) => bytes.subarray(index * HASH, (index + 1) * HASH),
  };
}

/**
 * A tree that leaves are added to; it keeps every complete subtree, so that the root over any number of leaves is at
 * hand. It may begin with complete subtrees of what was before, the largest first.
 * @param {{ size: number, hashes: Buffer[] } | null} before
 */
export function growTree(before) {
  /** @type {{ first: number, list: ReturnType<typeof hashList> }[]} By height: the subtrees from the `first` on. */
  const levels = [];
  const begin = before?.size ?? 0;
  let size = begin;

  /** @param {number} height @param {number} index @param {Uint8Array} hash */
  const put = (height, index, hash) => {
    levels[height] ??= { first: index, list: hashList() };
    levels[height].list.push(hash);
  };
  /** @param {number} height @param {number} index */
  const get = (height, index) => {
    const level = levels[height];
    if (level === undefined) throw new Error('no such subtree');
    return level.list.at(index - level.first);
  };
  /** Heights and places of the complete subtrees that make up so many leaves, the largest first. @param {number} count */
  const partsOf = (count) => {
    const parts = [];
    let start = 0;
    while (start < count) {
      let height = 0;
      while (start + 2 ** (height + 1) <= count) height += 1;
      parts.push({ height, index: start / 2 ** height });
      start += 2 ** height;
    }
    return parts;
  };
  if (before !== null) {
    const parts = partsOf(begin);
    if (parts.length !== before.hashes.length)
      throw new Error(`${before.hashes.length} subtrees of ${parts.length}`);
    before.hashes.forEach((hash, index) => {
      const part = parts[index];
      if (part) put(part.height, part.index, hash);
    });
  }
  return {
    size: () => size,
    /** @param {Buffer} leafHash */
    add(leafHash) {
      let hash = leafHash;
      let index = size;
      put(0, index, hash);
      for (let height = 0; index % 2 === 1; height += 1) {
        hash = hashNode(get(height, index - 1), hash);
        index = (index - 1) / 2;
        put(height + 1, index, hash);
      }
      size += 1;
    },
    /** The hash of the leaf that was added as so manieth, from 0. @param {number} added */
    leafAt: (added) => (added >= 0 && added < size - begin ? get(0, begin + added) : undefined),
    /** The root over the first leaves; undefined for fewer than it began with and for more than it has. */
    rootAt(/** @type {number} */ count) {
      if (!Number.isSafeInteger(count) || count < begin || count > size) return undefined;
      if (count === 0) return sha256();
      return partsOf(count)
        .map(({ height, index }) => get(height, index))
        .reduceRight((right, left) => hashNode(left, right));
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
