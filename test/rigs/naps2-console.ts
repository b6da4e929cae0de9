import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Naps2State, Naps2Trouble } from './naps2-program.ts';

/**
 * Scanners behind a stand-in for NAPS2's console (`naps2-program.ts`): a real child process with the same command line. NAPS2 itself is no part
 * of it.
 */
export type Naps2Rig = {
  program: string;
  /** The scanner's address, as the driver lists it. */
  device: string;
  change(next: Partial<Naps2State>): Promise<void>;
  /** Pictures (PNG) for the feeder's sheets. */
  load(pngs: readonly Uint8Array[]): Promise<void>;
  lay(png: Uint8Array): Promise<void>;
  /** Behind `after` pages this happens; undefined: it works again. */
  trouble(is: Naps2Trouble | undefined, after?: number): Promise<void>;
  plugIn(): Promise<void>;
  stop(): Promise<void>;
};

const NAME = 'Brother ADS-2200';
const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

export const startNaps2Console = async (page: Uint8Array): Promise<Naps2Rig> => {
  const folder = await mkdtemp(join(tmpdir(), 'rig-naps2-'));
  // The desk may run as another user than the rig.
  await chmod(folder, 0o755);
  const program = join(folder, 'NAPS2.Console');
  const script = fileURLToPath(new URL('naps2-program.ts', import.meta.url));
  await writeFile(
    program,
    `#!/bin/sh\nexec ${[process.execPath, script, folder].map(quote).join(' ')} "$@"\n`,
    { mode: 0o755 },
  );
  const glass = join(folder, 'glass.png');
  await writeFile(glass, page);
  const there: Naps2State['devices'] = { wia: [NAME], twain: [NAME] };
  let state: Naps2State = {
    devices: there,
    language: 'cs',
    encoding: 'dos',
    feeder: [],
    glass,
    trouble: null,
  };
  const change = async (next: Partial<Naps2State>): Promise<void> => {
    state = { ...state, ...next };
    await writeFile(join(folder, 'state.json'), JSON.stringify(state));
  };
  const load = async (pngs: readonly Uint8Array[]): Promise<void> => {
    const feeder = await Promise.all(
      pngs.map(async (png, at) => {
        const path = join(folder, `sheet-${at}.png`);
        await writeFile(path, png);
        return path;
      }),
    );
    await change({ feeder });
  };
  await load([page, page, page]);
  return {
    program,
    device: `naps2-wia:${NAME}`,
    change,
    load,
    lay: (png) => writeFile(glass, png),
    trouble: (is, after = 0) => change({ trouble: is === undefined ? null : { is, after } }),
    plugIn: () => change({ devices: there }),
    stop: () => rm(folder, { recursive: true, force: true }),
  };
};
