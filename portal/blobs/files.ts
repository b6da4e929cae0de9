import { createHash } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Random } from '../secrets.ts';

/** Largest content taken in, in bytes. */
export const BLOB_MAX = 25 * 1024 * 1024;

/** What came of receiving a content. */
export type Received = 'kept' | 'too-large' | 'differs';

/** Where contents lie, by their hash. */
export type BlobFiles = {
  /** Receives a content and keeps it, durably, when it is what its hash says. Reads the stream to its end. */
  receive(sha256: string, content: Readable): Promise<{ result: Received; size: number }>;
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
  // What was half received when the portal last stopped is sent again anyway.
  rmSync(incoming, { recursive: true, force: true });
  mkdirSync(incoming, { recursive: true, mode: 0o700 });
  return {
    async receive(sha256, content) {
      const temporary = join(incoming, Buffer.from(random(12)).toString('hex'));
      const target = join(folder, sha256.slice(0, 2), sha256);
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
        if (result === 'kept') {
          await mkdir(dirname(target), { recursive: true, mode: 0o700 });
          await rename(temporary, target);
          await syncFolder(dirname(target));
          await syncFolder(folder);
        }
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

/** Contents for a portal without a folder: judged the same way, kept by nobody. */
export function memoryFiles(): BlobFiles {
  return {
    async receive(sha256, content) {
      const measured = await measure(content, { write: async () => {} });
      return { result: judge(sha256, measured), size: measured.size };
    },
  };
}
