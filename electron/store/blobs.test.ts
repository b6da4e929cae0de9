import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CHUNK, openChunk, PREFIX, sealedSize, sealer, TAG } from './blob-cipher.ts';
import { addBlobUse, blobInfo, blobsOf, recordBlob, type StagedBlob } from './blobs.ts';
import { StoreError } from './failures.ts';
import type { Store } from './open.ts';
import { mustOpen, temporaryStore } from './testing/temporary-store.ts';

let store: Store;
let folder: string;
let remove: () => void;
beforeEach(() => {
  ({ store, folder, remove } = temporaryStore());
});
afterEach(() => remove());

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Bytes that differ everywhere, so that no two chunks are alike. */
function content(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let state = size + 1;
  for (let at = 0; at < size; at += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

async function stage(bytes: Uint8Array | { path: string }): Promise<StagedBlob> {
  const put = await store.blobs.put(bytes);
  if (!put.ok) throw new Error(put.error.code);
  return put.value;
}

async function keep(bytes: Uint8Array, owner = 'owner'): Promise<StagedBlob> {
  const staged = await stage(bytes);
  store.write((tx) => recordBlob(tx, staged, { mediaType: 'application/octet-stream', owner }));
  return staged;
}

const files = (): string[] => readdirSync(join(folder, 'blobs')).sort();
const pathOf = (staged: StagedBlob): string => join(folder, 'blobs', staged.fileName);

const BATCH_BYTES = 16 * CHUNK;
const sizes = [
  0,
  1,
  CHUNK - 1,
  CHUNK,
  CHUNK + 1,
  2 * CHUNK,
  BATCH_BYTES - 1,
  BATCH_BYTES,
  BATCH_BYTES + 1,
  2 * BATCH_BYTES + CHUNK,
];

describe('a blob', () => {
  it.each(sizes)('of %i bytes comes back as it was, from memory and from a file', async (size) => {
    const bytes = content(size);
    const fromMemory = await keep(bytes);
    expect(fromMemory).toMatchObject({ sha256: sha256(bytes), size });
    expect(readFileSync(pathOf(fromMemory)).length).toBe(sealedSize(size));
    const back = await store.blobs.read(fromMemory.sha256);
    expect(back.ok && back.value.equals(bytes)).toBe(true);
    const path = join(dirname(folder), 'source');
    writeFileSync(path, bytes);
    const fromFile = await stage({ path });
    expect(fromFile).toMatchObject({ sha256: sha256(bytes), size });
  });

  it('is read from any byte on', async () => {
    const bytes = content(3 * CHUNK + 100);
    const { sha256: hash } = await keep(bytes);
    for (const from of [0, 1, CHUNK - 1, CHUNK, 2 * CHUNK + 5, bytes.length - 1, bytes.length]) {
      const pieces: Buffer[] = [];
      for await (const piece of store.blobs.stream(hash, from)) pieces.push(piece);
      expect(Buffer.concat(pieces).equals(Buffer.from(bytes.subarray(from)))).toBe(true);
    }
  });

  it('lies on disk without its content, its hash or its type', async () => {
    const text = 'rodné číslo, které nikdo nesmí číst';
    const staged = await keep(Buffer.from(text.repeat(10)));
    expect(files()).toEqual([staged.fileName]);
    expect(staged.fileName).toMatch(/^[0-9a-f]{32}$/);
    expect(staged.sha256.includes(staged.fileName)).toBe(false);
    expect(readFileSync(pathOf(staged)).includes('rodné')).toBe(false);
  });

  it('is told missing or damaged, whichever it is', async () => {
    expect(await store.blobs.read('0'.repeat(64))).toEqual({
      ok: false,
      error: { code: 'store.blob-missing' },
    });
    const staged = await keep(content(CHUNK + 1));
    truncateSync(pathOf(staged), CHUNK);
    expect(await store.blobs.read(staged.sha256)).toEqual({
      ok: false,
      error: { code: 'store.blob-damaged' },
    });
    rmSync(pathOf(staged));
    expect(await store.blobs.read(staged.sha256)).toEqual({
      ok: false,
      error: { code: 'store.blob-missing' },
    });
    await expect(store.blobs.stream(staged.sha256).next()).rejects.toBeInstanceOf(StoreError);
  });

  it('is never given out with any byte changed', async () => {
    const staged = await keep(content(2 * CHUNK + 10));
    const good = readFileSync(pathOf(staged));
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const bad = Buffer.from(good);
        bad[at] = (bad[at] ?? 0) ^ mask;
        writeFileSync(pathOf(staged), bad);
        expect(await store.blobs.read(staged.sha256)).toEqual({
          ok: false,
          error: { code: 'store.blob-damaged' },
        });
      }),
      { numRuns: 60 },
    );
  });

  it('can not be put from a file that is not there', async () => {
    const put = await store.blobs.put({ path: join(folder, 'nothing') });
    expect(put).toMatchObject({ ok: false, error: { code: 'store.no-access' } });
    expect(files()).toEqual([]);
  });
});

