import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../../../test/rigs/process.ts';
import { pageFolders } from './page-folder.ts';

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'page-folders-'));
});
afterEach(() => rm(parent, { recursive: true, force: true }));

/** A run that is cut off while a page lies in its folder. */
const killed = async (owner: string): Promise<void> => {
  let begun = false;
  void pageFolders(
    parent,
    owner,
  )(async (folder) => {
    await writeFile(join(folder, 'page.tiff'), 'a page');
    begun = true;
    await new Promise(() => {});
  });
  await until('the page is there', () => begun);
};

it('what a killed run left is wiped when its owner starts again, before anything is scanned, and nothing of others', async () => {
  await killed('/desks/one');
  await killed('/desks/two');
  await mkdir(join(parent, 'virtuos-scan-else'));
  expect(await readdir(parent)).toHaveLength(3);
  pageFolders(parent, '/desks/one');
  await until('it is wiped', async () => (await readdir(parent)).length === 2);
  const lend = pageFolders(parent, '/desks/two');
  expect(await lend(() => readdir(parent))).toHaveLength(2);
  expect(await readdir(parent)).toEqual(['virtuos-scan-else']);
});
