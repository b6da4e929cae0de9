import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as merkle from './merkle.ts';

// The leaves, roots and proofs every implementation of Certificate Transparency is tested with.
const LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((hex) => Buffer.from(hex, 'hex'));
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const PATHS: { index: number; size: number; path: string[] }[] = [
  { index: 0, size: 1, path: [] },
  {
    index: 0,
    size: 8,
    path: [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  },
  {
    index: 5,
    size: 8,
    path: [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  },
  { index: 2, size: 3, path: ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'] },
  {
    index: 1,
    size: 5,
    path: [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  },
];
const CONSISTENCY: { from: number; to: number; path: string[] }[] = [
  { from: 1, to: 1, path: [] },
  {
    from: 1,
    to: 8,
    path: [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  },
  {
    from: 6,
    to: 8,
    path: [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  },
  {
    from: 2,
    to: 5,
    path: [
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  },
];

const sha = (...parts: Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();

/** MTH as § 2.1 writes it down. */
function naiveRoot(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves;
  if (only === undefined) return sha();
  if (leaves.length === 1) return sha(Buffer.of(0), only);
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha(Buffer.of(1), naiveRoot(leaves.slice(0, split)), naiveRoot(leaves.slice(split)));
}

/** PATH as § 2.1.1 writes it down. */
function naivePath(index: number, leaves: readonly Buffer[]): Buffer[] {
  if (leaves.length === 1) return [];
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split
    ? [...naivePath(index, left), naiveRoot(right)]
    : [...naivePath(index - split, right), naiveRoot(left)];
}

/** SUBPROOF as § 2.1.2 writes it down. */
function naiveConsistency(from: number, leaves: readonly Buffer[], isWhole = true): Buffer[] {
  if (from === leaves.length) return isWhole ? [] : [naiveRoot(leaves)];
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return from <= split
    ? [...naiveConsistency(from, left, isWhole), naiveRoot(right)]
    : [...naiveConsistency(from - split, right, false), naiveRoot(left)];
}

/** A source of nodes that computes each. */
const nodesOver =
  (leaves: readonly Buffer[]): merkle.NodeSource =>
  (level, position) =>
    naiveRoot(leaves.slice(position * 2 ** level, (position + 1) * 2 ** level));
const hex = (hashes: readonly Buffer[]): string[] => hashes.map((hash) => hash.toString('hex'));
const bytes = (hashes: readonly string[]): Buffer[] => hashes.map((hash) => Buffer.from(hash, 'hex'));
const rootAt = (size: number): Buffer => Buffer.from(ROOTS[size - 1] ?? '', 'hex');

describe('the known test vectors', () => {
  const nodes = nodesOver(LEAVES);

  it('have the roots of all sizes', () => {
    expect(merkle.rootOf(nodes, 0).toString('hex')).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
    expect(ROOTS.map((_, index) => merkle.rootOf(nodes, index + 1).toString('hex'))).toEqual(ROOTS);
    const growing = merkle.growingRoot();
    expect(growing.root().equals(merkle.emptyRoot())).toBe(true);
    for (const [index, leaf] of LEAVES.entries()) {
      growing.add(merkle.leafHashOf(leaf));
      expect(growing.root().toString('hex')).toBe(ROOTS[index]);
    }
  });

  it.each(PATHS)('have the audit path of $index in $size', ({ index, size, path }) => {
    expect(hex(merkle.inclusionPath(nodes, index, size))).toEqual(path);
    const leafHash = merkle.leafHashOf(LEAVES[index] ?? Buffer.of());
    expect(merkle.rootFromInclusion({ leafHash, index, size, path: bytes(path) })?.equals(rootAt(size))).toBe(
      true,
    );
  });

  it.each(CONSISTENCY)('have the consistency proof from $from to $to', ({ from, to, path }) => {
    expect(hex(merkle.consistencyPath(nodes, from, to))).toEqual(path);
    expect(
      merkle.isConsistent({ from, fromRoot: rootAt(from), to, toRoot: rootAt(to), path: bytes(path) }),
    ).toBe(true);
  });
});

describe('for any leaves', () => {
  const leaves = fc.array(
    fc.uint8Array({ maxLength: 3 }).map((leaf) => Buffer.from(leaf)),
    { minLength: 1, maxLength: 40 },
  );

  it('roots and proofs are as the definitions of the RFC, and the proofs hold', () => {
    fc.assert(
      fc.property(leaves, fc.nat(), fc.nat(), (all, a, b) => {
        const nodes = nodesOver(all);
        const to = (a % all.length) + 1;
        const from = (b % to) + 1;
        const tree = all.slice(0, to);
        const toRoot = merkle.rootOf(nodes, to);
        expect(toRoot.equals(naiveRoot(tree))).toBe(true);

        const index = from - 1;
        const path = merkle.inclusionPath(nodes, index, to);
        expect(hex(path)).toEqual(hex(naivePath(index, tree)));
        const leafHash = merkle.leafHashOf(tree[index] ?? Buffer.of());
        expect(merkle.rootFromInclusion({ leafHash, index, size: to, path })?.equals(toRoot)).toBe(true);

        const proof = merkle.consistencyPath(nodes, from, to);
        expect(hex(proof)).toEqual(hex(naiveConsistency(from, tree)));
        const fromRoot = merkle.rootOf(nodes, from);
        expect(merkle.isConsistent({ from, fromRoot, to, toRoot, path: proof })).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('a proof for anything else does not hold', () => {
    fc.assert(
      fc.property(leaves, fc.nat(), fc.nat(), fc.nat(), (all, a, b, flip) => {
        const nodes = nodesOver(all);
        const size = all.length;
        const index = a % size;
        const root = merkle.rootOf(nodes, size);
        const path = merkle.inclusionPath(nodes, index, size);
        const leafHash = merkle.leafHashOf(all[index] ?? Buffer.of());
        const spoilt = Buffer.from(leafHash);
        spoilt[flip % 32] = (spoilt[flip % 32] ?? 0) ^ 1;
        const leadsToRoot = (of: Parameters<typeof merkle.rootFromInclusion>[0]): boolean =>
          merkle.rootFromInclusion(of)?.equals(root) ?? false;
        expect(leadsToRoot({ leafHash: spoilt, index, size, path })).toBe(false);
        expect(leadsToRoot({ leafHash, index, size, path: [...path, root] })).toBe(false);
        if (path.length > 0) expect(leadsToRoot({ leafHash, index, size, path: path.slice(1) })).toBe(false);
        expect(merkle.rootFromInclusion({ leafHash, index: size, size, path })).toBeNull();

        const from = (b % size) + 1;
        const proof = merkle.consistencyPath(nodes, from, size);
        const fromRoot = merkle.rootOf(nodes, from);
        const other = Buffer.from(fromRoot);
        other[flip % 32] = (other[flip % 32] ?? 0) ^ 1;
        expect(merkle.isConsistent({ from, fromRoot: other, to: size, toRoot: root, path: proof })).toBe(
          false,
        );
        expect(merkle.isConsistent({ from, fromRoot, to: size, toRoot: root, path: [...proof, root] })).toBe(
          false,
        );
      }),
      { numRuns: 500 },
    );
  });
});