describe('the chunks of a file', () => {
  const key = new Uint8Array(32).fill(1);
  const prefix = new Uint8Array(PREFIX).fill(2);

  it('open only at their place, and only the last as the last', () => {
    const seal = sealer(key, prefix);
    const sealed = seal(content(3 * CHUNK), true);
    const chunk = (index: number) => sealed.subarray(index * (CHUNK + TAG), (index + 1) * (CHUNK + TAG));
    for (const index of [0, 1, 2]) {
      for (const place of [0, 1, 2, 3]) {
        for (const isLast of [false, true]) {
          const opened = openChunk(chunk(index), { key, prefix, index: place, isLast });
          expect(opened !== undefined).toBe(index === place && isLast === (index === 2));
        }
      }
    }
  });

  it('are the same however the content was cut into pieces of whole chunks', () => {
    const bytes = content(5 * CHUNK + 3);
    const whole = sealer(key, prefix)(bytes, true);
    const seal = sealer(key, prefix);
    const parts = [
      seal(bytes.subarray(0, CHUNK), false),
      seal(bytes.subarray(CHUNK, 4 * CHUNK), false),
      seal(bytes.subarray(4 * CHUNK), true),
    ];
    expect(Buffer.concat(parts).equals(whole)).toBe(true);
  });
});

describe('owners', () => {
  it('share a blob; without the last of them its key is gone, and the file with the next sweep', async () => {
    const bytes = content(1000);
    const staged = await keep(bytes, 'a');
    store.write((tx) => addBlobUse(tx, staged.sha256, 'b'));
    store.write((tx) => store.blobs.release(tx, 'a'));
    expect(store.read((tx) => blobsOf(tx, 'b'))).toHaveLength(1);
    expect((await store.blobs.read(staged.sha256)).ok).toBe(true);
    store.write((tx) => store.blobs.release(tx, 'b'));
    expect(store.read((tx) => blobInfo(tx, staged.sha256))).toBeUndefined();
    expect(await store.blobs.read(staged.sha256)).toEqual({
      ok: false,
      error: { code: 'store.blob-missing' },
    });
    expect(await store.blobs.sweep()).toBe(1);
    expect(files()).toEqual([]);
  });

  it('keep a blob when the transaction that released it is undone', async () => {
    const staged = await keep(content(10), 'a');
    expect(() =>
      store.write((tx) => {
        store.blobs.release(tx, 'a');
        throw new Error('undone');
      }),
    ).toThrow('undone');
    expect(await store.blobs.sweep()).toBe(0);
    expect((await store.blobs.read(staged.sha256)).ok).toBe(true);
  });

  it('bring the same content twice: one file stays', async () => {
    const first = await keep(content(10), 'a');
    const second = await keep(content(10), 'b');
    expect(second.sha256).toBe(first.sha256);
    expect(await store.blobs.sweep()).toBe(1);
    expect(files()).toEqual([first.fileName]);
    expect((await store.blobs.read(first.sha256)).ok).toBe(true);
  });

  it('bring again a content whose file was lost: it is whole again', async () => {
    const first = await keep(content(10), 'a');
    rmSync(pathOf(first));
    const second = await keep(content(10), 'a');
    await store.blobs.sweep();
    expect(files()).toEqual([second.fileName]);
    expect((await store.blobs.read(first.sha256)).ok).toBe(true);
  });

  it('bring again a content whose file was damaged: it is whole again', async () => {
    const first = await keep(content(10), 'a');
    const bytes = readFileSync(pathOf(first));
    bytes[3] = (bytes[3] ?? 0) ^ 1;
    writeFileSync(pathOf(first), bytes);
    const second = await keep(content(10), 'a');
    await store.blobs.sweep();
    expect(files()).toEqual([second.fileName]);
    expect((await store.blobs.read(first.sha256)).ok).toBe(true);
  });
});

describe('a sweep', () => {
  it('takes what a crash left, but nothing that may still be recorded', async () => {
    const kept = await keep(content(10));
    const staged = await stage(content(20));
    writeFileSync(join(folder, 'blobs', 'ffff.part'), 'cut short');
    expect(await store.blobs.sweep()).toBe(1);
    expect(files()).toEqual([kept.fileName, staged.fileName].sort());
    store.close();
    // The next run can not record it any more.
    store = mustOpen(folder);
    expect(await store.blobs.sweep()).toBe(1);
    expect(files()).toEqual([kept.fileName]);
  });

  it('goes on where an earlier one was cut short', async () => {
    const staged = await keep(content(10));
    store.write((tx) => store.blobs.release(tx, 'owner'));
    rmSync(pathOf(staged));
    expect(await store.blobs.sweep()).toBe(0);
    expect(store.read((tx) => tx.all('SELECT * FROM blob_removals'))).toEqual([]);
  });

  it('leaves alone what is being put meanwhile', async () => {
    const putting = stage(content(4 * BATCH_BYTES));
    for (let turn = 0; turn < 20; turn += 1) await store.blobs.sweep();
    const staged = await putting;
    store.write((tx) => recordBlob(tx, staged, { mediaType: 'image/png', owner: 'o' }));
    expect((await store.blobs.read(staged.sha256)).ok).toBe(true);
  });
});

it('a staged blob that will not be recorded can be discarded', async () => {
  const staged = await stage(content(10));
  await store.blobs.discard(staged);
  expect(files()).toEqual([]);
});
