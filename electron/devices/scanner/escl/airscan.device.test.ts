import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type EsclRig, startEscl } from '../../../../test/rigs/escl.ts';
import { requireProgram } from '../../../../test/rigs/process.ts';

// Our own client is tested against the rig, so somebody else's client (Debian package sane-airscan) judges the rig.
let rig: EsclRig;
let folder: string;
beforeAll(async () => {
  // Of the same package as the driver's library, which is looked up by SANE itself.
  requireProgram('airscan-discover');
  rig = await startEscl();
  folder = await mkdtemp(join(tmpdir(), 'airscan-'));
  await writeFile(join(folder, 'dll.conf'), 'airscan\n');
  await writeFile(
    join(folder, 'airscan.conf'),
    `[devices]\n"Rig" = ${rig.address}/, eSCL\n[options]\ndiscovery = disable\n`,
  );
});
afterAll(async () => {
  await rig.stop();
  await rm(folder, { recursive: true, force: true });
});

const scanimage = (...args: string[]) =>
  promisify(execFile)(requireProgram('scanimage'), ['-d', 'airscan:e0:Rig', ...args], {
    env: { ...process.env, SANE_CONFIG_DIR: folder },
    timeout: 60_000,
  });

it('is understood by sane-airscan: what it can, a page from the glass, both sides of a batch, an empty feeder', async () => {
  const { stdout } = await scanimage('-A');
  expect(stdout).toMatch(/--source Flatbed\|ADF\|ADF Duplex/);
  expect(stdout).toMatch(/--resolution 100\|200\|300dpi/);

  await scanimage(
    '--source=Flatbed',
    '--resolution=200',
    '--mode=Color',
    '--format=png',
    '-o',
    join(folder, 'glass.png'),
  );
  const glass = await sharp(join(folder, 'glass.png')).metadata();
  expect(glass).toMatchObject({ channels: 3, density: 200, width: 1700, height: 2339 });

  rig.load(2);
  await scanimage(
    '--source=ADF Duplex',
    '--resolution=100',
    '--mode=Gray',
    '--format=png',
    `--batch=${join(folder, 'side-%d.png')}`,
  ).catch((error: { code?: number }) => expect(error.code).toBe(7));
  expect((await readdir(folder)).filter((name) => name.startsWith('side-'))).toHaveLength(4);
  expect(rig.openJobs()).toBe(0);

  await expect(scanimage('--source=ADF', '-o', join(folder, 'none.png'))).rejects.toMatchObject({
    stderr: expect.stringContaining('out of documents'),
  });
});
