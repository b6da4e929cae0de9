import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ElectronRuntime } from './electron-runtime.ts';
import { projectRoot } from './places.ts';
import { StepFailure } from './steps.mjs';

const run = promisify(execFile);

/**
 * Makes the unpacked application of electron-builder.yml from dist/ with this runtime; resolves to its folder.
 * @param output where electron-builder puts it
 */
export const packageDesk = async (
  runtime: ElectronRuntime,
  output = join(projectRoot, 'out', 'package'),
): Promise<string> => {
  const builder = join(projectRoot, 'node_modules', 'electron-builder', 'cli.js');
  const settings = [
    `-c.electronDist=${runtime.folder}`,
    `-c.electronVersion=${runtime.version}`,
    `-c.directories.output=${output}`,
  ];
  try {
    // What it cannot do with what is here must fail soon, not after a minute of retries.
    await run(process.execPath, [builder, '--dir', '--publish', 'never', ...settings], {
      cwd: projectRoot,
      timeout: 120_000,
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch (error) {
    const written = error instanceof Error && 'stdout' in error ? String(error.stdout) : '';
    throw new StepFailure(`electron-builder: ${written.trim() || error}`);
  }
  const folders: Partial<Record<NodeJS.Platform, string>> = {
    linux: 'linux-unpacked',
    win32: 'win-unpacked',
    darwin: 'mac',
  };
  const folder = join(output, folders[process.platform] ?? '.');
  // The runtime's own stand-in for an app; it would never be loaded.
  await rm(join(folder, 'resources', 'default_app.asar'), { force: true });
  return folder;
};
