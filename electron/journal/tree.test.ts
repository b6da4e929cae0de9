import { cpSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Reader, Store } from '../store/open.ts';
import { mustOpen, temporaryFolder, temporaryStore, testClock } from '../store/testing/temporary-store.ts';
import { systemRandom } from '../values/ids.ts';
import { growingRoot, isConsistent, rootFromInclusion } from '../values/merkle.ts';
import { append } from './append.ts';
import * as tree from './tree.ts';

const removals: (() => void)[] = [];
afterEach(() => {
  for (const remove of removals.splice(0)) remove();
});

const clock = testClock();
let acts = 0;
function appendTo(store: Store, count: number): void {
  store.write((tx) => {
    for (let index = 0; index < count; index += 1) {
      acts += 1;
      append(
        tx,
        { clock, random: systemRandom, desk: 'desk-1' },
        { kind: 'visit-opened', actId: `act-t${acts}`, clerk: 'clerk-1', role: 'clerk', payload: {} },
      );
    }
  });
}

const leafHashes = (tx: Reader): Buffer[] =>
  tx
    .all<{ leaf_hash: Uint8Array }>('SELECT leaf_hash FROM journal_leaves ORDER BY sequence')
    .map((row) => Buffer.from(row.leaf_hash));

function expectWholeTree(store: Store): void {
  store.read((tx) => {
    const growing = growingRoot();
    const roots = leafHashes(tx).map((hash) => {
      growing.add(hash);
      return growing.root();
    });
    const size = tree.treeSize(tx);
    expect(roots).toHaveLength(size);
    roots.forEach((root, index) => {
      expect(tree.rootHash(tx, index + 1).equals(root)).toBe(true);
    });
    // As many nodes as complete subtrees of two leaves and more.
    let expected = 0;
    for (let width = 2; width <= size; width *= 2) expected += Math.floor(size / width);
    expect(tx.get<{ n: number }>('SELECT count(*) AS n FROM journal_nodes')?.n).toBe(expected);
  });
}

describe('the tree of a log', () => {
  it('has the root of every size it ever had, and proofs between them', () => {
    const { store, remove } = temporaryStore();
    removals.push(remove);
    expect(store.read((tx) => tree.rootHash(tx, 0).toString('hex'))).toMatch(/^e3b0c442/);
    appendTo(store, 1);
    appendTo(store, 36);
    expectWholeTree(store);
    store.read((tx) => {
      const hashes = leafHashes(tx);
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 37 }), fc.nat(), (size, other) => {
          const sequence = (other % size) + 1;
          const path = tree.inclusionProof(tx, { sequence, size });
          const leafHash = hashes[sequence - 1] ?? Buffer.of();
          const root = tree.rootHash(tx, size);
          expect(rootFromInclusion({ leafHash, index: sequence - 1, size, path })).toEqual(root);
          const fromRoot = tree.rootHash(tx, sequence);
          const proof = tree.consistencyProof(tx, { from: sequence, to: size });
          expect(isConsistent({ from: sequence, fromRoot, to: size, toRoot: root, path: proof })).toBe(true);
        }),
      );
      expect(() => tree.rootHash(tx, 38)).toThrow('never had the size');
      expect(() => tree.inclusionProof(tx, { sequence: 9, size: 8 })).toThrow('is not among');
      expect(() => tree.consistencyProof(tx, { from: 9, to: 8 })).toThrow('is no beginning');
    });
  });

  it('is left as it was by an act that is rolled back', () => {
    const { store, remove } = temporaryStore();
    removals.push(remove);
    appendTo(store, 3);
    expect(() =>
      store.write((tx) => {
        append(
          tx,
          { clock, random: systemRandom, desk: 'desk-1' },
          { kind: 'k', actId: 'rolled-back', clerk: 'c', role: 'r', payload: null },
        );
        throw new Error('no');
      }),
    ).toThrow('no');
    appendTo(store, 2);
    expectWholeTree(store);
  });

  it('never changes: its nodes can be neither altered nor taken out', () => {
    const { store, remove } = temporaryStore();
    removals.push(remove);
    appendTo(store, 4);
    expect(() => store.write((tx) => tx.run('DELETE FROM journal_nodes'))).toThrow('never deleted');
    expect(() => store.write((tx) => tx.run('UPDATE journal_nodes SET hash = zeroblob(32)'))).toThrow(
      'never changes',
    );
    expect(() =>
      store.write((tx) => tx.run('INSERT OR REPLACE INTO journal_nodes VALUES (1, 0, zeroblob(32))')),
    ).toThrow('never deleted');
  });

  it('takes in the entries of a log that is older than it, at the next entry or at the start', () => {
    const fixture = fileURLToPath(new URL('../../test/fixtures/store/v2', import.meta.url));
    for (const isStart of [true, false]) {
      const { folder, remove } = temporaryFolder();
      removals.push(remove);
      cpSync(fixture, folder, { recursive: true });
      const store = mustOpen(folder);
      store.read((tx) => {
        // Before anything could be stored, it is computed.
        expect(tree.treeSize(tx)).toBe(3);
        const growing = growingRoot();
        for (const hash of leafHashes(tx)) growing.add(hash);
        expect(tree.rootHash(tx, 3).equals(growing.root())).toBe(true);
      });
      if (isStart) store.write(tree.growTree);
      else appendTo(store, 5);
      expectWholeTree(store);
      appendTo(store, 4);
      expectWholeTree(store);
      store.close();
    }
  });
});
