import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './places.ts';

/** One hash over the contents and names of the files that the patterns match, to skip work whose input is unchanged. */
export const hashOfFiles = (
  patterns: readonly string[],
  exclude: (name: string) => boolean = () => false,
): string => {
  const hash = createHash('sha256');
  const names = globSync([...patterns], { cwd: projectRoot, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((name) => !exclude(name))
    .sort();
  for (const name of names) {
    const content = readFileSync(name);
    hash.update(`${name.slice(projectRoot.length)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
};

/** The stamp's content, or '' when there is none. */
export const readStamp = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};
