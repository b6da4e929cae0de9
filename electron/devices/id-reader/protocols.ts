import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ReaderProtocol, readerProtocol } from './protocol.ts';

/** The protocols of readers that ship, from the folder of resources; in the order of their ids. */
export async function readReaderProtocols(resources: string): Promise<readonly ReaderProtocol[]> {
  const folder = join(resources, 'devices', 'protocols');
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(
    files.map(async (name) => readerProtocol.parse(JSON.parse(await readFile(join(folder, name), 'utf8')))),
  );
}
