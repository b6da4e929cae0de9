import { createHash } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Random } from '../secrets.ts';

/** Largest content taken in, in bytes. */
export const BLOB_MAX = 25 * 1024 * 1024;

/** What came of receiving a content. */
export type Received = 'kept' | 'too-large' | 'differs';

/** Where contents lie, by their hash. */
export type BlobFiles = {
  /**
   * Throws away what was half received when the portal last stopped: it is sent again anyway. For the portal that serves desks
   * alone; an operator's command beside it must not take away what comes in.
   */
  tidy(): void;
  /** Receives a content and keeps it, durably, when it is what its hash says. Reads the stream to its end. */
  receive(sha256: string, content: Readable): Promise<{ result: Received; size: number }>;
  /** A content that was kept; null when it is not there. */
  read(sha256: string): Promise<Buffer | null>;
  /** Throws a content away that nothing refers to any more. */
  remove(sha256: string): Promise<void>;
  /** Contents that come in parts, by the id of their upload. */
  parts: PartFiles;
};

export type PartFiles = {
  /** How many bytes have arrived. */
  size(id: string): Promise<number>;
  /** Puts what comes behind what is there; at most up to `upTo` bytes in all. What arrived stays when the stream breaks. */
  append(id: string, content: Readable, upTo: number): Promise<void>;
  /** Keeps the whole under its hash, durably, when it is what its hash says; the part is gone then in any case. */
  finish(id: string, sha256: string): Promise<Received>;
  remove(id: string): Promise<void>;
};

type Sink = { write(chunk: Buffer): Promise<void> };

/** Reads all of the stream, so that the sender gets an answer and no torn line; writes at most the limit. */
async function measure(content: Readable, sink: Sink): Promise<{ size: number; hash: string }> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of content) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    // Far past the limit the sender is not honest; the line may tear.
    if (size > 4 * BLOB_MAX) break;
    if (size > BLOB_MAX) continue;
    hash.update(bytes);
    await sink.write(bytes);
  }
  return { size, hash: hash.digest('hex') };
}

const judge = (sha256: string, { size, hash }: { size: number; hash: string }): Received =>
  size > BLOB_MAX ? 'too-large' : hash === sha256 ? 'kept' : 'differs';

/** Contents in a folder, `ab/abcdef…`; a content is there in whole or not at all. */
export function folderFiles(folder: string, random: Random): BlobFiles {
  const incoming = join(folder, 'incoming');
  const makeIncoming = (): void => void mkdirSync(incoming, { recursive: true, mode: 0o700 });
  makeIncoming();
  const partsFolder = join(folder, 'parts');
  mkdirSync(partsFolder, { recursive: true, mode: 0o700 });
  const partOf = (id: string): string => join(partsFolder, id);

  const placeOf = (sha256: string): string => join(folder, sha256.slice(0, 2), sha256);
  async function keep(file: string, sha256: string): Promise<void> {
    const target = placeOf(sha256);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await rename(file, target);
    await syncFolder(dirname(target));
    await syncFolder(folder);
  }

  const parts: PartFiles = {
    async size(id) {
      const found = await stat(partOf(id)).catch(() => undefined);
      return found?.size ?? 0;
    },
    async append(id, content, upTo) {
      const file = await open(partOf(id), 'a', 0o600);
      try {
        let { size } = await file.stat();
        for await (const chunk of content) {
          const bytes = Buffer.from(chunk).subarray(0, Math.max(0, upTo - size));
          size += bytes.length;
          // What comes past the end is read and dropped, so that the sender gets an answer.
          if (bytes.length > 0) await file.writeFile(bytes);
        }
      } finally {
        await file.close();
      }
    },
    async finish(id, sha256) {
      const hash = createHash('sha256');
      const file = await open(partOf(id), 'r+');
      try {
        for await (const chunk of file.createReadStream({ autoClose: false, start: 0 })) hash.update(chunk);
        await file.sync();
      } finally {
        await file.close();
      }
      if (hash.digest('hex') !== sha256) {
        await rm(partOf(id), { force: true });
        return 'differs';
      }
      await keep(partOf(id), sha256);
      return 'kept';
    },
    remove: (id) => rm(partOf(id), { force: true }),
  };

  return {
    tidy() {
      rmSync(incoming, { recursive: true, force: true });
      makeIncoming();
    },
    async read(sha256) {
      try {
        return await readFile(placeOf(sha256));
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
        throw error;
      }
    },
    remove: (sha256) => rm(placeOf(sha256), { force: true }),
    parts,
    async receive(sha256, content) {
      const temporary = join(incoming, Buffer.from(random(12)).toString('hex'));
      try {
        const file = await open(temporary, 'wx', 0o600);
        let measured: { size: number; hash: string };
        try {
          measured = await measure(content, {
            write: async (chunk) => {
              await file.writeFile(chunk);
            },
          });
          await file.sync();
        } finally {
          await file.close();
        }
        const result = judge(sha256, measured);
        if (result === 'kept') await keep(temporary, sha256);
        return { result, size: measured.size };
      } finally {
        await rm(temporary, { force: true });
      }
    },
  };
}

async function syncFolder(folder: string): Promise<void> {
  // Windows has no such call for folders and does not need it.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Contents for a portal without a folder, in memory. */
export function memoryFiles(): BlobFiles {
  const held = new Map<string, Buffer>();
  const kept = new Map<string, Buffer>();
  const parts: PartFiles = {
    size: async (id) => held.get(id)?.length ?? 0,
    async append(id, content, upTo) {
      for await (const chunk of content) {
        const before = held.get(id) ?? Buffer.alloc(0);
        held.set(id, Buffer.concat([before, Buffer.from(chunk)]).subarray(0, upTo));
      }
    },
    async finish(id, sha256) {
      const content = held.get(id) ?? Buffer.alloc(0);
      held.delete(id);
      if (createHash('sha256').update(content).digest('hex') !== sha256) return 'differs';
      kept.set(sha256, content);
      return 'kept';
    },
    remove: async (id) => void held.delete(id),
  };
  return {
    tidy: () => {},
    read: async (sha256) => kept.get(sha256) ?? null,
    remove: async (sha256) => void kept.delete(sha256),
    parts,
    async receive(sha256, content) {
      const chunks: Buffer[] = [];
      const measured = await measure(content, { write: async (chunk) => void chunks.push(chunk) });
      const result = judge(sha256, measured);
      if (result === 'kept') kept.set(sha256, Buffer.concat(chunks));
      return { result, size: measured.size };
    },
  };
}
