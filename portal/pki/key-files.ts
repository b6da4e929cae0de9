import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where private keys lie, by name; nothing of them is in the database. */
export type KeyFiles = {
  read(name: string): Buffer | null;
  write(name: string, content: Uint8Array): void;
};

/** Keys in a folder nobody else may read; a file is there in whole or not at all. */
export function folderKeys(folder: string): KeyFiles {
  return {
    read(name) {
      try {
        return readFileSync(join(folder, name));
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
        throw error;
      }
    },
    write(name, content) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const temporary = join(folder, `${name}.part`);
      writeFileSync(temporary, content, { mode: 0o600, flush: true });
      renameSync(temporary, join(folder, name));
    },
  };
}

/** Keys of a portal that keeps nothing. */
export function memoryKeys(): KeyFiles {
  const held = new Map<string, Buffer>();
  return {
    read: (name) => held.get(name) ?? null,
    write: (name, content) => void held.set(name, Buffer.from(content)),
  };
}
